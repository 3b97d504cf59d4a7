//! Credentials, token and role: one small call shows all three.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::TryStreamExt;
use hardware_dashboard::{
    Client, Error, RetryPolicy, Stage,
    auth::{AccessToken, Chain, Credential, TokenContext, TokenFuture},
};

use super::check::Check;
use crate::{account::Account, failure::Failure};

const CREDENTIALS: &str = "credentials";
const TOKEN: &str = "token";
pub(super) const ROLE: &str = "hardware role";

const TAKES_A_TOKEN: &str = "it takes a token";

/// Nobody wants to look on for longer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// What came of it.
pub(super) struct Access {
    pub(super) credentials: Check,
    pub(super) token: Check,
    pub(super) role: Check,
    /// Where the API is, or what is wrong with the address that was given, if that is known.
    pub(super) api_base_url: Result<String, Option<Failure>>,
}

/// A credential whose token is kept for a look at it.
#[derive(Debug)]
struct Watched {
    credential: Arc<dyn Credential>,
    token: Arc<Mutex<Option<AccessToken>>>,
}

impl Access {
    /// Lists one product with the account.
    pub(super) async fn try_it(account: Result<Account, Failure>) -> Self {
        let account = match account {
            Ok(account) => account,
            Err(failure) => return Self::without_credentials(failure, Err(None)),
        };
        let credential = match account.credential().await {
            Ok(credential) => credential,
            Err(failure) => return Self::without_credentials(failure, api_base_url(&account)),
        };
        let token = Arc::default();
        let watched = Watched { credential, token: Arc::clone(&token) };
        let client = match client(&account, watched) {
            Ok(client) => client,
            Err(failure) => return Self::without_address(&account, failure),
        };
        let url = Ok(client.api_base_url().to_owned());
        let page = client.products().list().page_size(NonZeroU32::MIN).try_next().await;
        let token = token.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (token, page) {
            (Some(token), page) => Self::with_token(&account, &token, page.err(), url),
            (None, Err(error)) if is_incomplete(&error) => {
                Self::without_credentials(error.into(), url)
            }
            (None, page) => Self::without_token(&account, page.err(), url),
        }
    }

    fn with_token(
        account: &Account,
        token: &AccessToken,
        refused: Option<Error>,
        api_base_url: Result<String, Option<Failure>>,
    ) -> Self {
        let role = match refused {
            None => Check::ok(ROLE, "products can be listed"),
            Some(error) => Check::failed(ROLE, error.into()),
        };
        let token = Check::ok(TOKEN, told(token));
        Self { credentials: found(account), token, role, api_base_url }
    }

    fn without_token(
        account: &Account,
        refused: Option<Error>,
        api_base_url: Result<String, Option<Failure>>,
    ) -> Self {
        let token = match refused {
            Some(error) => Check::failed(TOKEN, error.into()),
            None => Check::skipped(TOKEN, "none was asked for"),
        };
        let role = Check::skipped(ROLE, TAKES_A_TOKEN);
        Self { credentials: found(account), token, role, api_base_url }
    }

    fn without_credentials(
        failure: Failure,
        api_base_url: Result<String, Option<Failure>>,
    ) -> Self {
        Self {
            credentials: Check::failed(CREDENTIALS, failure),
            token: Check::skipped(TOKEN, "it takes credentials"),
            role: Check::skipped(ROLE, TAKES_A_TOKEN),
            api_base_url,
        }
    }

    /// The address that was given for the API or for Entra ID is no good.
    fn without_address(account: &Account, failure: Failure) -> Self {
        Self {
            credentials: found(account),
            token: Check::skipped(TOKEN, "there is an address that is no good"),
            role: Check::skipped(ROLE, TAKES_A_TOKEN),
            api_base_url: Err(Some(failure)),
        }
    }
}

/// Whether there was nothing to ask for a token with.
fn is_incomplete(error: &Error) -> bool {
    error.is_credential_absent() || matches!(error.stage(), Stage::Input | Stage::File)
}

fn found(account: &Account) -> Check {
    let ids = [("tenant", &account.tenant_id), ("application", &account.client_id)];
    let ids = ids.into_iter().filter_map(|(what, id)| Some(format!(", {what} {}", id.as_ref()?)));
    let message = format!("{}{}", account.proof, ids.collect::<String>());
    match &account.warning {
        None => Check::ok(CREDENTIALS, message),
        Some(warning) => Check::warning(CREDENTIALS, message, warning),
    }
}

/// What the token says of itself, unverified.
fn told(token: &AccessToken) -> String {
    let Some(claims) = token.claims() else {
        return "obtained; it is opaque: nothing of it can be told".to_owned();
    };
    let or_unknown = |id: Option<String>| id.unwrap_or_else(|| "unknown".to_owned());
    let roles = match claims.roles.as_slice() {
        [] => "no roles in it (Partner Center keeps its own)".to_owned(),
        roles => format!("roles {}", roles.join(", ")),
    };
    let end = claims.expires_at.map(|end| end.format("%Y-%m-%d %H:%M:%S UTC").to_string());
    format!(
        "tenant {}, application {}, {roles}, valid until {}",
        or_unknown(claims.tenant_id),
        or_unknown(claims.application_id),
        or_unknown(end),
    )
}

/// Tries nothing again: what passes by itself shall be seen.
fn client(account: &Account, credential: impl Credential + 'static) -> Result<Client, Failure> {
    let builder = account
        .locate(Client::builder())
        .retry(RetryPolicy::default().max_attempts(1))
        .answer_timeout(ANSWER_TIMEOUT);
    Ok(builder.credential(credential).build()?)
}

/// Where the API would be asked if there were credentials.
fn api_base_url(account: &Account) -> Result<String, Option<Failure>> {
    let client = client(account, Chain::new()).map_err(Some)?;
    Ok(client.api_base_url().to_owned())
}

impl Credential for Watched {
    fn fetch<'a>(&'a self, context: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(async {
            let token = self.credential.fetch(context).await?;
            let mut seen = self.token.lock().unwrap_or_else(PoisonError::into_inner);
            *seen = Some(token.clone());
            Ok(token)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opaque_token_is_told_to_be_one() {
        let told = told(&AccessToken::new("canary", Duration::from_secs(60)));
        assert!(told.contains("opaque") && !told.contains("canary"), "{told}");
    }

    #[test]
    fn a_token_may_tell_nothing() {
        let told = told(&AccessToken::new("e30.e30.canary", Duration::from_secs(60)));
        assert_eq!(
            told,
            "tenant unknown, application unknown, no roles in it (Partner Center keeps its own), \
             valid until unknown"
        );
    }
}
