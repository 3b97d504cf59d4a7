//! Waiting for the service by ids alone, from any machine.

use std::{collections::HashSet, time::Duration};

use hardware_dashboard::{Error, workflow::Polling};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    args::{Connection, Waiting},
    failure::Failure,
    output::{Console, spoken},
};

/// More often a real account must not be looked at: the service counts calls by the minute.
const SHORTEST: Duration = Duration::from_secs(1);

const FIRST: Duration = Duration::from_secs(10);

const LONGEST: Duration = Duration::from_secs(120);

/// How often the service is looked at, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct Rhythm {
    /// The pause after something has changed; it grows by half with each look that shows nothing new.
    first: Duration,
    max_wait: Duration,
}

impl Waiting {
    /// The pause between two looks that was asked for, if it is one that the service can bear.
    pub(crate) fn pause(&self, connection: &Connection) -> Result<Option<Duration>, Failure> {
        match self.poll {
            Some(pause) if pause < SHORTEST && !connection.is_local() => Err(Failure::input(
                "--poll is too short: the service counts calls by the minute",
                "Give at least 1s; without --poll a good rhythm is chosen.",
            )),
            pause => Ok(pause),
        }
    }

    /// The rhythm of a run: the usual one, as far as nothing else was asked for.
    pub(crate) fn polling(
        &self,
        connection: &Connection,
        usual: &Polling,
    ) -> Result<Polling, Failure> {
        let polling = usual.clone().max_wait(self.max_wait);
        Ok(match self.pause(connection)? {
            Some(pause) => polling.first(pause),
            None => polling,
        })
    }

    pub(crate) fn rhythm(&self, connection: &Connection) -> Result<Rhythm, Failure> {
        let first = self.pause(connection)?.unwrap_or(FIRST);
        Ok(Rhythm { first, max_wait: self.max_wait })
    }
}

/// What a look has shown, for whoever watches.
#[derive(Debug)]
pub(crate) struct News {
    /// What it is about, in a word.
    pub(crate) name: &'static str,
    pub(crate) text: String,
    /// The same for scripts.
    pub(crate) event: Value,
    pub(crate) messages: Vec<String>,
}

/// What a look means.
#[derive(Debug)]
pub(crate) enum Verdict {
    Going,
    Done,
    Failed(Box<Failure>),
}

/// The last look, and whether there is nothing more to wait for.
#[derive(Debug)]
pub(crate) struct Last<T> {
    pub(crate) seen: T,
    pub(crate) is_over: bool,
}

/// Looks again and again until it is over or the time is.
pub(crate) async fn until<T, F>(
    console: &Console,
    rhythm: &Rhythm,
    look: impl Fn() -> F,
    judge: impl Fn(&T) -> (News, Verdict),
) -> Result<Last<T>, Failure>
where
    F: Future<Output = hardware_dashboard::Result<T>>,
{
    let started = Instant::now();
    let mut watch = Watch::default();
    let mut seen = None;
    let mut pause = rhythm.first;
    loop {
        match look().await {
            Ok(now) => {
                let (news, verdict) = judge(&now);
                if watch.tell(console, news) {
                    pause = rhythm.first;
                }
                match verdict {
                    Verdict::Done => return Ok(Last { seen: now, is_over: true }),
                    Verdict::Failed(failure) => return Err(*failure),
                    Verdict::Going => seen = Some(now),
                }
            }
            // Trouble on the way is no end: the service goes on.
            Err(error) if seen.is_some() && is_passing(&error) => {
                let text = format!("in {}: {error}", spoken(pause));
                let event = json!({ "event": "retrying", "reason": error.to_string() });
                console.progress("retry", &text, &event);
            }
            Err(error) => return Err(error.into()),
        }
        if started.elapsed() + pause > rhythm.max_wait
            && let Some(seen) = seen
        {
            return Ok(Last { seen, is_over: false });
        }
        sleep(pause).await;
        pause = pause.mul_f64(1.5).min(LONGEST.max(rhythm.first));
    }
}

/// Trouble of the network or of the service, or throttling.
fn is_passing(error: &Error) -> bool {
    let in_trouble = error.status().is_some_and(|status| status.is_server_error());
    error.is_network() || error.is_throttled() || in_trouble
}

/// What has been told already.
#[derive(Debug, Default)]
struct Watch {
    text: Option<String>,
    messages: HashSet<String>,
}

impl Watch {
    /// Tells what is new; gives whether there was anything.
    fn tell(&mut self, console: &Console, news: News) -> bool {
        let mut is_new = self.text.as_ref() != Some(&news.text);
        if is_new {
            console.progress(news.name, &news.text, &news.event);
            self.text = Some(news.text);
        }
        for message in news.messages {
            if self.messages.insert(message.clone()) {
                let event = json!({ "event": "message", "message": message });
                console.progress("message", &message, &event);
                is_new = true;
            }
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::output::Format;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    /// Waits for something that changes at each of these times and is over at the last; gives how
    /// often it was looked at, how long after its end, and whether it was seen to be over.
    async fn waited(changes: &[Duration], max_wait: Duration) -> (usize, Duration, bool) {
        let (started, looks) = (Instant::now(), Cell::new(0));
        let look = async || {
            looks.set(looks.get() + 1);
            Ok(changes.iter().filter(|change| started.elapsed() >= **change).count())
        };
        let judge = |seen: &usize| {
            let news = News {
                name: "step",
                text: seen.to_string(),
                event: Value::Null,
                messages: Vec::new(),
            };
            let verdict = if *seen == changes.len() { Verdict::Done } else { Verdict::Going };
            (news, verdict)
        };
        let rhythm = Rhythm { first: FIRST, max_wait };
        let last = until(&Console::new(Format::Json), &rhythm, look, judge).await.unwrap();
        let end = changes.last().copied().unwrap_or_default();
        (looks.get(), started.elapsed().saturating_sub(end), last.is_over)
    }

    #[tokio::test(start_paused = true)]
    async fn days_take_few_looks_and_minutes_are_noticed_soon() {
        let (looks, late, is_over) = waited(&[5 * DAY], 7 * DAY).await;
        assert!(is_over && looks <= 5 * 24 * 30 + 10 && late <= LONGEST, "{looks} {late:?}");
        let minutes: Vec<_> = (1..=10).map(|minute| Duration::from_secs(60 * minute)).collect();
        let (looks, late, is_over) = waited(&minutes, DAY).await;
        assert!(is_over && looks <= 45 && late <= Duration::from_secs(35), "{looks} {late:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn when_the_time_is_over_it_is_still_running() {
        let (_, _, is_over) = waited(&[DAY], Duration::from_secs(3600)).await;
        assert!(!is_over);
        let (looks, _, is_over) = waited(&[DAY], Duration::ZERO).await;
        assert_eq!((looks, is_over), (1, false));
    }
}
