//! Every way that a run can go is gone: with the real planner, the real transitions of the journal
//! and the real judgement of lost answers, against a small model of the service that may crash the
//! run at any point, and lose, delay, hide and refuse what it likes up to three times.

#![expect(clippy::print_stdout, reason = "how much was tried is told to whoever asks to see it")]

mod service;
mod world;

use std::collections::{HashMap, VecDeque};

use self::world::{Patience, Start, World};
use super::plan::Step;

/// How a world is left for the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Nothing went wrong.
    Good,
    /// A fault or the end of the process.
    Bad,
}

/// Everything that can be reached from a start.
struct Explored {
    worlds: Vec<World>,
    /// By world: the worlds from which it is reached without anything going wrong.
    good_before: Vec<Vec<usize>>,
    ends: Vec<usize>,
}

fn is_end(step: Step) -> bool {
    use Step::{Finished, LabelFailed, PackageFailed, SubmissionFailed};
    matches!(step, Finished | SubmissionFailed | LabelFailed | PackageFailed)
}

/// Goes every way from a start, but not on from worlds with two of anything.
fn explore(start: World) -> Explored {
    let mut numbers = HashMap::from([(start.clone(), 0)]);
    let mut explored =
        Explored { worlds: vec![start], good_before: vec![Vec::new()], ends: Vec::new() };
    let mut queue = VecDeque::from([0]);
    while let Some(number) = queue.pop_front() {
        let world = explored.worlds[number].clone();
        if world.has_two() {
            continue;
        }
        if is_end(world.step()) {
            explored.ends.push(number);
        }
        for (kind, next) in world.nexts() {
            let following = *numbers.entry(next.clone()).or_insert_with(|| {
                explored.worlds.push(next);
                explored.good_before.push(Vec::new());
                queue.push_back(explored.worlds.len() - 1);
                explored.worlds.len() - 1
            });
            if kind == Kind::Good {
                explored.good_before[following].push(number);
            }
        }
    }
    explored
}

impl Explored {
    /// The first world from which no end is reached even when nothing more goes wrong.
    fn dead_end(&self) -> Option<&World> {
        let mut leads_on = vec![false; self.worlds.len()];
        let mut queue: VecDeque<usize> = self.ends.iter().copied().collect();
        while let Some(number) = queue.pop_front() {
            if !std::mem::replace(&mut leads_on[number], true) {
                queue.extend(&self.good_before[number]);
            }
        }
        leads_on.iter().position(|leads| !leads).map(|number| &self.worlds[number])
    }
}

#[test]
fn no_way_leads_to_two_of_anything_and_every_way_can_end() {
    let mut total = 0;
    for start in Start::ALL {
        let explored = explore(World::new(start, Patience::Real));
        explored.worlds.iter().for_each(World::check);
        assert!(!explored.ends.is_empty(), "{start:?}");
        if let Some(world) = explored.dead_end() {
            panic!("{start:?}: no way on from {world:#?}");
        }
        println!("{start:?}: {} states, {} ends", explored.worlds.len(), explored.ends.len());
        total += explored.worlds.len();
    }
    println!("{total} states in all");
    // Fewer would mean that something is not tried any more.
    assert!(total > 2_500, "{total}");
}

/// The search would find a run that does not wait for what a lost answer told of.
#[test]
fn impatience_would_be_found() {
    for start in [Start::Sign, Start::Update, Start::Publish] {
        let explored = explore(World::new(start, Patience::None));
        assert!(explored.worlds.iter().any(World::has_two), "{start:?}");
    }
}
