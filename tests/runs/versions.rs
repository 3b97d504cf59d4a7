//! Journals that earlier versions have written are gone on with.

use std::{fs, path::Path};

use hardware_dashboard::{
    model::{NewProduct, NewSubmission, ProductId, SubmissionId},
    workflow::{Journal, Reached, Run, RunKind},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::orders::{NAME, Order, World};
use crate::support::{OS_CODE, SIGNED, often, put};

/// The version that is written today.
const TODAY: u64 = 2;

/// A journal as an earlier version, or this one, has written it.
fn written(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals").join(name);
    let text = fs::read(path).expect("the journal is there");
    serde_json::from_slice(&text).expect("it is whole")
}

/// What a run has left whose journal was written before the commit.
async fn uploaded(world: &World) -> (ProductId, SubmissionId) {
    let client = world.client();
    let product = NewProduct::attestation(NAME, vec![OS_CODE.into()]);
    let product = client.products().create(&product).await.expect("a product").id.expect("an id");
    let submissions = client.product(product).submissions();
    let made = submissions.create(&NewSubmission::initial(NAME)).await.expect("a submission");
    let package = fs::read(world.path("echo.cab")).expect("a package");
    put(made.upload_url().expect("a URL"), package).await;
    (product, made.id.expect("an id"))
}

/// The same journal for what there is at this service and in this folder.
fn moved_to(world: &World, mut journal: Value, ids: Option<(ProductId, SubmissionId)>) -> Value {
    journal["order"]["package"] = json!(world.path("echo.cab"));
    journal["order"]["target"]["path"] = json!(world.path(SIGNED));
    if journal["known"]["fingerprint"].is_object() {
        let package = fs::read(world.path("echo.cab")).expect("a package");
        let sha256 = format!("{:x}", Sha256::digest(&package));
        journal["known"]["fingerprint"] = json!({ "bytes": package.len(), "sha256": sha256 });
    }
    if let Some((product, submission)) = ids {
        let known = &mut journal["known"];
        known["product"] = json!({ "done": product });
        if known["submission"]["done"].is_u64() {
            known["submission"] = json!({ "done": submission });
        }
    }
    journal
}

async fn is_gone_on_with(order: Order, name: &str) {
    let world = World::new(order).await;
    let ids = if order == Order::Preprod { None } else { Some(uploaded(&world).await) };
    let path = world.path("run.journal");
    let journal = moved_to(&world, written(name), ids);
    fs::write(&path, journal.to_string()).expect("there is room");
    let seen = Journal::inspect(&path).expect(name);
    assert_eq!(Some(seen.correlation_id().to_string().as_str()), journal["correlationId"].as_str());
    let journal = Journal::open(&path).expect(name);
    let mut run = Run::resume(world.client(), journal).expect("a run").polling(often());
    run.until_done().await.expect(name);
    world.check(name).await;
    let text = fs::read(&path).expect("it is there");
    let now: Value = serde_json::from_slice(&text).expect("it is whole");
    assert_eq!(now["version"], TODAY, "{name}");
}

#[tokio::test]
async fn a_journal_of_an_earlier_version_is_gone_on_with() {
    for version in 1..=TODAY {
        for call in ["submission", "commit"] {
            let name = format!("v{version}-{call}-intended.json");
            is_gone_on_with(Order::SignAttestation, &name).await;
        }
        is_gone_on_with(Order::Preprod, &format!("v{version}-package-intended.json")).await;
    }
}

#[test]
fn journals_of_all_versions_tell_how_far_their_runs_are() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("run.journal");
    for version in 1..=TODAY {
        for (call, kind, reached) in [
            ("submission", RunKind::Sign, Reached::ProductCreated),
            ("commit", RunKind::Sign, Reached::Uploaded),
            ("label", RunKind::Sign, Reached::Downloaded),
            ("package", RunKind::Preprod, Reached::Begun),
        ] {
            let name = format!("v{version}-{call}-intended.json");
            let journal = written(&name);
            assert_eq!(journal["version"], version, "{name}");
            fs::write(&path, journal.to_string()).expect("there is room");
            let seen = Journal::inspect(&path).expect(&name);
            assert_eq!((seen.kind(), seen.reached()), (kind, reached), "{name}");
            assert!(seen.is_unclear() && seen.has_acted(), "{name}");
        }
    }
}
