//! One brake for all clones of a client.
//!
//! A 429 that one of them meets holds all of them back. Afterwards calls go out one by one, and ever
//! faster as they are answered: a full burst would meet the next 429 at once.

use std::{
    collections::BTreeSet,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// The space between calls after a first 429.
const FIRST_SPACING: Duration = Duration::from_millis(500);
const MAX_SPACING: Duration = Duration::from_secs(8);
/// Less than this is no brake.
const MIN_SPACING: Duration = Duration::from_millis(20);

/// After so long a call goes out to see whether the service still means it: calls are counted by the
/// minute, and a slip of a clock must not lock a client up for a year.
const LONGEST_HOLD: Duration = Duration::from_secs(3600);

/// Whoever waits leaves so much time to each of those before him, of whom no more than these count:
/// one that is not polled any more takes nobody's turn, and costs the others next to nothing.
const HEAD_START: Duration = Duration::from_millis(2);
const MAX_HEAD_STARTS: usize = 8;

#[derive(Debug, Default)]
pub(crate) struct Throttle {
    /// The space between calls that the user asked for.
    least_spacing: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The space between calls that 429s have taught us.
    spacing: Duration,
    held_until: Option<Instant>,
    /// When the last 429 came that was none of a burst.
    slowed_at: Option<Instant>,
    last_departure: Option<Instant>,
    /// Who waits, by number. A place in this queue is not yet a time to go, so that a later hold moves
    /// all who wait, and a call that is dropped leaves no gap.
    queue: BTreeSet<u64>,
    last_number: u64,
}

/// A call's place in the queue, once it has to wait. It is given back when the call goes or is dropped.
#[derive(Debug)]
struct Place<'a> {
    throttle: &'a Throttle,
    number: Option<u64>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.throttle.with_state(|state| state.queue.remove(&number));
        }
    }
}

/// When a call went out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Departure {
    at: Instant,
    asked_at: Instant,
}

impl Departure {
    /// Whether so much time has passed since the call asked to go that its token may have aged.
    pub(crate) fn was_waited_for(self) -> bool {
        self.at > self.asked_at + Duration::from_secs(1)
    }
}

/// The calls are held for longer than anybody waits: for this long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Held(pub(crate) Duration);

impl Throttle {
    /// Lets no more than so many calls out in a minute, evenly spaced.
    pub(crate) fn per_minute(calls: NonZeroU32) -> Self {
        Self { least_spacing: Duration::from_secs(60) / calls.get(), ..Self::default() }
    }

    /// Waits until the call may go out, mostly in the order of asking; not behind a hold that lasts
    /// longer than `patience` from now.
    pub(crate) async fn wait(&self, patience: Duration) -> Result<Departure, Held> {
        let asked_at = Instant::now();
        let mut place = Place { throttle: self, number: None };
        let mut at = asked_at;
        // Most calls may go at once, and a timer would be the dearest part of them.
        while let Some(later) = self.depart(&mut place, at, patience)? {
            sleep_until(later).await;
            at = Instant::now();
        }
        Ok(Departure { at, asked_at })
    }

    /// Lets no call out for this long, and calls more slowly afterwards. A longer hold stays. Tells
    /// for how long it really is.
    ///
    /// Calls that were on their way when the first of them met its 429 are one burst: it slows the
    /// pace once.
    pub(crate) fn hold(&self, met_by: Departure, pause: Duration) -> Duration {
        let (now, pause) = (Instant::now(), pause.min(LONGEST_HOLD));
        self.with_state(|state| {
            state.held_until = state.held_until.max(Some(now + pause));
            if Some(met_by.at) > state.slowed_at {
                state.spacing = (state.spacing * 2).clamp(FIRST_SPACING, MAX_SPACING);
                state.slowed_at = Some(now);
            }
        });
        pause
    }

    /// A call was answered as usual: the next ones may come a little faster, unless it was sent at
    /// the pace that proved too fast.
    pub(crate) fn ease(&self, departure: Departure) {
        self.with_state(|state| {
            if Some(departure.at) <= state.slowed_at {
                return;
            }
            state.spacing = state.spacing.mul_f64(0.9);
            if state.spacing < MIN_SPACING {
                state.spacing = Duration::ZERO;
            }
        });
    }

    /// Lets a call go, or else tells when to ask again.
    fn depart(
        &self,
        place: &mut Place<'_>,
        now: Instant,
        patience: Duration,
    ) -> Result<Option<Instant>, Held> {
        self.with_state(|state| {
            let held = state.held_until.unwrap_or(now).saturating_duration_since(now);
            if held > patience {
                return Err(Held(held));
            }
            let later = self.opens_at(state).map(|at| at + state.head_starts(place.number));
            let later = later.filter(|later| *later > now);
            match later {
                Some(_) => place.number = place.number.or_else(|| Some(state.enqueue())),
                None => state.last_departure = Some(now),
            }
            Ok(later)
        })
    }

    /// When the next call may go.
    fn opens_at(&self, state: &State) -> Option<Instant> {
        let spacing = state.spacing.max(self.least_spacing);
        let spaced = state.last_departure.filter(|_| !spacing.is_zero());
        spaced.map(|last| last + spacing).max(state.held_until)
    }

    fn with_state<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn enqueue(&mut self) -> u64 {
        self.last_number += 1;
        self.queue.insert(self.last_number);
        self.last_number
    }

    /// The time that is left to those before this place, or before its end.
    fn head_starts(&self, place: Option<u64>) -> Duration {
        let before = self.queue.range(..place.unwrap_or(u64::MAX));
        before.take(MAX_HEAD_STARTS).map(|_| HEAD_START).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, sync::Arc};

    use futures_util::FutureExt as _;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const PATIENCE: Duration = Duration::from_secs(600);

    async fn depart(throttle: &Throttle) -> Departure {
        throttle.wait(PATIENCE).await.expect("it is not held for longer")
    }

    /// When each of so many calls goes out, counted from now; each succeeds at once.
    async fn departures(throttle: &Throttle, calls: usize) -> Vec<Duration> {
        let start = Instant::now();
        let mut departures = Vec::new();
        for _ in 0..calls {
            let departure = depart(throttle).await;
            throttle.ease(departure);
            departures.push(start.elapsed());
        }
        departures
    }

    /// So many calls that wait at the same time; each tells when it went out.
    fn queue(throttle: &Arc<Throttle>, calls: usize) -> Vec<tokio::task::JoinHandle<Instant>> {
        let wait = || {
            let throttle = throttle.clone();
            tokio::spawn(async move { depart(&throttle).await.at })
        };
        (0..calls).map(|_| wait()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_held_back_without_a_reason() {
        let departures = departures(&Throttle::default(), 100).await;
        assert_eq!(departures.last(), Some(&Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_hold_the_pace_rises_slowly_until_it_is_free_again() {
        let throttle = Throttle::default();
        let met = depart(&throttle).await;
        throttle.hold(met, 30 * SECOND);
        throttle.hold(met, 5 * SECOND);
        let departures = departures(&throttle, 60).await;
        assert!(departures[0] >= 30 * SECOND, "{departures:?}");
        let spaces: Vec<_> = departures.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let slack = Duration::from_millis(2);
        assert!(spaces[0] + slack >= FIRST_SPACING.mul_f64(0.9), "{spaces:?}");
        assert!(spaces.is_sorted_by(|a, b| *b <= *a + slack), "{spaces:?}");
        assert_eq!(spaces.last(), Some(&Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_that_comes_later_moves_all_who_wait_already() {
        let throttle = Arc::new(Throttle::default());
        let met = depart(&throttle).await;
        throttle.hold(met, SECOND);
        let start = Instant::now();
        let waiting = queue(&throttle, 5);
        tokio::time::sleep(SECOND / 2).await;
        throttle.hold(met, 10 * SECOND);
        let mut last = start + 10 * SECOND - FIRST_SPACING;
        for call in waiting {
            let departure = call.await.unwrap();
            assert!(departure >= last + FIRST_SPACING, "{:?}", departure - start);
            last = departure;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_that_is_throttled_slows_the_pace_once() {
        let throttle = Throttle::default();
        let mut burst = Vec::new();
        for _ in 0..5 {
            burst.push(depart(&throttle).await);
        }
        for met in burst {
            throttle.hold(met, SECOND);
        }
        let first = depart(&throttle).await;
        let second = depart(&throttle).await;
        let spacing = second.at - first.at;
        assert!(spacing < 2 * FIRST_SPACING, "{spacing:?}");
        throttle.hold(second, SECOND);
        let (first, second) = (depart(&throttle).await, depart(&throttle).await);
        assert!(second.at - first.at >= 2 * FIRST_SPACING, "the next burst slows it again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_dropped_leaves_no_gap() {
        let throttle = Arc::new(Throttle::per_minute(NonZeroU32::new(60).unwrap()));
        let start = Instant::now();
        let mut waiting = queue(&throttle, 6);
        tokio::time::sleep(SECOND / 2).await;
        let last = waiting.pop().unwrap();
        waiting.drain(1..).for_each(|call| call.abort());
        assert!(last.await.unwrap() - start <= SECOND + SECOND / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_polled_no_more_stops_nobody() {
        let throttle = Arc::new(Throttle::default());
        let met = depart(&throttle).await;
        throttle.hold(met, SECOND);
        let mut suspended = pin!(depart(&throttle));
        assert!(suspended.as_mut().now_or_never().is_none());
        let start = Instant::now();
        for call in queue(&throttle, 5) {
            let departure = tokio::time::timeout(60 * SECOND, call).await.expect("it may go");
            let waited = departure.unwrap() - start;
            assert!(waited >= SECOND && waited < SECOND + 6 * FIRST_SPACING, "{waited:?}");
        }
        suspended.await;
        assert_eq!(throttle.with_state(|state| state.queue.len()), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_go_in_the_order_of_asking() {
        let throttle = Arc::new(Throttle::per_minute(NonZeroU32::new(60).unwrap()));
        let mut last = None;
        for call in queue(&throttle, 6) {
            let departure = Some(call.await.unwrap());
            assert!(last < departure);
            last = departure;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_behind_a_hold_that_outlasts_all_patience() {
        let throttle = Throttle::default();
        let met = depart(&throttle).await;
        throttle.hold(met, 10 * LONGEST_HOLD);
        assert_eq!(throttle.wait(PATIENCE).await.unwrap_err(), Held(LONGEST_HOLD));
        tokio::time::sleep(LONGEST_HOLD - PATIENCE).await;
        depart(&throttle).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_number_of_calls_a_minute_is_kept() {
        let throttle = Throttle::per_minute(NonZeroU32::new(60).unwrap());
        let departures = departures(&throttle, 61).await;
        assert!(departures[60] >= 60 * SECOND, "{departures:?}");
    }
}
