//! Credentials that are refused, not understood, or not complete.

use hardware_dashboard::{
    Client,
    auth::{ClientCertificate, Environment},
};

use super::{
    CANARY,
    failure::Failure,
    issuers::{ISSUERS, Issuers},
    printed,
    proofs::{Files, PASSWORD, Proof},
    search::Search,
};
use crate::{
    auth::{file, path_of},
    support::{Told, impatient},
};

#[tokio::test]
async fn no_failure_of_a_credential_prints_a_secret() {
    let mut search = watching();
    let folder = tempfile::tempdir().expect("a folder can be made");
    let files = Files::write(folder.path()).await;
    let (mut cases, mut failures, mut assertions) = (0, 0, 0);
    for issuer in ISSUERS {
        for failure in Failure::ALL {
            let proofs = files.proofs("");
            for number in (0..proofs.len()).filter(|it| proofs[*it].asks.contains(&issuer)) {
                let issuers = Issuers::start(issuer, *failure).await;
                let proof = files.proofs(issuers.origin()).swap_remove(number);
                let at = format!("{}, {issuer}, {failure:?}", proof.name);
                let (seen, failed) = call(proof, &issuers).await;
                let sent = issuers.assertions();
                // The machine's own service believes whoever can ask it.
                let proven = issuer == "metadata" || issuers.asked().contains(CANARY);
                assert!(proven || !sent.is_empty(), "{at}: nothing was proven");
                search.look(&at, &sent, seen);
                (cases, assertions) = (cases + 1, assertions + sent.len());
                failures += usize::from(failed);
            }
        }
    }
    println!("{cases} calls, {failures} errors, {assertions} assertions: {}", search.end());
    assert!(failures > cases / 2 && assertions > cases / 2);
}

/// Makes a call; gives all that can be printed of it, and whether it failed.
async fn call(proof: Proof, issuers: &Issuers) -> (Vec<String>, bool) {
    let told = Told::default();
    let mut seen = vec![format!("{:?} {:#?}", proof.credential, proof.credential)];
    let builder = Client::builder()
        .api_base_url(issuers.origin())
        .authority_url(issuers.origin())
        .credential(proof.credential)
        .reporter(told.clone())
        .retry(impatient().max_attempts(2));
    seen.push(format!("{builder:?} {builder:#?}"));
    let client = builder.build().expect("a client");
    let outcome = client.product(1.into()).get().await;
    seen.extend(outcome.as_ref().err().map(printed::error));
    seen.push(format!("{client:?} {client:#?} {}", told.text()));
    (seen, outcome.is_err())
}

/// Looks for what is in the files of the tests, too.
fn watching() -> Search {
    let mut search = Search::start();
    search.watch(PASSWORD);
    let key = file!("key.pem");
    let text = String::from_utf8_lossy(key);
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('-')).collect();
    lines.iter().for_each(|line| search.watch(line));
    search.watch_bytes(&base64_of(&lines.concat()));
    search.watch_bytes(key);
    search
}

fn base64_of(text: &str) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.decode(text).expect("a key in PEM is Base64")
}

#[tokio::test]
async fn no_credential_that_cannot_be_read_prints_what_was_read() {
    let mut search = watching();
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (key, own) = (file!("key.pem"), file!("certificate.pem"));
    let mut damaged = [key, own].concat();
    damaged[100] = b'!';
    let (pfx, wrong) = (file!("modern.pfx"), "kestrel-password".into());
    let pem = |parts: &[&[u8]]| ClientCertificate::from_pem("tenant", "client", &parts.concat());
    let files = ClientCertificate::from_files("t", "c", path_of("key.pem"), path_of("key.pem"));
    let mut errors: Vec<_> = [
        pem(&[&damaged]),
        pem(&[key]),
        pem(&[key, key, own]),
        pem(&[key, file!("authority.pem")]),
        pem(&[&key[..key.len() / 2], own]),
        pem(&[file!("key-encrypted.pem"), own]),
        ClientCertificate::from_pfx("t", "c", pfx, Some(&wrong)),
        ClientCertificate::from_pfx("t", "c", &pfx[..pfx.len() / 2], Some(&PASSWORD.into())),
        ClientCertificate::from_pfx("t", "c", key, Some(&PASSWORD.into())),
        files.await,
    ]
    .map(|read| read.expect_err("it cannot be read"))
    .into();
    for content in [
        r#"{ "key": "kestrel" }"#,
        r#"[{ "key": "kestrel", "clientId": "client" }]"#,
        r#"[{ "key": ["kestrel"] }]"#,
        r#"[{ "key": "kestrel"#,
        "kestrel",
    ] {
        let path = folder.path().join("authconfig.json");
        std::fs::write(&path, content).expect("a file can be written");
        let none: [(&str, &str); 0] = [];
        errors.push(refused(Environment::from_variables(none).authconfig(path)).await);
    }
    for variables in [
        vec![("AZURE_CLIENT_SECRET", "kestrel-secret")],
        vec![("SDCM_CREDS_KEY", "kestrel-key"), ("SDCM_CREDS_TENANTID", "tenant")],
        vec![
            ("AZURE_TENANT_ID", "tenant"),
            ("AZURE_CLIENT_ID", "client"),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://example.com/kestrel"),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "kestrel"),
        ],
        vec![
            ("AZURE_TENANT_ID", "tenant"),
            ("AZURE_CLIENT_ID", "client"),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:1/"),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "kestrel\nkestrel"),
        ],
    ] {
        errors.push(refused(Environment::from_variables(variables)).await);
    }
    let seen: Vec<_> = errors.iter().map(printed::error).collect();
    println!("{} errors", seen.len());
    search.look("what cannot be read", &[], seen);
}

async fn refused(environment: Environment) -> hardware_dashboard::Error {
    let client = Client::builder().credential(environment).build().expect("a client");
    client.product(1.into()).get().await.expect_err("it is not complete")
}
