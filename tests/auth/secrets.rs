//! The client secret, one token for many tasks, and what is printed.

use std::sync::Arc;

use hardware_dashboard::auth::{
    Chain, ClientCertificate, ClientSecret, Environment, FederatedToken, ManagedIdentity,
};
use hardware_dashboard_emulator::Emulator;

use super::{builder, call, call_with, emulator, file, path_of};

fn secret(emulator: &Emulator, secret: &str) -> ClientSecret {
    ClientSecret::new(emulator.tenant_id(), emulator.client_id(), secret)
}

#[tokio::test]
async fn a_secret_is_taken_at_both_endpoints() {
    let emulator = emulator().await;
    let right = secret(&emulator, emulator.client_secret());
    call_with(&emulator, right.clone()).await.unwrap();
    call_with(&emulator, right.v2()).await.unwrap();
    let asked = emulator.exchanges();
    let paths: Vec<_> = asked.iter().map(|exchange| exchange.path()).collect();
    let tenant = emulator.tenant_id();
    assert!(paths.contains(&format!("/{tenant}/oauth2/token").as_str()), "{paths:?}");
    assert!(paths.contains(&format!("/{tenant}/oauth2/v2.0/token").as_str()), "{paths:?}");
}

#[tokio::test]
async fn a_wrong_secret_is_told_with_its_code_and_sent_once() {
    let emulator = emulator().await;
    let error = call_with(&emulator, secret(&emulator, "canary-secret")).await.unwrap_err();
    assert_eq!(error.code(), Some("AADSTS7000215"));
    assert!(error.is_auth() && !error.is_credential_absent());
    assert!(error.hint().contains("secret"));
    assert_eq!(emulator.calls("token"), 1);
}

#[tokio::test]
async fn fifty_tasks_ask_for_one_token() {
    let emulator = emulator().await;
    let credential = secret(&emulator, emulator.client_secret());
    let client = Arc::new(builder(&emulator).credential(credential).build().unwrap());
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let client = Arc::clone(&client);
            tokio::spawn(async move { call(&client).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(emulator.calls("getProduct"), 50);
    assert_eq!(emulator.calls("token"), 1);
}

#[tokio::test]
async fn fifty_tasks_send_a_wrong_secret_once() {
    let emulator = emulator().await;
    let client = builder(&emulator).credential(secret(&emulator, "wrong")).build().unwrap();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { call(&client).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap_err().code(), Some("AADSTS7000215"));
    }
    assert_eq!(emulator.calls("token"), 1);
}

#[tokio::test]
async fn no_credential_prints_what_it_proves_itself_with() {
    let url = "http://127.0.0.1:1/token?canary-query";
    let password = "canary-password".into();
    let pfx = path_of("modern.pfx");
    let identity = ManagedIdentity::user_assigned("identity");
    let credentials = Chain::new()
        .then(ClientSecret::new("tenant", "client", "canary-secret"))
        .then(ClientCertificate::from_file("tenant", "client", pfx, Some(&password)).await.unwrap())
        .then(identity.app_service("http://127.0.0.1:1/canary", "canary-header"))
        .then(FederatedToken::github_actions_at("tenant", "client", url, "canary-token"))
        .then(Environment::from_variables([
            ("AZURE_CLIENT_SECRET", "canary-variable"),
            ("SDCM_CREDS_KEY", "canary-key"),
        ]));
    for printed in [format!("{credentials:?}"), format!("{credentials:#?}")] {
        assert!(!printed.contains("canary"), "{printed}");
        assert!(printed.contains("client"), "the ids are no secrets: {printed}");
        // The private key, as the Debug of bytes would show it.
        let key = &file!("key.pem")[100..110];
        assert!(!printed.contains(&format!("{key:?}")[1..30]), "{printed}");
    }
}

#[tokio::test]
async fn no_error_prints_what_was_sent() {
    let emulator = emulator().await;
    let (tenant, client) = (emulator.tenant_id(), emulator.client_id());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "canary.token.file").unwrap();
    let app_service =
        ManagedIdentity::system_assigned().app_service(emulator.authority_url(), "canary-header");
    let url = format!("{}/canary?canary=1", emulator.authority_url());
    let errors = [
        call_with(&emulator, secret(&emulator, "canary-secret")).await,
        call_with(&emulator, FederatedToken::from_file(tenant, client, file.path())).await,
        call_with(&emulator, app_service).await,
        call_with(&emulator, FederatedToken::github_actions_at(tenant, client, url, "canary-t"))
            .await,
    ];
    for error in errors.map(|outcome| outcome.expect_err("each of them is refused")) {
        let hint = error.hint();
        let printed = format!("{error} {error:?} {error:#?} {hint:?}");
        assert!(!printed.contains("canary"), "{printed}");
    }
}
