//! The recorder before a service, which is here another emulator.

use std::io::ErrorKind;

use hardware_dashboard_emulator::{Emulator, Proxy};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    recorded::all,
    support::{Answer, WORKFLOW, check, download, echo_cab, pass, send, start},
};

/// A client that knows the proxy alone.
struct Through {
    http: Client,
    api: String,
    token: String,
}

impl Through {
    async fn new(proxy: &Proxy, emulator: &Emulator) -> Self {
        let http = Client::new();
        let url = format!("{}/{}/oauth2/token", proxy.authority_url(), emulator.tenant_id());
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", emulator.client_id()),
            ("client_secret", emulator.client_secret()),
            ("resource", "https://manage.devcenter.microsoft.com"),
        ];
        let answer = send(http.post(url).form(&form)).await.expect(200);
        let token = answer["access_token"].as_str().expect("a token").to_owned();
        Self { http, api: proxy.api_base_url(), token }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/hardware/{path}", self.api);
        self.http.request(method, url).bearer_auth(&self.token)
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body)).await
    }

    async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }
}

async fn proxy(emulator: &Emulator, folder: &TempDir) -> Proxy {
    Proxy::builder(emulator.api_base_url(), folder.path())
        .authority_upstream(emulator.authority_url())
        .start()
        .await
        .expect("the proxy starts")
}

#[tokio::test]
async fn a_signing_order_goes_through_and_is_recorded() {
    let (emulator, folder) = (start().await, TempDir::new().expect("a folder"));
    let proxy = proxy(&emulator, &folder).await;
    let client = Through::new(&proxy, &emulator).await;
    let product = json!({
        "productName": "Echo",
        "testHarness": "attestation",
        "requestedSignatures": ["WINDOWS_v100_X64_CO_FULL"],
    });
    let product = client.post("products", product).await.expect(201);
    let submissions = format!("products/{}/submissions", product["id"]);
    let body = json!({ "name": "Echo 1", "type": "initial" });
    let submission = client.post(&submissions, body).await.expect(201);
    let path = format!("{submissions}/{}", submission["id"]);

    // The SAS URL comes as it is, and leads past the proxy.
    let url = download(&submission, "initialPackage").expect("an upload URL");
    assert!(url.starts_with(emulator.authority_url()), "{url}");
    let upload = client.http.put(&url).header("x-ms-blob-type", "BlockBlob");
    let upload = upload.body(echo_cab().bytes()).send().await.expect("an answer");
    assert_eq!(upload.status(), 201);
    let commit = client.request(Method::POST, &format!("{path}/commit"));
    send(commit.header("content-length", "0")).await.expect(202);
    pass(&emulator, WORKFLOW);
    let submission = client.get(&path).await.expect(200);
    assert!(download(&submission, "signedPackage").is_some(), "{submission:#}");
    check(&emulator);

    let recorded = all(folder.path());
    let operations: Vec<_> = recorded.iter().map(|recorded| recorded.operation.as_str()).collect();
    let expected =
        ["token", "createProduct", "createSubmission", "commitSubmission", "getSubmission"];
    assert_eq!(operations, expected);
    for recorded in &recorded {
        assert!(recorded.about.starts_with("A true exchange"), "{}", recorded.about);
        let text = &recorded.text;
        assert!(
            !text.contains(&client.token) && !text.contains(emulator.client_secret()),
            "{text}"
        );
        assert!(text.split("sig=").skip(1).all(|rest| rest.starts_with("REDACTED")), "{text}");
    }
    assert!(recorded[4].text.contains("sig=REDACTED"), "{}", recorded[4].text);
}

#[tokio::test]
async fn refusals_and_queries_pass_unchanged() {
    let (emulator, folder) = (start().await, TempDir::new().expect("a folder"));
    let proxy = proxy(&emulator, &folder).await;
    let client = Through::new(&proxy, &emulator).await;
    let direct = client.http.get(format!("{}/hardware/products/1", emulator.api_base_url()));
    let direct = send(direct.bearer_auth(&client.token)).await.expect(404);
    assert_eq!(client.get("products/1").await.expect(404), direct);
    client.get("products?pageSize=0").await.expect(400);
    let page = client.get("products?pageSize=7").await.expect(200);
    assert_eq!(page["value"], json!([]));
    assert!(all(folder.path()).iter().any(|file| file.request.path.ends_with("?pageSize=7")));
}

#[tokio::test]
async fn only_the_api_and_the_token_endpoint_are_forwarded() {
    let (emulator, folder) = (start().await, TempDir::new().expect("a folder"));
    let proxy = proxy(&emulator, &folder).await;
    let origin = proxy.authority_url();
    let http = Client::new();
    for path in ["/", "/account/container/blob?sig=x", "/v2.0/mine/hardware/products"] {
        let answer = send(http.get(format!("{origin}{path}"))).await.expect(404);
        assert!(answer["message"].as_str().is_some_and(|text| text.contains("forwards")), "{path}");
    }
    assert_eq!(emulator.exchanges().len(), 0);
}

#[tokio::test]
async fn an_upstream_that_is_not_there_is_a_bad_gateway_and_no_recording() {
    let (emulator, folder) = (start().await, TempDir::new().expect("a folder"));
    let proxy = proxy(&emulator, &folder).await;
    let url = format!("{}/hardware/products", proxy.api_base_url());
    emulator.stop().await;
    let answer = send(Client::new().get(url)).await.expect(502);
    assert!(
        answer["message"].as_str().is_some_and(|text| text.contains("no answer from upstream"))
    );
    assert_eq!(all(folder.path()).len(), 0);
}

#[tokio::test]
async fn secrets_are_not_forwarded_over_plain_http() {
    let folder = TempDir::new().expect("a folder");
    let api = Proxy::builder("http://api.example/v2.0/my", folder.path()).start().await;
    let authority = Proxy::builder("https://api.example/v2.0/my", folder.path())
        .authority_upstream("http://authority.example")
        .start()
        .await;
    for error in [api.expect_err("no TLS"), authority.expect_err("no TLS")] {
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("https"), "{error}");
    }
}
