//! One suite over every operation: what a client may rely on, asked of the emulator, of the
//! emulator with drifting answers, and of the live service where its account is given.
//!
//! `contract/README.md` tells which environment variables name the account.

mod labels;
mod live;
mod preprod;
mod products;
mod reading;
mod rehearsal;
mod sharing;
mod subject;
mod submissions;

use self::subject::Subject;
use crate::{spec::Spec, support};

/// Answers drift in another way with each of these.
const SEEDS: [u64; 5] = [1, 2, 3, 20_260_901, u64::MAX];

#[tokio::test]
async fn the_emulator_keeps_the_contract() {
    emulated(None).await;
}

#[tokio::test]
async fn the_emulator_keeps_the_contract_when_its_answers_drift() {
    for seed in SEEDS {
        println!("seed {seed}");
        emulated(Some(seed)).await;
    }
}

#[tokio::test]
async fn the_live_service_keeps_the_contract_for_reading() {
    let Some(subject) = live::subject() else { return };
    reading::all(&subject).await;
}

#[tokio::test]
async fn the_live_service_keeps_the_contract_for_writing() {
    let Some(subject) = live::subject_to_write_to() else { return };
    write(&subject).await;
}

#[tokio::test]
async fn what_is_asked_of_the_live_service_works_on_the_emulator() {
    let subject = rehearsal::subject(Subject::emulated(None).await);
    reading::all(&subject).await;
    write(&subject).await;
    support::check(subject.emulator.as_ref().expect("this is the emulator"));
}

/// What the live service is asked that changes something.
async fn write(subject: &Subject) {
    let signed = submissions::signed(subject).await;
    products::refusals(subject).await;
    preprod::all(subject).await;
    match subject.partner {
        Some(_) => sharing::all(subject, signed).await,
        None => live::skip_sharing(),
    }
}

async fn emulated(drift: Option<u64>) {
    let subject = Subject::emulated(drift).await;
    reading::all(&subject).await;
    products::refusals(&subject).await;
    let signed = submissions::signed(&subject).await;
    labels::all(&subject, signed).await;
    sharing::all(&subject, signed).await;
    preprod::all(&subject).await;
    let emulator = subject.emulator.as_ref().expect("this is the emulator");
    for operation in Spec::read().operations().keys() {
        assert!(emulator.calls(operation) > 0, "nothing of {operation} was tried");
    }
    support::check(emulator);
}
