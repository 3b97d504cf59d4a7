//! What a URL gives, and for how long.

use std::time::Duration;

use http::Method;

use super::{DAY, Sas, Slot};

/// The same store, met with another URL.
fn with_url(slot: &Slot, url: String) -> Slot {
    Slot { store: slot.store.clone(), clock: slot.clock.clone(), url }
}

#[tokio::test]
async fn the_url_looks_like_a_user_delegation_sas() {
    let slot = Slot::new();
    let url = url::Url::parse(&slot.url).unwrap();
    assert_eq!(url.path(), "/hwdashemulator/packages/7/initial.cab");
    let fields: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    let expected =
        ["sv", "se", "sr", "sp", "rscd", "skoid", "sktid", "skt", "ske", "sks", "skv", "sig"];
    assert_eq!(fields, expected);
    let value = |name| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!(value("sv"), "2024-05-04");
    assert_eq!(value("sp"), "rwl");
    assert_eq!(value("rscd"), "attachment; filename=initial_7.cab");
    let expiry = slot.clock.now() + chrono::TimeDelta::days(1);
    assert_eq!(value("se"), expiry.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    assert_eq!(slot.store.signatures(), [value("sig")]);
}

#[tokio::test]
async fn a_url_works_until_its_time_is_over() {
    let slot = Slot::holding("content").await;
    slot.clock.advance(DAY - Duration::from_secs(2));
    assert_eq!(slot.get(&[]).await.text(), "content");
    slot.clock.advance(Duration::from_secs(2));
    let answer = slot.get(&[]).await;
    answer.refuses(403, "AuthenticationFailed");
    assert!(answer.text().contains("Signature not valid in the specified time frame"));
}

#[tokio::test]
async fn a_changed_url_is_worth_nothing() {
    let slot = Slot::holding("content").await;
    for (from, to) in [
        ("sp=rwl", "sp=racwdl"),
        ("initial.cab?", "other.cab?"),
        ("sr=b", "sr=c"),
        ("se=2", "se=3"),
    ] {
        let url = slot.url.replace(from, to);
        assert_ne!(url, slot.url);
        let answer = with_url(&slot, url).get(&[]).await;
        answer.refuses(403, "AuthenticationFailed");
        assert!(answer.text().contains("Signature did not match."), "{from}");
    }
    let other_store = Slot::holding("content").await;
    with_url(&slot, other_store.url.clone()).get(&[]).await.refuses(403, "AuthenticationFailed");
}

#[tokio::test]
async fn no_signature_is_no_authentication() {
    let slot = Slot::holding("content").await;
    let bare = slot.url.split('?').next().unwrap().to_owned();
    let answer = with_url(&slot, bare).get(&[]).await;
    answer.refuses(401, "NoAuthenticationInformation");
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
    let url = slot.url.split("sig=").next().unwrap().to_owned() + "sig=%21";
    with_url(&slot, url).get(&[]).await.refuses(403, "AuthenticationFailed");
}

#[tokio::test]
async fn each_permission_opens_its_own_operations() {
    const MISMATCH: &str = "AuthorizationPermissionMismatch";
    let slot = Slot::holding("content").await;
    let url = |permissions| {
        let sas = Sas { permissions, lifetime: DAY, file_name: None };
        slot.store.sas_url("http://127.0.0.1:80", "packages", "7/initial.cab", sas)
    };
    let reader = with_url(&slot, url("r"));
    assert_eq!(reader.get(&[]).await.text(), "content");
    reader.put_blob("other", &[]).await.refuses(403, MISMATCH);
    reader.put_block("AAAA", "other").await.refuses(403, MISMATCH);
    reader.commit("").await.refuses(403, MISMATCH);
    assert_eq!(slot.get(&[]).await.text(), "content");

    let writer = with_url(&slot, url("w"));
    assert_eq!(writer.put_blob("other", &[]).await.status, 201);
    writer.get(&[]).await.refuses(403, MISMATCH);
    writer.send(Method::GET, "comp=blocklist", &[], "").await.refuses(403, MISMATCH);
}

#[tokio::test]
async fn a_bearer_token_is_refused_though_the_signature_is_good() {
    let slot = Slot::holding("content").await;
    let answer = slot.get(&[("authorization", "Bearer token")]).await;
    answer.refuses(401, "InvalidAuthenticationInfo");
    assert!(!answer.text().contains("Bearer token"));
    let answer = slot.put_blob("other", &[("authorization", "Bearer token")]).await;
    answer.refuses(401, "InvalidAuthenticationInfo");
    assert_eq!(slot.get(&[]).await.text(), "content");
}

#[tokio::test]
async fn only_a_url_that_may_write_opens_the_container() {
    let slot = Slot::with("r");
    slot.get(&[]).await.refuses(404, "ContainerNotFound");
    let slot = Slot::with("rw");
    slot.get(&[]).await.refuses(404, "BlobNotFound");
}
