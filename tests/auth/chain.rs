//! One credential after another.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use hardware_dashboard::{
    Error,
    auth::{AccessToken, Chain, ClientSecret, Credential, Environment, TokenContext, TokenFuture},
};

use super::{call_with, emulator};

/// A credential of somebody's own that is not there.
#[derive(Debug)]
struct Missing(&'static str);

impl Credential for Missing {
    fn fetch<'a>(&'a self, _: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(async { Err(Error::credential_absent(self.0)) })
    }
}

#[tokio::test]
async fn the_first_that_is_present_is_taken() {
    let emulator = emulator().await;
    let none: [(&str, &str); 0] = [];
    let (tenant, client) = (emulator.tenant_id(), emulator.client_id());
    let chain = Chain::new()
        .then(Missing("no token file"))
        .then(Environment::from_variables(none))
        .then(ClientSecret::new(tenant, client, emulator.client_secret()))
        .then(ClientSecret::new(tenant, client, "never sent"));
    call_with(&emulator, chain).await.unwrap();
    assert_eq!(emulator.calls("token"), 1);
}

#[tokio::test]
async fn where_none_is_present_all_are_named() {
    let emulator = emulator().await;
    let chain = Chain::new().then(Missing("no token file")).then(Missing("no identity"));
    let error = call_with(&emulator, chain).await.unwrap_err();
    assert!(error.is_credential_absent() && error.is_auth());
    assert!(error.to_string().contains("no token file; no identity"), "{error}");
    let error = call_with(&emulator, Chain::new()).await.unwrap_err();
    assert!(error.to_string().contains("empty"), "{error}");
}

#[tokio::test]
async fn a_refusal_ends_the_chain() {
    let emulator = emulator().await;
    let (tenant, client) = (emulator.tenant_id(), emulator.client_id());
    let chain = Chain::new()
        .then(Missing("no token file"))
        .then(ClientSecret::new(tenant, client, "wrong"))
        .then(ClientSecret::new(tenant, client, emulator.client_secret()));
    let error = call_with(&emulator, chain).await.unwrap_err();
    assert_eq!(error.code(), Some("AADSTS7000215"));
    let hint = error.hint();
    assert!(hint.contains("secret is wrong") && hint.contains("no token file"), "{hint}");
    assert_eq!(emulator.calls("token"), 1);
}

/// There once, and then out of reach.
#[derive(Debug, Default)]
struct Lost(AtomicBool);

impl Credential for Lost {
    fn fetch<'a>(&'a self, _: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(async {
            match self.0.swap(true, Ordering::SeqCst) {
                false => Ok(AccessToken::new("token", Duration::from_secs(3600))),
                true => Err(Error::credential_absent("no metadata service")),
            }
        })
    }
}

#[tokio::test]
async fn no_other_account_takes_over_in_the_middle() {
    let emulator = emulator().await;
    let (tenant, client) = (emulator.tenant_id(), emulator.client_id());
    let chain = Chain::new()
        .then(Missing("no token file"))
        .then(Lost::default())
        .then(ClientSecret::new(tenant, client, emulator.client_secret()));
    // The emulator does not know the token, so that a new one is asked for.
    let error = call_with(&emulator, chain).await.unwrap_err();
    assert!(error.is_credential_unavailable() && !error.is_auth(), "{error:?}");
    assert_eq!((emulator.calls("getProduct"), emulator.calls("token")), (1, 0));
}
