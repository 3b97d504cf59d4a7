//! What one would write without the library: reqwest and serde_json.

use std::time::Duration;

use hardware_dashboard::model::Product;
use http::{
    HeaderValue,
    header::{ACCEPT, AUTHORIZATION},
};
use reqwest::redirect::Policy;
use serde_json::Value;
use uuid::Uuid;

use crate::{IDENTITY, answers::API_PATH};

/// A client that sends the same requests as the library does, with the same time-outs, and is as
/// thrifty: its header with the token is made once. It knows nothing of renewal, retry, throttle and
/// the meaning of errors.
#[derive(Clone, Debug)]
pub struct Bare {
    http: reqwest::Client,
    base_url: String,
    authorization: HeaderValue,
    correlation_id: Uuid,
}

impl Bare {
    /// Sets up the client and gets its token.
    ///
    /// # Errors
    ///
    /// Fails when the server cannot be reached.
    pub async fn connect(origin: &str) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .user_agent("bare/0.1.0")
            .connect_timeout(Duration::from_secs(30))
            .timeout(Duration::from_secs(150))
            .redirect(Policy::none())
            .no_proxy()
            .build()?;
        let token = token(&http, origin).await?;
        let mut authorization =
            HeaderValue::try_from(format!("Bearer {token}")).expect("the server's token is ASCII");
        authorization.set_sensitive(true);
        let base_url = format!("{origin}{API_PATH}");
        Ok(Self { http, base_url, authorization, correlation_id: Uuid::new_v4() })
    }

    /// Reads a product.
    ///
    /// # Errors
    ///
    /// Fails when the server cannot be reached or answers something else than the product.
    pub async fn product(&self, id: u64) -> reqwest::Result<Product> {
        self.http
            .get(format!("{}/hardware/products/{id}", self.base_url))
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, "application/json")
            .header("MS-CorrelationId", self.correlation_id.to_string())
            .header("MS-RequestId", Uuid::new_v4().to_string())
            .send()
            .await?
            .error_for_status()?
            .json()
            .await
    }
}

async fn token(http: &reqwest::Client, origin: &str) -> reqwest::Result<String> {
    let [tenant, client_id, secret] = IDENTITY;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("client_secret", secret),
        ("resource", "https://manage.devcenter.microsoft.com"),
    ];
    let url = format!("{origin}/{tenant}/oauth2/token");
    let answer: Value = http.post(url).form(&form).send().await?.error_for_status()?.json().await?;
    Ok(answer["access_token"].as_str().unwrap_or_default().to_owned())
}
