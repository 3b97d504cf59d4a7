//! Lists that stop before their end: what is not in them may be there all the same.

use futures_util::TryStreamExt as _;
use hardware_dashboard::{
    Error,
    model::NewProduct,
    workflow::{Run, Sign},
};
use hardware_dashboard_emulator::{EmulatorBuilder, Fault, FaultKind};

use super::{Running, quick};
use crate::support::{self, OS_CODE, write_echo_cabinet};

/// After so many items lists were seen to stop.
const END: usize = 1650;

/// An account with many products, of which one is made and not told.
async fn losing(products: usize, set: impl FnOnce(EmulatorBuilder) -> EmulatorBuilder) -> Running {
    let lost = Fault::on("createProduct", FaultKind::CloseAfterActing);
    Running::with(set(quick().seed_products(products).page_size(1000)).fault(lost)).await
}

/// Goes on with the run again and again: it makes nothing twice, and says why.
async fn is_ambiguous(mut running: Running, what: &str) {
    for _ in 0..2 {
        let error = running.run.until_done().await.expect_err("only a person can tell");
        check(&error, what);
    }
    assert_eq!(running.emulator.calls("createProduct"), 1, "{what}");
    assert_eq!(running.run.state().product_id(), None, "{what}");
}

fn check(error: &Error, what: &str) {
    assert!(error.may_have_been_applied() && !error.is_network(), "{what}: {error:?}");
    assert!(error.to_string().contains("may end too early"), "{what}: {error}");
    assert!(error.hint().contains("\"Echo\""), "{what}: {}", error.hint());
}

#[tokio::test]
async fn what_a_list_hides_is_not_made_again() {
    let running = losing(1700, |builder| builder.lists_end_after(END)).await;
    is_ambiguous(running, "cut").await;
}

#[tokio::test]
async fn a_list_that_may_hide_something_proves_nothing() {
    is_ambiguous(losing(1700, |builder| builder).await, "whole, which nobody can know").await;
}

#[tokio::test]
async fn a_list_is_read_no_further_than_it_proves_something() {
    let mut running = losing(3000, |builder| builder.page_size(100)).await;
    let error = running.run.until_done().await.expect_err("only a person can tell");
    check(&error, "many pages");
    // Before the product is made, and when it is looked for: 1,650 items each time.
    assert_eq!(running.emulator.calls("listProducts"), 2 * 17);
}

#[tokio::test]
async fn what_may_be_meant_in_a_long_list_is_named() {
    let Running { emulator, folder, .. } = losing(1700, |builder| builder).await;
    let client = support::client(&emulator).build().expect("a client");
    let first = client.products().list().try_next().await.expect("a list").expect("a product");
    let (id, name) = (first.id.expect("an id"), first.product_name.expect("a name"));
    let order = Sign::new(
        NewProduct::attestation(name, vec![OS_CODE.into()]),
        write_echo_cabinet(folder.path()),
        folder.path().join("other.zip"),
    );
    let mut run = Run::sign(client, order).expect("the order is good");
    let error = run.until_done().await.expect_err("only a person can tell");
    assert!(error.to_string().contains(&format!("may have come of it: {id}")), "{error}");
}

#[tokio::test]
async fn a_shorter_list_is_believed() {
    let mut running = losing(END - 2, |builder| builder).await;
    while running.run.state().product_id().is_none() {
        running.run.poll().await.expect("it is found");
    }
    assert_eq!(running.emulator.calls("createProduct"), 1);
}

#[tokio::test]
async fn a_large_account_hinders_nobody_whose_answers_come() {
    let mut running = Running::with(quick().seed_products(1700).page_size(1000)).await;
    running.run.until_done().await.expect("nothing is wrong");
}
