//! Which failure is tried with which command, and why the others cannot happen to it.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use super::{
    family::{Ability, Family},
    row::Row,
    rows,
};
use crate::hwdash::{Workshop, run, shown};

/// How the help speaks of arguments that stand for something at the service.
const NAMED: [&str; 3] =
    ["  The id of the ", "  The partner's id of the ", "  The journal of the run"];

/// The commands that do something, as the program itself names them: those with a page of the
/// manual and no page below it.
async fn leaves(workshop: &Workshop) -> Vec<String> {
    let output = run(&mut workshop.hwdash(["man", "--dir", "pages"])).await;
    assert!(output.status.success(), "{}", shown(&output));
    let pages = fs::read_dir(workshop.path("pages")).unwrap();
    let mut names: Vec<_> = pages
        .map(|page| page.unwrap().file_name().into_string().unwrap().replace(".1", ""))
        .collect();
    names.sort();
    let has_more = |name: &str| {
        let below = format!("{name}-");
        names.iter().any(|other| other.starts_with(&below))
    };
    let leaves = names.iter().filter(|name| !has_more(name));
    leaves.map(|name| name.trim_start_matches("hwdash-").replace('-', " ")).collect()
}

/// What the help shows the command to be able to; whether it writes is seen when it runs.
async fn abilities(workshop: &Workshop, row: &Row) -> Vec<(Ability, bool)> {
    let output = run(&mut workshop.hwdash(row.name.split(' ').chain(["--help"]))).await;
    let help = String::from_utf8(output.stdout).unwrap();
    let names = NAMED.iter().any(|argument| help.contains(argument));
    vec![
        (Ability::Ask, help.contains("--api-url")),
        (Ability::Name, help.contains("--api-url") && names),
        (Ability::Wait, help.contains("--max-wait")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_is_tried_in_every_trouble_that_it_can_meet() {
    let workshop = Workshop::new();
    let rows: BTreeMap<_, _> = rows::all().into_iter().map(|row| (row.name, row)).collect();
    let names: Vec<_> = rows.keys().copied().collect();
    assert_eq!(leaves(&workshop).await, names, "each command needs a row, and a row its command");
    for row in rows.values() {
        for (ability, is_there) in abilities(&workshop, row).await {
            assert_eq!(row.has(ability), is_there, "{}: {ability:?}", row.name);
        }
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("_coverage", table(rows.values()));
    });
}

/// A line for each command, with the exit codes that it was brought to and why not to others.
fn table<'a>(rows: impl Iterator<Item = &'a Row>) -> String {
    let mut table = String::from("exit codes that each command is brought to:\n\n");
    for row in rows {
        let cells = Family::ALL.map(|family| match row.failing(family) {
            Some(_) => format!("{:>3}", family.code()),
            None => format!("{:>3}", family.needs().absence().0),
        });
        writeln!(table, "{:20}  0{}", row.name, cells.concat()).unwrap();
    }
    table.push_str("\nand why not to others:\n\n");
    for ability in Ability::ALL.into_iter().skip(1) {
        let (letter, meaning) = ability.absence();
        writeln!(table, "{letter}  it {meaning}").unwrap();
    }
    table.push('\n');
    for family in Family::ALL {
        writeln!(table, "{:>2}  {}", family.code(), family.name()).unwrap();
    }
    table
}
