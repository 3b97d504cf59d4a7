//! Answers that stop in the middle.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use hardware_dashboard::RetryPolicy;
use hardware_dashboard_emulator::{Fault, FaultKind};

use crate::support::{self, predicates};

const IDLE: Duration = Duration::from_millis(200);

/// Nothing but the idle time-out ends the call.
const WHOLE: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn an_answer_that_stalls_is_given_up_before_its_whole_time_is_over() {
    let kind = FaultKind::SlowBody { piece_bytes: 10, pause_milliseconds: 3_600_000 };
    let stalls = Fault::on("listProducts", kind);
    // Many, since short answers come in one piece.
    let emulator =
        support::emulator().seed_products(60).fault(stalls).start().await.expect("it starts");
    let client = support::client(&emulator).answer_timeout(WHOLE).idle_timeout(IDLE);
    let client = client.retry(RetryPolicy::never()).build().expect("a client");
    let products = client.products().list().try_collect::<Vec<_>>().await;
    let error = products.expect_err("the answer has no end");
    assert_eq!(predicates(&error), ["is_network", "is_timeout"], "{error:?}");
    support::check(&emulator);
}
