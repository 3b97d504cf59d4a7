//! A caller may drop the future of a step at any moment, as `select!` and time-outs do.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use hardware_dashboard::workflow::{Polling, Progress};

use super::{Running, quick};
use crate::support::often;

/// Runs that go on at once: most of their time is waited for what might still arrive.
const AT_ONCE: usize = 21;

/// Polls a future so many times at most, and then drops it.
async fn at_most<T>(times: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = times;
    let step = |context: &mut Context<'_>| match future.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    };
    std::future::poll_fn(step).await
}

/// A request whose future was dropped may still arrive, on a slow machine rather late. What waits
/// for it looks less and less often, and so leaves the machine to it.
fn patient() -> Polling {
    often().max(Duration::from_millis(500)).settle(Duration::from_secs(10))
}

/// Goes through a run, of which this step is dropped at this moment; whether there was one.
async fn is_dropped(step: usize, moment: usize) -> bool {
    let mut running = Running::with(quick()).await;
    running.run = running.run.polling(patient());
    for _ in 0..step {
        if let Progress::Wait(pause) = running.run.poll().await.expect("nothing is wrong") {
            tokio::time::sleep(pause).await;
        }
    }
    let was_dropped = at_most(moment, running.run.poll()).await.is_none();
    running.succeeds(&format!("step {step}, moment {moment}")).await;
    was_dropped
}

#[tokio::test]
async fn a_step_that_is_dropped_at_any_moment_makes_nothing_twice() {
    let places = (0..7).flat_map(|step| (0..6).map(move |moment| (step, moment)));
    let runs = stream::iter(places).map(|(step, moment)| is_dropped(step, moment));
    let dropped: Vec<_> = runs.buffer_unordered(AT_ONCE).collect().await;
    let dropped = dropped.into_iter().filter(|was_dropped| *was_dropped).count();
    println!("{dropped} steps were dropped before their end");
    // How many moments fall into a step depends on the machine; the first one of a request always
    // does, and the first step is one.
    assert!(dropped > 0);
}
