//! What the environment names, and what of it is not complete.

use hardware_dashboard::{Error, auth::Environment};
use hardware_dashboard_emulator::Emulator;
use serde_json::json;

use super::{AUDIENCE, ISSUER, SUBJECT, call_with, emulator, path_of, server::Server, token_of};

/// Makes a call with these variables, and with an `authconfig.json` that is not filled in.
async fn call_in(emulator: &Emulator, variables: &[(&str, &str)]) -> Result<(), Error> {
    let variables = variables.iter().copied();
    let sample = authconfig(&json!([{ "clientId": "guid", "key": "string", "tenantId": "guid" }]));
    let environment = Environment::from_variables(variables).authconfig(sample.path());
    call_with(emulator, environment).await
}

fn authconfig(content: &serde_json::Value) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, content.to_string()).unwrap();
    file
}

#[tokio::test]
async fn every_kind_of_credential_is_found() {
    let emulator = emulator().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, token_of(ISSUER, SUBJECT, AUDIENCE)).unwrap();
    let value = json!({ "value": token_of(ISSUER, SUBJECT, AUDIENCE) });
    let github = Server::start(move |_, _| (200, value.clone())).await;
    let (tenant, client, secret) =
        (emulator.tenant_id(), emulator.client_id(), emulator.client_secret());
    let ids = [("AZURE_TENANT_ID", tenant), ("AZURE_CLIENT_ID", client)];
    let (pfx, origin) = (path_of("modern.pfx"), github.origin());
    for proof in [
        vec![("AZURE_CLIENT_SECRET", secret)],
        vec![
            ("AZURE_CLIENT_CERTIFICATE_PATH", pfx.as_str()),
            ("AZURE_CLIENT_CERTIFICATE_PASSWORD", "canary-password"),
        ],
        vec![("AZURE_FEDERATED_TOKEN_FILE", file.path().to_str().unwrap())],
        vec![
            ("ACTIONS_ID_TOKEN_REQUEST_URL", origin.as_str()),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token"),
        ],
    ] {
        let variables = [&ids[..], &proof].concat();
        call_in(&emulator, &variables).await.unwrap_or_else(|error| panic!("{proof:?}: {error}"));
    }
    let sdcm = [
        ("SDCM_CREDS_TENANTID", tenant),
        ("SDCM_CREDS_CLIENTID", client),
        ("SDCM_CREDS_KEY", secret),
        ("SDCM_CREDS_URL", "https://manage.devcenter.microsoft.com"),
    ];
    call_in(&emulator, &sdcm).await.unwrap();
    assert_eq!(emulator.calls("token"), 5);
}

#[tokio::test]
async fn both_shapes_of_authconfig_are_read() {
    let emulator = emulator().await;
    let account = json!({
        "tenantId": emulator.tenant_id(),
        "clientId": emulator.client_id(),
        "key": emulator.client_secret(),
        "url": "https://manage.devcenter.microsoft.com",
        "urlPrefix": "v2.0/my",
    });
    for content in [
        json!([account, { "clientId": "another" }]),
        json!({ "// A note.": "", "profiles": { "Default": account } }),
    ] {
        let file = authconfig(&content);
        let none: [(&str, &str); 0] = [];
        let environment = Environment::from_variables(none).authconfig(file.path());
        call_with(&emulator, environment).await.unwrap();
    }
}

#[tokio::test]
async fn authconfig_is_found_where_the_tool_keeps_it() {
    let emulator = emulator().await;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("sdcm");
    std::fs::create_dir(&folder).unwrap();
    let account = json!([{
        "tenantId": emulator.tenant_id(),
        "clientId": emulator.client_id(),
        "key": emulator.client_secret(),
    }]);
    std::fs::write(folder.join("authconfig.json"), account.to_string()).unwrap();
    let home = home.path().to_str().unwrap();
    let environment = Environment::from_variables([("XDG_CONFIG_HOME", home)]);
    call_with(&emulator, environment).await.unwrap();
}

#[tokio::test]
async fn an_identity_of_authconfig_speaks_for_the_application() {
    let emulator = emulator().await;
    let token = token_of(ISSUER, SUBJECT, AUDIENCE);
    let app = Server::start(move |_, _| (200, json!({ "access_token": token }))).await;
    let file = authconfig(&json!({ "profiles": { "default": {
        "tenantId": emulator.tenant_id(),
        "clientId": emulator.client_id(),
        "key": null,
        "managedIdentityClientId": "identity",
    } } }));
    let origin = app.origin();
    let variables = [("IDENTITY_ENDPOINT", origin.as_str()), ("IDENTITY_HEADER", "proof")];
    let environment = Environment::from_variables(variables).authconfig(file.path());
    call_with(&emulator, environment).await.unwrap();
    assert_eq!(app.asked()[0].parameter("client_id").as_deref(), Some("identity"));
}

#[tokio::test]
async fn an_environment_that_names_nothing_is_absent() {
    let emulator = emulator().await;
    for variables in [
        vec![],
        vec![("AZURE_TENANT_ID", "tenant"), ("AZURE_CLIENT_ID", "client")],
        vec![("AZURE_CLIENT_SECRET", "  ")],
        vec![("ACTIONS_ID_TOKEN_REQUEST_URL", "u"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t")],
    ] {
        let error = call_in(&emulator, &variables).await.unwrap_err();
        assert!(error.is_credential_absent(), "{variables:?}: {error}");
        assert!(error.hint().contains("AZURE_CLIENT_SECRET"));
    }
}

#[tokio::test]
async fn what_is_not_complete_is_said() {
    let emulator = emulator().await;
    for (variables, says) in [
        (vec![("AZURE_CLIENT_SECRET", "s")], "AZURE_TENANT_ID is not"),
        (
            vec![("AZURE_CLIENT_CERTIFICATE_PATH", "c"), ("AZURE_TENANT_ID", "t")],
            "AZURE_CLIENT_ID is not",
        ),
        (vec![("SDCM_CREDS_KEY", "k"), ("SDCM_CREDS_TENANTID", "t")], "SDCM_CREDS_CLIENTID must"),
    ] {
        let error = call_in(&emulator, &variables).await.unwrap_err();
        assert!(error.is_input() && error.to_string().contains(says), "{error}");
    }
    for (content, says) in [
        (json!([{ "clientId": "client", "tenantId": "tenant" }]), "not complete"),
        (json!({ "key": "canary" }), "authconfig.json of Microsoft's SDCM tool"),
        (json!([{ "key": 17 }]), "authconfig.json of Microsoft's SDCM tool"),
    ] {
        let file = authconfig(&content);
        let none: [(&str, &str); 0] = [];
        let environment = Environment::from_variables(none).authconfig(file.path());
        let error = call_with(&emulator, environment).await.unwrap_err();
        assert!(error.is_input() && error.to_string().contains(says), "{error}");
        assert!(!format!("{error:?}").contains("canary"));
    }
}
