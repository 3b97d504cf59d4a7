//! How a client is set up.

use std::{
    num::{NonZeroU32, NonZeroU64},
    sync::Arc,
    time::Duration,
};

use url::Url;
use uuid::Uuid;

use super::{Client, throttle::Throttle, transport::Transport};
use crate::{
    auth::{AUTHORITY, Credential, RESOURCE, TokenCache, TokenContext},
    blob::{Blobs, Pace},
    error::{Error, Result},
    net::{HttpClients, HttpSettings, is_loopback, is_private},
    report::{Reporter, Silent},
    retry::RetryPolicy,
};

/// The API of the public cloud.
const API_BASE_URL: &str = "https://manage.devcenter.microsoft.com/v2.0/my";

/// The service answers in seconds; a gateway in front of it gives up after about two minutes.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(150);

/// An answer of some kilobytes comes at once; a line that is silent for so long is dead.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Sets up a [`Client`].
///
/// ```
/// use std::{num::NonZeroU32, time::Duration};
///
/// use hardware_dashboard::{Client, RetryPolicy, Silent, auth::ClientSecret};
/// use uuid::Uuid;
///
/// # fn main() -> hardware_dashboard::Result<()> {
/// let client = Client::builder()
///     .credential(ClientSecret::new("tenant id", "client id", "secret"))
///     .retry(RetryPolicy::default().max_attempts(10))
///     .reporter(Silent)
///     .correlation_id(Uuid::new_v4())
///     .calls_per_minute(NonZeroU32::new(60).expect("60 is not 0"))
///     .answer_timeout(Duration::from_secs(60))
///     .idle_timeout(Duration::from_secs(20))
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// Another cloud, or an emulator on this machine, has other addresses:
///
/// ```
/// use hardware_dashboard::{Client, auth::ClientSecret};
///
/// # fn main() -> hardware_dashboard::Result<()> {
/// let client = Client::builder()
///     .credential(ClientSecret::new("tenant id", "client id", "secret"))
///     .api_base_url("http://127.0.0.1:8080/v2.0/my")
///     .authority_url("http://127.0.0.1:8080")
///     .resource("https://manage.devcenter.microsoft.com")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    api_base_url: String,
    authority_url: String,
    resource: String,
    credential: Option<Arc<dyn Credential>>,
    retry: RetryPolicy,
    reporter: Arc<dyn Reporter>,
    correlation_id: Option<Uuid>,
    calls_per_minute: Option<NonZeroU32>,
    answer_timeout: Duration,
    idle_timeout: Duration,
    transfer_rate: Option<NonZeroU64>,
    http: HttpSettings,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            api_base_url: API_BASE_URL.to_owned(),
            authority_url: AUTHORITY.to_owned(),
            resource: RESOURCE.to_owned(),
            credential: None,
            retry: RetryPolicy::default(),
            reporter: Arc::new(Silent),
            correlation_id: None,
            calls_per_minute: None,
            answer_timeout: ANSWER_TIMEOUT,
            idle_timeout: IDLE_TIMEOUT,
            transfer_rate: None,
            http: HttpSettings::default(),
        }
    }
}

impl ClientBuilder {
    /// What tokens are got with.
    #[must_use]
    pub fn credential(mut self, credential: impl Credential + 'static) -> Self {
        self.credential = Some(Arc::new(credential));
        self
    }

    /// Where the API is: everything up to `/hardware`. The public cloud's by default.
    ///
    /// It must be https; http is taken for loopback hosts only, since the token goes there.
    #[must_use]
    pub fn api_base_url(mut self, url: impl Into<String>) -> Self {
        self.api_base_url = url.into();
        self
    }

    /// Where Microsoft Entra ID is: everything up to the tenant. The public cloud's by default.
    ///
    /// It must be https; http is taken for loopback hosts only, since the secret goes there.
    #[must_use]
    pub fn authority_url(mut self, url: impl Into<String>) -> Self {
        self.authority_url = url.into();
        self
    }

    /// The resource that tokens are asked for: `https://manage.devcenter.microsoft.com` by default.
    #[must_use]
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = resource.into();
        self
    }

    /// How patiently calls are repeated.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Who is told how things go. Nobody by default.
    #[must_use]
    pub fn reporter(mut self, reporter: impl Reporter + 'static) -> Self {
        self.reporter = Arc::new(reporter);
        self
    }

    /// The `MS-CorrelationId` of the calls. A new one by default, and another one for each run.
    #[must_use]
    pub fn correlation_id(mut self, correlation_id: Uuid) -> Self {
        self.correlation_id = Some(correlation_id);
        self
    }

    /// Lets no more than so many calls out in a minute, evenly spaced. As many as there are by default:
    /// the service's own limit is not published, and a 429 slows all calls down by itself.
    #[must_use]
    pub fn calls_per_minute(mut self, calls: NonZeroU32) -> Self {
        self.calls_per_minute = Some(calls);
        self
    }

    /// How long one attempt of a call may take, its answer included: 150 seconds by default. Transfers
    /// of files take as long as bytes move.
    #[must_use]
    pub fn answer_timeout(mut self, time: Duration) -> Self {
        self.answer_timeout = time;
        self
    }

    /// How long nothing may come in the middle of an answer, be it JSON or the content of an asset: 60
    /// seconds by default. Before its first byte, and for an answer of a few kilobytes, which comes in
    /// one piece, the [`answer_timeout`](Self::answer_timeout) alone counts: the service may think for
    /// long.
    #[must_use]
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.idle_timeout = time;
        self
    }

    /// Lets no more than so many bytes a second out and in, for all transfers of files together: for
    /// a line that others share. As fast as the line allows by default.
    ///
    /// ```
    /// use std::num::NonZeroU64;
    ///
    /// use hardware_dashboard::Client;
    ///
    /// let rate = NonZeroU64::new(500_000).expect("it is not zero");
    /// let builder = Client::builder().transfer_rate(rate);
    /// ```
    #[must_use]
    pub fn transfer_rate(mut self, bytes_per_second: NonZeroU64) -> Self {
        self.transfer_rate = Some(bytes_per_second);
        self
    }

    /// Sets what reqwest itself can be set to: a proxy, a certificate authority of your own, the time
    /// to connect (30 seconds by default). Redirects are not followed and nothing is repeated by
    /// reqwest, whatever is set; a proxy is not asked for what is on this machine.
    ///
    /// Leave reqwest's `timeout` and `read_timeout` alone: they count while a package is uploaded too,
    /// and would break it off on a slow line.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use hardware_dashboard::Client;
    ///
    /// let builder = Client::builder().http(|http| http.connect_timeout(Duration::from_secs(5)));
    /// ```
    #[must_use]
    pub fn http(
        mut self,
        settings: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.http = HttpSettings::new(settings);
        self
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Fails when there is no credential, when a URL is not one that secrets may be sent to, or when
    /// TLS cannot be set up.
    pub fn build(self) -> Result<Client> {
        let credential = self.credential.ok_or_else(|| {
            Error::input("no credential was given: call ClientBuilder::credential first")
        })?;
        let base = trusted("API base URL", &self.api_base_url)?;
        let authority = trusted("authority URL", &self.authority_url)?;
        let clients = HttpClients::new(&base, &self.http)?;
        let http = clients.to(&base)?;
        let context = TokenContext {
            // Setting up TLS is most of a cold start, so all share it where they may.
            http: match is_loopback(&authority) == is_loopback(&base) {
                true => clients.clone(),
                false => HttpClients::new(&authority, &self.http)?,
            },
            authority,
            resource: self.resource,
        };
        let blobs =
            Blobs::new(clients, &self.retry, Pace::new(self.transfer_rate), self.reporter.clone());
        let transport = Transport {
            http,
            idle_timeout: self.idle_timeout,
            base_url: base.as_str().trim_end_matches('/').to_owned(),
            name: format!("the Hardware dashboard API at {}", base.authority()),
            tokens: TokenCache::new(credential, context, self.retry.clone()),
            retry: self.retry,
            throttle: self.calls_per_minute.map_or_else(Throttle::default, Throttle::per_minute),
        };
        Ok(Client {
            transport: Arc::new(transport),
            answer_timeout: self.answer_timeout,
            blobs,
            correlation_id: self.correlation_id.unwrap_or_else(Uuid::new_v4),
            correlation_is_chosen: self.correlation_id.is_some(),
            request_id: None,
            reporter: self.reporter,
        })
    }
}

/// Takes a URL that secrets may be sent to: https, or http to this machine.
fn trusted(what: &str, text: &str) -> Result<Url> {
    let refuse = |why: &str| Err(Error::input(format!("the {what} {why}")));
    let Ok(url) = Url::parse(text) else {
        return refuse("is no URL: it must look like https://host/path");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("must not hold a name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("must end with its path: no `?` and no `#`");
    }
    if is_private(&url) {
        return Ok(url);
    }
    refuse("must be https: secrets are sent there (http is taken for loopback only)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_to_https_or_to_this_machine_only() {
        for url in
            ["https://host/v2.0/my", "http://127.0.0.1:80", "http://[::1]/", "http://localhost"]
        {
            assert!(trusted("URL", url).is_ok(), "{url}");
        }
        for url in [
            "http://host/",
            "http://127.0.0.1.host/",
            "http://localhost.host/",
            "ftp://localhost/",
            "https://user@host/",
            "https://host/?a=b",
            "https://host/#a",
            "host",
            "",
        ] {
            assert!(trusted("URL", url).unwrap_err().is_input(), "{url}");
        }
    }

    #[test]
    fn a_client_needs_a_credential() {
        assert!(Client::builder().build().unwrap_err().to_string().contains("credential"));
    }
}
