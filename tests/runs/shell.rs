//! Updates whose package is made from the shell that the run has fetched.

use hardware_dashboard::{
    model::ProductId,
    workflow::{Journal, Outcome, Run, Update},
};

use super::orders::{Order, SHELL, World};
use crate::support::{self, SIGNED, often};

/// The package that nobody has made when the run begins.
const PACKAGE: &str = "dua.hlkx";

fn order(world: &World) -> Update {
    let product = world.before.map_or(ProductId::new(0), |(product, _)| product);
    let update = Update::new(product, "Made by the run", world.path(PACKAGE), world.path(SIGNED));
    update.shell(world.path(SHELL))
}

fn begin(world: &World) -> Run {
    let journal = Journal::create(world.path("run.journal")).expect("a journal");
    let run = Run::update(world.client(), order(world)).expect("the order is good");
    run.journal(journal).expect("it can be written").polling(often())
}

fn resume(world: &World) -> Run {
    let journal = Journal::open(world.path("run.journal")).expect("a journal");
    Run::resume(world.client(), journal).expect("a run").polling(often())
}

async fn stops(mut run: Run, world: &World) {
    let outcome = run.until_done().await.expect("nothing is wrong");
    assert_eq!(outcome, Outcome::PackageWanted { shell: world.path(SHELL) });
}

#[tokio::test]
async fn an_update_waits_for_the_package_that_is_made_from_its_shell() {
    let world = World::new(Order::UpdateFromShell).await;
    stops(begin(&world), &world).await;
    let (fetched, made) = (world.emulator.calls("getBlob"), world.emulator.calls("putBlob"));
    // However often it is gone on with: nothing is fetched or made again.
    stops(resume(&world), &world).await;
    assert_eq!(world.emulator.calls("getBlob"), fetched);
    assert_eq!(world.emulator.calls("putBlob"), made);
    std::fs::copy(world.path("echo.hlkx"), world.path(PACKAGE)).expect("there is room");
    let outcome = resume(&world).until_done().await;
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{outcome:?}");
    world.check("an update from its shell").await;
    support::check(&world.emulator);
}

#[tokio::test]
async fn a_package_that_cannot_be_one_is_not_uploaded() {
    let world = World::new(Order::UpdateFromShell).await;
    stops(begin(&world), &world).await;
    std::fs::write(world.path(PACKAGE), "").expect("there is room");
    let made = world.emulator.calls("putBlob");
    let error = resume(&world).until_done().await.expect_err("it is empty");
    assert!(error.is_input() && error.to_string().contains("is empty"), "{error}");
    assert_eq!(world.emulator.calls("putBlob"), made);
}

#[tokio::test]
async fn a_shell_that_has_gone_is_fetched_again() {
    let world = World::new(Order::UpdateFromShell).await;
    stops(begin(&world), &world).await;
    let shell = std::fs::read(world.path(SHELL)).expect("it was fetched");
    std::fs::remove_file(world.path(SHELL)).expect("it can be removed");
    stops(resume(&world), &world).await;
    assert!(std::fs::read(world.path(SHELL)).expect("it was fetched again") == shell);
    // The package is made: nobody asks for the shell any more.
    std::fs::remove_file(world.path(SHELL)).expect("it can be removed");
    std::fs::copy(world.path("echo.hlkx"), world.path(PACKAGE)).expect("there is room");
    resume(&world).until_done().await.expect("nothing is wrong");
    assert!(!world.path(SHELL).exists());
}

#[tokio::test]
async fn another_file_in_the_place_of_the_shell_is_kept() {
    let world = World::new(Order::UpdateFromShell).await;
    let mut run = begin(&world);
    std::fs::write(world.path(SHELL), "somebody's").expect("there is room");
    let error = run.until_done().await.expect_err("it is another's");
    assert!(error.is_file() && error.to_string().contains("was kept"), "{error}");
    assert_eq!(std::fs::read(world.path(SHELL)).expect("it is there"), b"somebody's");
    std::fs::remove_file(world.path(SHELL)).expect("it can be removed");
    stops(run, &world).await;
}
