//! The token that GitHub Actions gives to a job.

use std::fmt;

use http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT, AUTHORIZATION},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{TokenContext, endpoint::Endpoint, variables::Variables};
use crate::{
    error::{Error, Result},
    net::is_private,
};

/// Where a job asks for its token, and what it proves itself with.
#[derive(Clone)]
pub(super) enum GitHub {
    /// Where the environment says.
    Discovered(Variables),
    At {
        url: String,
        token: SecretString,
    },
}

#[derive(Deserialize)]
struct IdToken {
    value: SecretString,
}

impl GitHub {
    /// The names of the two variables that GitHub sets.
    const URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
    const TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

    /// Whether these are the variables of a job that may ask for a token.
    pub(super) fn is_in(variables: &Variables) -> bool {
        variables.get(Self::URL).is_some() && variables.get(Self::TOKEN).is_some()
    }

    /// A token of the job for `audience`.
    pub(super) async fn token(
        &self,
        context: &TokenContext,
        audience: &str,
    ) -> Result<SecretString> {
        let (url, token) = self.place()?;
        let mut url = Url::parse(&url).ok().filter(is_private).ok_or_else(|| {
            Error::input(format!("{} is no https URL (http is for loopback only)", Self::URL))
        })?;
        url.query_pairs_mut().append_pair("audience", audience);
        let endpoint = Endpoint::new(context.http.to(&url)?, "GitHub's token endpoint", &url)
            .proven_by(&token);
        let answer: IdToken = endpoint.get(url, headers(&token)?).await?;
        Ok(answer.value)
    }

    fn place(&self) -> Result<(String, SecretString)> {
        match self {
            Self::At { url, token } => Ok((url.clone(), token.clone())),
            Self::Discovered(variables) => {
                match (variables.get(Self::URL), variables.get(Self::TOKEN)) {
                    (Some(url), Some(token)) => Ok((url, token.into())),
                    _ => Err(Error::credential_absent(format!(
                        "this is no job of GitHub Actions that may ask for a token ({} is not set)",
                        Self::URL
                    ))
                    .with_hint("Give the job `permissions: id-token: write`.")),
                }
            }
        }
    }
}

fn headers(token: &SecretString) -> Result<HeaderMap> {
    let bearer = format!("Bearer {}", token.expose_secret());
    let mut bearer = HeaderValue::try_from(bearer).map_err(|_| {
        Error::input(format!("{} cannot be sent: it has a line break in it", GitHub::TOKEN))
    })?;
    bearer.set_sensitive(true);
    let json = HeaderValue::from_static("application/json");
    Ok(HeaderMap::from_iter([(AUTHORIZATION, bearer), (ACCEPT, json)]))
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GitHub")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_of_a_job_that_may_ask_there_is_no_token() {
        for variables in [vec![], vec![(GitHub::URL, "https://example.com")]] {
            let error = GitHub::Discovered(variables.into_iter().collect()).place().unwrap_err();
            assert!(error.is_credential_absent());
            assert!(error.hint().contains("id-token: write"));
        }
    }
}
