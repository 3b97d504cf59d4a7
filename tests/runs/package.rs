//! A package that is another one when the run is gone on with.

use std::{fs, path::Path, sync::Arc, time::Duration};

use hardware_dashboard::{
    Error, Event,
    workflow::{Journal, Outcome, Run},
};
use hardware_dashboard_emulator::{Fault, FaultKind};
use zip::ZipWriter;

use super::orders::{Order, World};
use crate::support::{Watch, often};

const JOURNAL: &str = "run.journal";

/// The package of these orders.
fn package(order: Order) -> &'static str {
    if order == Order::Preprod { "echo.cab" } else { "echo.hlkx" }
}

/// Begins a run, which this fault ends; the fault is over then.
async fn stopped_by(order: Order, fault: Fault) -> World {
    let world = World::new(order).await;
    world.emulator.inject(fault).expect("it can happen");
    let journal = Journal::create(world.path(JOURNAL)).expect("a journal");
    let run = world.begin(world.client()).journal(journal).expect("it can be written");
    run.polling(often()).until_done().await.expect_err("the fault stays");
    world.emulator.clear_faults();
    world
}

async fn resumed(world: &World) -> Result<Outcome, Error> {
    let journal = Journal::open(world.path(JOURNAL)).expect("a journal");
    Run::resume(world.client(), journal).expect("a run").polling(often()).until_done().await
}

/// Builds the package anew: the same drivers, in another archive.
fn build_anew(package: &Path) {
    let file = fs::File::options().read(true).write(true).open(package);
    let mut archive = ZipWriter::new_append(file.expect("a file")).expect("an archive");
    archive.set_comment("built anew").expect("it is short");
    archive.finish().expect("there is room");
}

/// The run is refused while the package is another one, and goes on when it is back.
async fn is_held_to_its_package(order: Order, fault: Fault) {
    let what = format!("{order:?}, {fault:?}");
    let world = stopped_by(order, fault).await;
    let (path, sent) = (world.path(package(order)), world.emulator.exchanges().len());
    let begun = fs::read(&path).expect("a package");
    let mut other = begun.clone();
    *other.last_mut().expect("it is not empty") ^= 1;
    for other in [other, begun[1..].to_vec()] {
        fs::write(&path, other).expect("there is room");
        let error = resumed(&world).await.expect_err(&what);
        assert!(error.is_file() && !error.may_have_been_applied(), "{what}: {error:?}");
        for word in ["not the package", package(order), &format!("was {} bytes", begun.len())] {
            assert!(error.to_string().contains(word), "{what}: {error}");
        }
        assert!(error.hint().starts_with("Put that package back"), "{}", error.hint());
    }
    let exchanges = world.emulator.exchanges();
    let mut sent = exchanges[sent..].iter().filter(|exchange| exchange.method() != "GET");
    assert!(sent.all(|exchange| exchange.operation() == Some("token")), "{what}");
    fs::write(&path, begun).expect("there is room");
    resumed(&world).await.expect(&what);
    world.check(&what).await;
}

#[tokio::test]
async fn what_was_begun_with_one_package_does_not_end_with_another() {
    let refused = || FaultKind::status(403);
    let no_upload = Fault::on("putBlob", FaultKind::status(400)).forever();
    is_held_to_its_package(Order::SignHlk, no_upload).await;
    is_held_to_its_package(Order::SignHlk, Fault::on("commitSubmission", refused())).await;
    is_held_to_its_package(Order::Update, Fault::on("commitSubmission", refused())).await;
    let lost = Fault::on("submitPreprodPackage", FaultKind::CloseBeforeReading).forever();
    is_held_to_its_package(Order::Preprod, lost).await;
}

#[tokio::test]
async fn a_package_may_be_built_anew_as_long_as_nothing_of_it_was_sent() {
    let world =
        stopped_by(Order::SignHlk, Fault::on("createSubmission", FaultKind::status(403))).await;
    build_anew(&world.path("echo.hlkx"));
    resumed(&world).await.expect("nothing is wrong");
    world.check("built anew").await;

    let refused = Fault::on("submitPreprodPackage", FaultKind::status(403));
    let world = stopped_by(Order::Preprod, refused).await;
    let mended = fs::read(world.path("echo.cab")).expect("a package");
    let journal = fs::read_to_string(world.path(JOURNAL)).expect("a journal");
    assert!(journal.contains(&format!("\"bytes\": {}", mended.len())), "{journal}");
    fs::write(world.path("echo.cab"), &mended[..40]).expect("there is room");
    let error = resumed(&world).await.expect_err("it holds no driver");
    assert!(error.is_workflow_failed(), "it was sent: {error:?}");
}

#[tokio::test]
async fn what_is_at_the_service_needs_no_package_any_more() {
    // Uploaded whole, and to be committed.
    let world =
        stopped_by(Order::SignHlk, Fault::on("commitSubmission", FaultKind::status(403))).await;
    fs::remove_file(world.path("echo.hlkx")).expect("it is there");
    resumed(&world).await.expect("nothing is wrong");
    world.check("gone before the commit").await;

    // Committed.
    let world = World::new(Order::SignHlk).await;
    let journal = Journal::create(world.path(JOURNAL)).expect("a journal");
    let run = world.begin(world.client()).journal(journal).expect("it can be written");
    let handed_over = run.polling(often()).until_handed_over().await;
    assert_eq!(handed_over.expect("nothing is wrong"), Outcome::HandedOver);
    build_anew(&world.path("echo.hlkx"));
    resumed(&world).await.expect("nothing is wrong");
    world.check("built anew after the commit").await;
}

#[tokio::test]
async fn a_package_that_changes_after_it_was_noted_is_not_committed_as_it() {
    let world = World::new(Order::SignHlk).await;
    let (package, clock) = (world.path("echo.hlkx"), world.emulator.clock().clone());
    let original = fs::read(&package).expect("a package");
    let changing = package.clone();
    let watch = Watch(move |event: &Event<'_>| match event {
        Event::Noted { operation: "upload", intent: true }
            if fs::read(&changing).expect("a package") == original =>
        {
            build_anew(&changing);
        }
        Event::Waiting(_) => clock.advance(Duration::from_secs(60)),
        _ => {}
    });
    let journal = Journal::create(world.path(JOURNAL)).expect("a journal");
    let run = world.begin(world.client().with_reporter(Arc::new(watch))).polling(often());
    let mut run = run.journal(journal).expect("it can be written");
    let error = run.until_done().await.expect_err("what has arrived is another one");
    assert!(error.is_file() && error.to_string().contains("changed"), "{error:?}");
    assert_eq!(world.emulator.calls("commitSubmission"), 0);
    // It is complete now.
    run.until_done().await.expect("nothing is wrong");
    world.check("sent again").await;
    let length = fs::metadata(&package).expect("a package").len();
    let journal = fs::read_to_string(world.path(JOURNAL)).expect("a journal");
    assert!(journal.contains(&format!("\"bytes\": {length}")), "{journal}");
}
