//! The token endpoint of Entra ID, versions 1 and 2.

mod assertion;
mod refusal;

use std::{collections::HashMap, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) use self::assertion::{Certificate, FederatedIdentity};
use self::refusal::Refusal;
use crate::{account::Account, answer::Answer};

/// The resource that tokens are for.
const RESOURCE: &str = "https://manage.devcenter.microsoft.com";

/// How long a token lives.
pub(crate) const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Which of the two endpoints was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// `/{tenant}/oauth2/token`
    V1,
    /// `/{tenant}/oauth2/v2.0/token`
    V2,
}

/// Reads `/{tenant}/oauth2/token` and `/{tenant}/oauth2/v2.0/token`.
pub(crate) fn parse_path(path: &str) -> Option<(&str, Version)> {
    let path = path.strip_prefix('/')?;
    match path.split('/').collect::<Vec<_>>().as_slice() {
        [tenant, "oauth2", "token"] => Some((tenant, Version::V1)),
        [tenant, "oauth2", "v2.0", "token"] => Some((tenant, Version::V2)),
        _ => None,
    }
}

/// The answer of a token endpoint that fails.
pub(crate) fn unavailable(status: StatusCode, now: DateTime<Utc>) -> Answer {
    Refusal::unavailable(status).into_answer(now)
}

/// What is asked of the token endpoint.
#[derive(Clone, Copy)]
pub(crate) struct TokenRequest<'r> {
    /// `http://127.0.0.1:PORT`
    pub(crate) origin: &'r str,
    pub(crate) tenant: &'r str,
    pub(crate) version: Version,
    pub(crate) form: &'r HashMap<String, String>,
}

/// A token that was given out.
#[derive(Clone, Copy, Debug)]
struct Grant {
    account: usize,
    expires: DateTime<Utc>,
}

/// All tokens that were given out.
#[derive(Default)]
pub(crate) struct Tokens(HashMap<String, Grant>);

impl Tokens {
    /// The account that a token speaks for, while it lives.
    pub(crate) fn account(&self, token: &str, now: DateTime<Utc>) -> Option<usize> {
        self.0.get(token).filter(|grant| now < grant.expires).map(|grant| grant.account)
    }

    /// Lets a token expire before its time.
    pub(crate) fn expire(&mut self, token: &str) {
        self.0.remove(token);
    }

    /// Answers a token request.
    pub(crate) fn answer(
        &mut self,
        accounts: &[Account],
        asked: TokenRequest<'_>,
        now: DateTime<Utc>,
    ) -> Answer {
        match asked.check(accounts) {
            Ok(account) => self.grant(account, &accounts[account], asked.version, now),
            Err(refusal) => refusal.into_answer(now),
        }
    }

    fn grant(
        &mut self,
        index: usize,
        account: &Account,
        version: Version,
        now: DateTime<Utc>,
    ) -> Answer {
        self.0.retain(|_, grant| now < grant.expires);
        let life = TimeDelta::from_std(LIFETIME).unwrap_or(TimeDelta::MAX);
        let expires = now + life;
        let token = make_token(account, version, now, expires);
        self.0.insert(token.clone(), Grant { account: index, expires });
        Answer::ok(match version {
            Version::V1 => json!({
                "token_type": "Bearer",
                "expires_in": LIFETIME.as_secs().to_string(),
                "ext_expires_in": LIFETIME.as_secs().to_string(),
                "expires_on": expires.timestamp().to_string(),
                "not_before": now.timestamp().to_string(),
                "resource": RESOURCE,
                "access_token": token,
            }),
            Version::V2 => json!({
                "token_type": "Bearer",
                "expires_in": LIFETIME.as_secs(),
                "ext_expires_in": LIFETIME.as_secs(),
                "access_token": token,
            }),
        })
    }
}

impl TokenRequest<'_> {
    /// Checks the request in the order in which Entra does; the index of the account if it holds.
    fn check(&self, accounts: &[Account]) -> Result<usize, Refusal> {
        let tenant = self.tenant;
        if !accounts.iter().any(|account| account.tenant_id.eq_ignore_ascii_case(tenant)) {
            return Err(Refusal::tenant_not_found(tenant));
        }
        let grant_type = self.parameter("grant_type")?;
        if grant_type != "client_credentials" {
            return Err(Refusal::unsupported_grant(grant_type));
        }
        let client_id = self.parameter("client_id")?;
        self.check_resource()?;
        let account = accounts
            .iter()
            .position(|account| {
                account.tenant_id.eq_ignore_ascii_case(tenant)
                    && account.client_id.eq_ignore_ascii_case(client_id)
            })
            .ok_or_else(|| Refusal::unknown_application(client_id, tenant))?;
        self.check_proof(&accounts[account])?;
        Ok(account)
    }

    fn check_resource(&self) -> Result<(), Refusal> {
        let asked = match self.version {
            Version::V1 => self.parameter("resource")?,
            Version::V2 => {
                if self.form.contains_key("resource") {
                    return Err(Refusal::resource_not_supported());
                }
                let scope = self.parameter("scope")?;
                scope.strip_suffix("/.default").ok_or_else(|| Refusal::invalid_scope(scope))?
            }
        };
        if asked.trim_end_matches('/') == RESOURCE {
            Ok(())
        } else {
            Err(Refusal::resource_not_found(asked, self.tenant))
        }
    }

    /// Checks what the application proves itself with.
    fn check_proof(&self, account: &Account) -> Result<(), Refusal> {
        let given = |name| self.parameter(name).ok();
        match (given("client_secret"), given("client_assertion")) {
            (_, Some(assertion)) => {
                assertion::check_type(self.parameter("client_assertion_type")?)?;
                assertion::check(assertion, account, self)
            }
            (Some(secret), None) if secret == account.client_secret => Ok(()),
            (Some(_), None) => Err(Refusal::invalid_secret(&account.client_id)),
            (None, None) => Err(Refusal::no_credential()),
        }
    }

    fn parameter(&self, name: &str) -> Result<&str, Refusal> {
        self.form
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Refusal::missing_parameter(name))
    }
}

/// A token that reads like Entra's; nobody checks its signature, it is known by look-up.
fn make_token(
    account: &Account,
    version: Version,
    now: DateTime<Utc>,
    expires: DateTime<Utc>,
) -> String {
    let header = json!({ "typ": "JWT", "alg": "RS256", "kid": "emulator" });
    let issuer = format!("https://sts.windows.net/{}/", account.tenant_id);
    let payload = json!({
        "aud": RESOURCE,
        "iss": issuer,
        "iat": now.timestamp(),
        "nbf": now.timestamp(),
        "exp": expires.timestamp(),
        "appid": account.client_id,
        "tid": account.tenant_id,
        "roles": account.roles.iter().map(|role| format!("{role:?}")).collect::<Vec<_>>(),
        "uti": Uuid::new_v4().simple().to_string(),
        "ver": match version { Version::V1 => "1.0", Version::V2 => "2.0" },
    });
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signature = URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes().repeat(16));
    format!("{}.{}.{signature}", encode(header), encode(payload))
}
