//! The library against Azurite, Microsoft's own emulator of Azure Storage. `.ci/azurite` starts it and
//! these cases, one after the other; an argument chooses those whose names hold it.
#![expect(clippy::print_stdout, reason = "what was tried is told to whoever asks to see it")]

mod client;
mod downloads;
mod refusals;
mod relay;
mod sas;
mod service;
mod store;
#[expect(dead_code, reason = "the other tests use more of it")]
#[path = "../support"]
mod support {
    pub(crate) mod credential;
    pub(crate) mod printed;
    pub(crate) mod reporter;
    pub(crate) mod scripted;
    pub(crate) mod search;
    pub(crate) mod silence;
}
mod uploads;

/// A case ends well when it comes back.
type Case = (&'static str, fn());

fn main() {
    if client::was_ordered() {
        return client::upload();
    }
    let chosen = std::env::args().nth(1).unwrap_or_default();
    let cases = [uploads::CASES, downloads::CASES, refusals::CASES].concat();
    let cases: Vec<_> = cases.into_iter().filter(|(name, _)| name.contains(&chosen)).collect();
    assert!(!cases.is_empty(), "no case is called `{chosen}`");
    for (name, case) in cases {
        println!("{name}");
        case();
    }
}
