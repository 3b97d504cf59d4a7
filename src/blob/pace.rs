//! How fast the bytes of all transfers together may go.

use std::{
    num::NonZeroU64,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// A limit in bytes per second that all transfers of a client share; without one nobody waits.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    bytes_per_second: Option<NonZeroU64>,
    /// When the line is free again.
    free: Mutex<Option<Instant>>,
}

impl Pace {
    pub(crate) fn new(bytes_per_second: Option<NonZeroU64>) -> Self {
        Self { bytes_per_second, free: Mutex::default() }
    }

    /// Waits until the line is free for these bytes, and takes it for as long as they need.
    pub(crate) async fn take(&self, bytes: usize) {
        if let Some(turn) = self.turn(bytes) {
            sleep_until(turn).await;
        }
    }

    /// When the line is free for these bytes; `None` when that is now. It is taken in any case.
    pub(crate) fn turn(&self, bytes: usize) -> Option<Instant> {
        let rate = self.bytes_per_second?;
        let now = Instant::now();
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = free.map_or(now, |free| free.max(now));
        *free = Some(turn + Duration::from_secs_f64(bytes as f64 / rate.get() as f64));
        (turn > now).then_some(turn)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nobody_waits() {
        let start = Instant::now();
        Pace::default().take(usize::MAX).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn transfers_share_the_limit() {
        let pace = Arc::new(Pace::new(NonZeroU64::new(1000)));
        let start = Instant::now();
        let transfers: Vec<_> = (0..4)
            .map(|_| {
                let pace = pace.clone();
                tokio::spawn(async move {
                    for _ in 0..10 {
                        pace.take(100).await;
                    }
                })
            })
            .collect();
        for transfer in transfers {
            transfer.await.unwrap();
        }
        // The last of the 4000 bytes set out when those before them had gone.
        let time = start.elapsed();
        assert!(time >= SECOND * 39 / 10 && time < SECOND * 4, "{time:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_which_nothing_was_sent_is_not_made_up_for() {
        let pace = Pace::new(NonZeroU64::new(1000));
        pace.take(1000).await;
        tokio::time::sleep(60 * SECOND).await;
        let start = Instant::now();
        for _ in 0..3 {
            pace.take(1000).await;
        }
        let time = start.elapsed();
        assert!(time >= 2 * SECOND && time < 3 * SECOND, "{time:?}");
    }
}
