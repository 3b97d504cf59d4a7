//! Tokens: one renewal at a time, however many tasks wait for it.

use hardware_dashboard_emulator::{Fault, FaultKind};
use tokio::task::JoinSet;

use crate::support;

const TASKS: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_tasks_without_a_token_ask_for_one() {
    let emulator = support::emulator().start().await.expect("the emulator starts");
    let client = support::client(&emulator).build().expect("a client");
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let client = client.clone();
        tasks.spawn(async move { client.product(1.into()).get().await });
    }
    for answer in tasks.join_all().await {
        assert!(answer.expect_err("there is no such product").is_not_found());
    }
    assert_eq!((emulator.calls("token"), emulator.calls("getProduct")), (1, TASKS));
    support::check(&emulator);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_tasks_whose_token_is_refused_renew_it_together() {
    let emulator = support::emulator().start().await.expect("the emulator starts");
    let client = support::client(&emulator).build().expect("a client");
    client.product(1.into()).get().await.expect_err("there is no such product");
    let expired = FaultKind::ExpiredToken;
    let fault = Fault::on("getProduct", expired);
    emulator.inject(fault).expect("the fault can happen");
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let client = client.clone();
        tasks.spawn(async move { client.product(1.into()).get().await });
    }
    for answer in tasks.join_all().await {
        assert!(answer.expect_err("there is no such product").is_not_found());
    }
    assert_eq!(emulator.calls("token"), 2);
    support::check(&emulator);
}
