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
    /// The steps from one world to another, of which some lead to the same.
    ways: usize,
}

fn is_end(step: Step) -> bool {
    use Step::{Finished, LabelFailed, PackageFailed, SubmissionFailed};
    matches!(step, Finished | SubmissionFailed | LabelFailed | PackageFailed)
}

/// Goes every way from a start, but not on from worlds with two of anything.
fn explore(start: World) -> Explored {
    let mut numbers = HashMap::from([(start.clone(), 0)]);
    let mut explored =
        Explored { worlds: vec![start], good_before: vec![Vec::new()], ends: Vec::new(), ways: 0 };
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
            explored.ways += 1;
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
    /// Of each world, whether one of these ends is reached when nothing more goes wrong.
    fn leads_to(&self, is_meant: impl Fn(&World) -> bool) -> Vec<bool> {
        let mut leads = vec![false; self.worlds.len()];
        let ends = self.ends.iter().copied().filter(|end| is_meant(&self.worlds[*end]));
        let mut queue: VecDeque<usize> = ends.collect();
        while let Some(number) = queue.pop_front() {
            if !std::mem::replace(&mut leads[number], true) {
                queue.extend(&self.good_before[number]);
            }
        }
        leads
    }

    /// The first world that does not lead to what was ordered, or to the word that the service has
    /// given it up.
    fn dead_end(&self) -> Option<&World> {
        let done = self.leads_to(World::is_done);
        let failed = self.leads_to(World::has_failed);
        let mut worlds = self.worlds.iter().zip(done).zip(failed);
        let leads_on = |((world, done), failed): &((&World, bool), bool)| {
            *done || (*failed && world.has_failed())
        };
        let dead = worlds.find(|world| !leads_on(world));
        dead.map(|((world, _), _)| world)
    }
}

#[test]
fn no_way_leads_to_two_of_anything_and_every_way_can_end() {
    let (mut states, mut ways) = (0, 0);
    for start in Start::ALL {
        let explored = explore(World::new(start, Patience::Real));
        explored.worlds.iter().for_each(World::check);
        assert!(!explored.ends.is_empty(), "{start:?}");
        if let Some(world) = explored.dead_end() {
            panic!("{start:?}: no way on from {world:#?}");
        }
        let (worlds, ends) = (explored.worlds.len(), explored.ends.len());
        println!("{start:?}: {worlds} states, {} steps between them, {ends} ends", explored.ways);
        states += worlds;
        ways += explored.ways;
    }
    println!("{states} states and {ways} steps between them in all");
    // Fewer would mean that something is not tried any more.
    assert!(states > 5_000, "{states}");
}

/// The search would find a run that does not wait for what a lost answer told of.
#[test]
fn impatience_would_be_found() {
    for start in [Start::Sign, Start::Update, Start::Publish] {
        let explored = explore(World::new(start, Patience::None));
        assert!(explored.worlds.iter().any(World::has_two), "{start:?}");
    }
}
