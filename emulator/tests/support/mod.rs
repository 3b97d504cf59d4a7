//! A plain HTTP client for the emulator's accounts, and packages to send.

mod package;

use std::time::Duration;

use hardware_dashboard_emulator::{Account, Clock, Emulator, EmulatorBuilder};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

pub(crate) use package::{Cab, echo_cab, extension_cab, hlkx, inf, zip64_hlkx};

/// Longer than the workflow of a submission or a label, and shorter than a token lives.
pub(crate) const WORKFLOW: u64 = 10 * 60;

/// An emulator with a stepped clock that takes unsigned packages.
pub(crate) fn builder() -> EmulatorBuilder {
    Emulator::builder().clock(Clock::stepped()).require_signature(false)
}

pub(crate) async fn start() -> Emulator {
    builder().start().await.expect("the emulator starts")
}

/// Ends a test: the emulator must not have broken its own specification.
pub(crate) fn check(emulator: &Emulator) {
    assert_eq!(emulator.spec_violations(), Vec::<String>::new());
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Answer {
    async fn read(response: Response) -> Self {
        let status = response.status();
        let text = response.text().await.expect("the answer is text");
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).expect("the answer is JSON")
        };
        Self { status, body }
    }

    /// The body of an answer that must have this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    /// The (code, message) of a refusal that must have this status.
    #[track_caller]
    pub(crate) fn refusal(self, status: u16) -> (String, String) {
        let error = self.expect(status)["error"].take();
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        (text("code"), text("message"))
    }

    /// The (target, message) pairs of a 422.
    #[track_caller]
    pub(crate) fn breaches(self) -> Vec<(String, String)> {
        let errors = self.expect(422)["error"]["validationErrors"].take();
        let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let errors = errors.as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| (text(error, "target"), text(error, "message"))).collect()
    }
}

/// A client of one account with a token.
pub(crate) struct Client<'e> {
    pub(crate) emulator: &'e Emulator,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
}

impl<'e> Client<'e> {
    pub(crate) async fn new(emulator: &'e Emulator) -> Self {
        Self::of(emulator, emulator.account()).await
    }

    pub(crate) async fn of(emulator: &'e Emulator, account: &Account) -> Self {
        let http = reqwest::Client::new();
        let answer = token(
            emulator,
            account.tenant_id(),
            &[
                ("grant_type", "client_credentials"),
                ("client_id", account.client_id()),
                ("client_secret", account.client_secret()),
                ("resource", "https://manage.devcenter.microsoft.com"),
            ],
        )
        .await
        .expect(200);
        let token = answer["access_token"].as_str().expect("a token").to_owned();
        Self { emulator, http, token }
    }

    /// A request to a path under `hardware/`.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/hardware/{path}", self.emulator.api_base_url());
        self.http.request(method, url).bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::PATCH, path).json(&body)).await
    }

    /// A POST without a body, as a commit is sent.
    pub(crate) async fn post_empty(&self, path: &str) -> Answer {
        let request = self.request(Method::POST, path).header("content-length", "0");
        send(request.header("content-type", "application/json")).await
    }

    /// Creates a product; the id is as in the answer.
    pub(crate) async fn product(&self, harness: &str, codes: &[&str]) -> u64 {
        let body = json!({
            "productName": "Echo",
            "testHarness": harness,
            "requestedSignatures": codes,
        });
        let product = self.post("products", body).await.expect(201);
        product["id"].as_u64().expect("an id")
    }

    /// Creates a submission; its path under `hardware/` and the URL to upload to.
    pub(crate) async fn submission(&self, product: u64, kind: &str) -> (String, String) {
        let path = format!("products/{product}/submissions");
        let body = json!({ "name": "Echo 1", "type": kind });
        let submission = self.post(&path, body).await.expect(201);
        let url = download(&submission, "initialPackage").expect("an upload URL");
        (format!("{path}/{}", submission["id"]), url)
    }

    /// Uploads a package as one block blob.
    pub(crate) async fn upload(&self, url: &str, package: Vec<u8>) {
        let request = self
            .http
            .put(url)
            .header("x-ms-blob-type", "BlockBlob")
            .header("content-length", package.len())
            .body(package);
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("text");
        assert_eq!(status, StatusCode::CREATED, "{text}");
    }

    /// Creates, uploads and commits an initial submission; its path.
    pub(crate) async fn committed(&self, product: u64, package: Vec<u8>) -> String {
        let (path, url) = self.submission(product, "initial").await;
        self.upload(&url, package).await;
        self.post_empty(&format!("{path}/commit")).await.expect(202);
        path
    }

    /// A submission that went through its whole workflow; its path.
    pub(crate) async fn signed(&self, product: u64, package: Vec<u8>) -> String {
        let path = self.committed(product, package).await;
        pass(self.emulator, WORKFLOW);
        let submission = self.get(&path).await.expect(200);
        assert!(download(&submission, "signedPackage").is_some(), "{submission:#}");
        path
    }

    /// Reads a download of a submission.
    pub(crate) async fn fetch(&self, submission: &Value, kind: &str) -> Vec<u8> {
        let url = download(submission, kind).expect("the download is there");
        let response = self.http.get(url).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        response.bytes().await.expect("a body").to_vec()
    }
}

/// Sends a request and reads its answer.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    Answer::read(request.send().await.expect("an answer")).await
}

/// Asks the token endpoint of version 1.
pub(crate) async fn token(emulator: &Emulator, tenant: &str, form: &[(&str, &str)]) -> Answer {
    let url = format!("{}/{tenant}/oauth2/token", emulator.authority_url());
    send(reqwest::Client::new().post(url).form(form)).await
}

/// Lets time pass on the emulator's clock.
pub(crate) fn pass(emulator: &Emulator, seconds: u64) {
    emulator.clock().advance(Duration::from_secs(seconds));
}

/// The URL of a download of this type.
pub(crate) fn download(submission: &Value, kind: &str) -> Option<String> {
    let items = submission["downloads"]["items"].as_array()?;
    let item = items.iter().find(|item| item["type"] == kind)?;
    item["url"].as_str().map(str::to_owned)
}

/// `currentStep`/`state` of a submission or a label.
pub(crate) fn shown(body: &Value) -> String {
    let status = &body["workflowStatus"];
    let text = |name: &str| status[name].as_str().unwrap_or("-").to_owned();
    format!("{}/{}", text("currentStep"), text("state"))
}
