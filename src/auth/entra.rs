//! The exchange with the token endpoint of Microsoft Entra ID, through the oauth2 crate.

use std::{fmt, time::Duration};

use chrono::Utc;
use http::StatusCode;
use oauth2::{
    AuthType, ClientId, ErrorResponse, HttpRequest, HttpResponse, RefreshToken, RequestTokenError,
    Scope, StandardRevocableToken, TokenResponse, TokenUrl,
    basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{AccessToken, TokenContext};
use crate::{
    error::{Answer, Error, Kind, Result, Stage},
    model::LenientInteger,
    retry::Reach,
};

/// Documented: a token lives for 60 minutes. For an answer that does not say.
const DOCUMENTED_LIFETIME: Duration = Duration::from_secs(3600);

type EntraClient = oauth2::Client<
    EntraError,
    EntraToken,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

/// The success answer. The v1 endpoint writes its numbers as text, which oauth2's own type refuses.
#[derive(Debug, Deserialize, Serialize)]
struct EntraToken {
    access_token: oauth2::AccessToken,
    token_type: BasicTokenType,
    #[serde(default)]
    expires_in: Option<LenientInteger>,
}

impl TokenResponse for EntraToken {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &oauth2::AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        let seconds = self.expires_in.as_ref()?.get()?;
        u64::try_from(seconds).ok().map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// The error answer, with the number of the error, which oauth2's own type drops.
#[derive(Debug, Deserialize, Serialize)]
struct EntraError {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
    #[serde(default)]
    error_codes: Option<Vec<LenientInteger>>,
}

impl fmt::Display for EntraError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let description = self.error_description.as_deref().unwrap_or_default();
        let first_line = description.lines().next().unwrap_or(&self.error);
        // Trace id, correlation id and time follow, in the same line or in lines of their own.
        f.write_str(first_line.split(" Trace ID:").next().unwrap_or(first_line))
    }
}

impl ErrorResponse for EntraError {}

impl EntraError {
    /// The `AADSTS…` code: the description begins with it, and `error_codes` has its number.
    fn code(&self) -> Option<String> {
        let description = self.error_description.as_deref().unwrap_or_default();
        match description.split_once(':') {
            Some((code, _)) if code.starts_with("AADSTS") => Some(code.to_owned()),
            _ => Some(format!("AADSTS{}", self.error_codes.as_ref()?.first()?.get()?)),
        }
    }
}

/// Trades a client secret for a token, at the v1 endpoint.
pub(super) async fn exchange(
    context: &TokenContext,
    tenant_id: &str,
    client_id: &str,
    secret: &SecretString,
) -> Result<AccessToken> {
    let url = token_url(&context.authority, tenant_id)?;
    let endpoint = Endpoint { http: context.http.clone(), name: endpoint_name(&url) };
    let sender = endpoint.clone();
    let client = EntraClient::new(ClientId::new(client_id.to_owned()))
        .set_client_secret(oauth2::ClientSecret::new(secret.expose_secret().to_owned()))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::from_url(url));
    let answer = client
        .exchange_client_credentials()
        .add_extra_param("resource", &context.resource)
        .request_async(&move |request| sender.clone().send(request))
        .await;
    match answer {
        Ok(token) => {
            let lifetime = token.expires_in().unwrap_or(DOCUMENTED_LIFETIME);
            Ok(AccessToken::new(token.access_token.into_secret(), lifetime))
        }
        Err(error) => Err(endpoint.explain(error)),
    }
}

fn token_url(authority: &Url, tenant_id: &str) -> Result<Url> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if tenant_id.is_empty() || tenant_id.starts_with('.') || !tenant_id.chars().all(allowed) {
        return Err(Error::input(
            "the tenant id must be a GUID or a domain such as contoso.onmicrosoft.com",
        ));
    }
    let mut url = authority.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend([tenant_id, "oauth2", "token"]);
    }
    Ok(url)
}

/// "the token endpoint login.microsoftonline.com"
fn endpoint_name(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("the token endpoint {}{port}", url.host_str().unwrap_or_default())
}

#[derive(Clone)]
struct Endpoint {
    http: reqwest::Client,
    name: String,
}

impl Endpoint {
    /// Sends one request. What is no token ends here, with status and `Retry-After`, which oauth2
    /// would drop.
    async fn send(self, request: HttpRequest) -> Result<HttpResponse> {
        let network = |error| Error::network(Stage::Token, &self.name, error);
        let request = reqwest::Request::try_from(request).map_err(network)?;
        let response = self.http.execute(request).await.map_err(network)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(network)?;
        if !status.is_success() {
            let answer = Answer::bare(status, &headers, Utc::now());
            return Err(self.refused(answer, serde_json::from_slice(&body).ok()));
        }
        let mut answer = HttpResponse::new(body.to_vec());
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }

    /// Puts one of oauth2's errors into our words. A body is never kept: it may hold a token.
    fn explain(&self, error: RequestTokenError<Error, EntraError>) -> Error {
        match error {
            RequestTokenError::Request(error) => error,
            RequestTokenError::Parse(error, _) => self.unreadable(&error.path().to_string()),
            // `send` lets success answers through only.
            RequestTokenError::ServerResponse(_) | RequestTokenError::Other(_) => {
                self.unreadable(".")
            }
        }
    }

    fn refused(&self, mut answer: Answer, said: Option<EntraError>) -> Error {
        let status = answer.status;
        let passing = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
        let message = match said {
            Some(said) if !passing => {
                answer.code = said.code();
                format!("the credential was refused: {said}")
            }
            _ => format!("{} answered {status}", self.name),
        };
        let reach = if passing { Reach::TurnedAway } else { Reach::Refused };
        Error::new(Stage::Token, Kind::Status, message).with_reach(reach).with_answer(answer)
    }

    fn unreadable(&self, path: &str) -> Error {
        let message = format!("{} sent an answer that is no token (at {path})", self.name);
        Error::new(Stage::Token, Kind::Decode, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_taken_from_the_text_or_from_the_numbers() {
        let read = |json| serde_json::from_str::<EntraError>(json).unwrap();
        let text = read(
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.\r\nTrace ID: x","error_codes":[7000215]}"#,
        );
        assert_eq!(text.code().as_deref(), Some("AADSTS7000215"));
        assert_eq!(text.to_string(), "AADSTS7000215: Invalid client secret provided.");
        let one_line = read(
            r#"{"error":"invalid_request","error_description":"AADSTS90002: No such tenant. Trace ID: x Correlation ID: y"}"#,
        );
        assert_eq!(one_line.to_string(), "AADSTS90002: No such tenant.");
        let numbers = read(r#"{"error":"invalid_client","error_codes":["90002"]}"#);
        assert_eq!(numbers.code().as_deref(), Some("AADSTS90002"));
        assert_eq!(read(r#"{"error":"invalid_request"}"#).code(), None);
    }

    #[test]
    fn the_tenant_stays_in_its_path_segment() {
        let authority = Url::parse("https://login.microsoftonline.com/").unwrap();
        let url = token_url(&authority, "contoso.onmicrosoft.com").unwrap();
        let expected = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token";
        assert_eq!(url.as_str(), expected);
        for tenant in ["", "..", "a/b", "a?b", "a b"] {
            assert!(token_url(&authority, tenant).unwrap_err().is_input(), "{tenant}");
        }
    }
}
