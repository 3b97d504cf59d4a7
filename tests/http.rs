//! What the user sets of reqwest's own settings, and what nobody can.

use hardware_dashboard::Client;

use crate::support::{Given, Scripted, impatient, reply};

#[tokio::test]
async fn settings_are_taken_and_redirects_are_followed_by_nobody() {
    let server = Scripted::start(|_, _| reply("302 Found", "location: /elsewhere\r\n", b"")).await;
    let client = Client::builder()
        .api_base_url(server.origin())
        .credential(Given("a token"))
        .retry(impatient())
        .http(|http| {
            let follow = reqwest::redirect::Policy::limited(3);
            http.user_agent("release-tool/7").redirect(follow)
        })
        .build()
        .expect("a client");
    let error = client.product(1.into()).get().await.expect_err("it leads elsewhere");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(302));
    let requests = server.requests("");
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert!(requests[0].contains("user-agent: release-tool/7"), "{requests:?}");
}
