use serde_json::json;

use super::*;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// When each step of a submission is over.
type Timeline = Vec<(&'static str, Duration)>;

const STEPS: [&str; 8] = [
    "packageInfoValidation",
    "preparation",
    "scanning",
    "validation",
    "catalogCreation",
    "manualReview",
    "signing",
    "finalizeIngestion",
];

/// All steps take the same time.
fn even(whole: Duration) -> Timeline {
    let each = whole / STEPS.len() as u32;
    (1..).zip(STEPS).map(|(number, step)| (step, each * number)).collect()
}

/// One step takes nearly all of the time.
fn mostly(slow: &'static str, whole: Duration) -> Timeline {
    let quick = Duration::from_secs(4);
    let mut timeline = Vec::new();
    let mut over = Duration::ZERO;
    for step in STEPS {
        over += if step == slow { whole - quick * (STEPS.len() as u32 - 1) } else { quick };
        timeline.push((step, over));
    }
    timeline
}

/// Waits for a submission to end: how many looks it takes, and how late the end is seen.
fn wait_for(timeline: &Timeline, jitter: impl Fn() -> f64) -> (u32, Duration) {
    let end = timeline.last().unwrap().1;
    let (mut waiting, polling) = (Waiting::default(), Polling::default());
    let (mut now, mut looks) = (Duration::ZERO, 1);
    while now < end {
        let (step, over) = timeline.iter().find(|(_, over)| now < *over).unwrap();
        let state = if now + (end / 100) < *over { "started" } else { "completed" };
        let json = json!({ "commitStatus": "commitComplete",
            "workflowStatus": { "currentStep": step, "state": state } });
        waiting.note(&serde_json::from_value(json).unwrap());
        now += waiting.pause(&polling, jitter());
        looks += 1;
    }
    (looks, now - end)
}

#[test]
fn ten_minutes_take_few_looks_and_the_end_is_seen_soon() {
    let whole = 10 * MINUTE;
    let mut timelines = vec![even(whole)];
    timelines.extend(STEPS.map(|step| mostly(step, whole)));
    for seed in 0..500 {
        let random = std::cell::RefCell::new(fastrand::Rng::with_seed(seed));
        for timeline in &timelines {
            let (looks, late) = wait_for(timeline, || random.borrow_mut().f64());
            assert!(looks <= 25, "{looks} looks, seed {seed}, {timeline:?}");
            assert!(late <= Duration::from_secs(20), "{late:?} late, seed {seed}, {timeline:?}");
        }
    }
}

#[test]
fn five_days_take_at_most_2500_looks() {
    for timeline in [even(5 * DAY), mostly("manualReview", 5 * DAY), mostly("signing", 5 * DAY)] {
        for jitter in [0.0, 1.0] {
            let (looks, late) = wait_for(&timeline, || jitter);
            assert!(looks <= 2500, "{looks} looks, {timeline:?}");
            assert!(late <= Polling::default().max, "{late:?}");
        }
    }
}

#[test]
fn a_change_is_told_once_and_shortens_the_pause() {
    let polling = Polling::default();
    let mut waiting = Waiting::default();
    let pauses: Vec<_> = (0..100).map(|_| waiting.pause(&polling, 1.0).as_secs()).collect();
    assert_eq!(pauses[..4], [10, 20, 40, 60]);
    assert_eq!(pauses.last(), Some(&300));
    let seen: Submission = serde_json::from_value(json!({
        "commitStatus": "commitComplete",
        "workflowStatus": { "currentStep": "scanning", "state": "started", "messages": ["m"] },
    }))
    .unwrap();
    assert_eq!(waiting.note(&seen).len(), 3);
    assert_eq!(waiting.pause(&polling, 1.0).as_secs(), 20);
    assert!(waiting.note(&seen).is_empty());
}

#[test]
fn no_pause_is_longer_than_the_longest() {
    for (first, max) in [(Duration::ZERO, Duration::ZERO), (MINUTE, MINUTE), (DAY, MINUTE)] {
        let polling = Polling::default().first(first).max(max);
        let mut waiting = Waiting::default();
        for _ in 0..1000 {
            assert!(waiting.pause(&polling, 2.0) <= max.max(first));
        }
    }
}
