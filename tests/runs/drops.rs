//! A caller may drop the future of a step at any moment, as `select!` and time-outs do.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll},
};

use hardware_dashboard::{Error, workflow::Progress};

use super::{Running, quick};

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

/// How a run went of which one step was dropped.
struct Dropped {
    was_dropped: bool,
    outcome: Result<(), Error>,
    creates: (usize, usize),
}

/// Goes through a run, of which this step is dropped at this moment.
async fn run(step: usize, moment: usize) -> Dropped {
    let mut running = Running::with(quick()).await;
    let mut was_dropped = false;
    let mut number = 0;
    let outcome = loop {
        let progress = if number == step {
            let progress = at_most(moment, running.run.poll()).await;
            was_dropped = progress.is_none();
            progress.unwrap_or(Ok(Progress::Moved))
        } else {
            running.run.poll().await
        };
        number += 1;
        match progress {
            Ok(Progress::Done(_)) => break Ok(()),
            Ok(Progress::Wait(pause)) => tokio::time::sleep(pause).await,
            Ok(_) => {}
            Err(error) => break Err(error),
        }
    };
    Dropped { was_dropped, outcome, creates: running.creates() }
}

#[tokio::test]
async fn a_step_that_is_dropped_at_any_moment_makes_nothing_twice() {
    let (mut done, mut unsure) = (0, 0);
    for step in 0..7 {
        for moment in 0..6 {
            let at = format!("step {step}, moment {moment}");
            let Dropped { was_dropped, outcome, creates } = run(step, moment).await;
            assert!(creates.0 <= 1 && creates.1 <= 1, "{at}: {creates:?}");
            match outcome {
                Ok(()) => done += usize::from(was_dropped),
                Err(error) => {
                    assert!(was_dropped && step < 2, "{at}: {error:?}");
                    assert!(error.may_have_been_applied(), "{at}: {error:?}");
                    unsure += 1;
                }
            }
        }
    }
    // How many moments fall into a step depends on the machine; some of each kind must.
    assert!(done >= 3 && unsure >= 1, "dropped and done {done}, dropped and unsure {unsure}");
}
