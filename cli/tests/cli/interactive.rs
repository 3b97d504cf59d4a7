//! What somebody in front of a terminal sees.

use std::{process::Command, time::Duration};

use hardware_dashboard_emulator::{Fault, FaultKind};

use crate::{
    hwdash::at,
    scene::{Scene, Submission},
    terminal::{Left, Terminal},
};

/// The bytes of a download come one after the other, so that its bar is seen.
fn slow() -> Fault {
    let pieces = FaultKind::SlowBody { piece_bytes: 100, pause_milliseconds: 60 };
    Fault::on("getBlob", pieces).forever()
}

fn download(scene: &Scene, of: &Submission) -> Command {
    let args = of.args(&["submission", "download"], &["--out", "signed.zip"]);
    let mut command = scene.workshop.hwdash(args);
    at(&mut command, &scene.emulator);
    command
}

/// A slow download from its begin to its end, in a terminal so wide.
async fn downloaded(columns: u16, set: impl FnOnce(&mut Command)) -> Left {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    scene.emulator.inject(slow()).unwrap();
    let mut command = download(&scene, &of);
    set(&mut command);
    let mut terminal = Terminal::run(&command, columns);
    terminal.until(|screen| screen.contains(BAR)).await;
    let left = terminal.end().await;
    assert!(left.status.success(), "{left:?}");
    assert_eq!(left.stdout, "signed.zip\n");
    left
}

/// What a bar is drawn with.
const BAR: &str = "█";

#[tokio::test(flavor = "multi_thread")]
async fn a_bar_is_drawn_and_leaves_a_line() {
    let left = downloaded(80, |_| {}).await;
    assert!(!left.has_wrapped && left.has_cursor, "{left:?}");
    let lines = &left.lines;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(lines[0], "     token  obtained, valid for 1h");
    assert!(lines[1].starts_with("  download  ") && lines[1].ends_with(" bytes"), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bar_fits_a_narrow_terminal() {
    for columns in [40, 30] {
        let left = downloaded(columns, |_| {}).await;
        // `obtained, valid for 1h` needs 34 columns by itself.
        assert!(!left.has_wrapped || columns < 34, "{columns}: {left:?}");
        assert_eq!(left.drawn.matches("token").count(), 1, "{columns}: {left:?}");
        assert!(!left.lines.concat().contains(BAR), "{columns}: {left:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn colour_is_for_terminals_and_for_those_who_want_it() {
    let scene = Scene::new().await;
    for (variable, is_coloured) in [(None, true), (Some("NO_COLOR"), false)] {
        let mut command = scene.workshop.hwdash(["product", "get", "14631253285588838"]);
        at(&mut command, &scene.emulator);
        variable.map(|name| command.env(name, "1"));
        let left = Terminal::run(&command, 80).end().await;
        assert_eq!(left.status.code(), Some(5), "{left:?}");
        assert_eq!(left.drawn.contains("\u{1b}[31m"), is_coloured, "{variable:?}: {left:?}");
        assert_eq!(left.stdout, "");
    }
    let left = downloaded(80, |command| {
        command.env("NO_COLOR", "1");
    })
    .await;
    // The cursor is moved all the same, but nothing is painted: no sequence ends in `m`.
    let sequences = left.drawn.split("\u{1b}[").skip(1);
    let ends = sequences.map(|text| text.chars().find(char::is_ascii_alphabetic));
    assert!(ends.into_iter().all(|end| end != Some('m')), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stdout_is_data_also_when_somebody_looks_on() {
    let scene = Scene::new().await;
    let id = scene.product().await;
    let mut command = scene.workshop.hwdash(["product", "get", &id, "--output", "json"]);
    at(&mut command, &scene.emulator);
    let left = Terminal::run(&command, 80).end().await;
    let product: serde_json::Value = serde_json::from_str(&left.stdout).unwrap();
    assert_eq!(product["productName"], "Echo");
    assert_eq!(left.lines.concat().trim(), "token  obtained, valid for 1h");
}

/// The terminal sends the signal, as to every program in its foreground.
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_while_the_service_works_leaves_the_journal_and_says_how_to_go_on() {
    let scene = Scene::new().await;
    let mut command = scene.workshop.sign();
    at(command.args(["--signature", "win11-24h2-x64"]), &scene.emulator);
    let mut terminal = Terminal::run(&command, 80);
    terminal.until(|screen| screen.contains("packageInfoValidation: started")).await;
    terminal.type_in("\u{3}");
    let left = terminal.end().await;
    assert_interrupted(&left);
    assert_eq!(left.stdout, "");
    let kept = ["echo.cab", "signed.zip.run.json", "signed.zip.run.json.lock"];
    assert_eq!(scene.workshop.files(), kept);
    scene.pass();
    scene.json(&["resume"]).await;
    assert_eq!(scene.workshop.files(), ["echo.cab", "signed.zip"]);
    assert_eq!(scene.emulator.calls("createProduct"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_while_a_bar_is_drawn_gives_the_terminal_back() {
    let scene = Scene::new().await;
    let mut command = scene.workshop.sign();
    at(command.args(["--signature", "win11-24h2-x64"]), &scene.emulator);
    scene.emulator.inject(slow()).unwrap();
    let mut terminal = Terminal::run(&command, 80);
    terminal.until(|screen| screen.contains("packageInfoValidation: started")).await;
    scene.pass();
    terminal.until(|screen| screen.contains(BAR)).await;
    terminal.type_in("\u{3}");
    let left = terminal.end().await;
    assert_interrupted(&left);
    scene.emulator.clear_faults();
    tokio::time::timeout(Duration::from_secs(600), scene.json(&["resume"])).await.unwrap();
    assert_eq!(scene.workshop.files(), ["echo.cab", "signed.zip"]);
}

/// The last lines are by themselves, the prompt can come below them, and the cursor is there.
fn assert_interrupted(left: &Left) {
    assert_eq!(left.status.code(), Some(130), "{left:?}");
    assert!(left.has_cursor, "{left:?}");
    let lines: Vec<_> = left.lines.iter().map(String::as_str).collect();
    let end = ["interrupted", "hint: Go on with: hwdash resume signed.zip.run.json"];
    let at_once = ["^Cinterrupted", end[1]];
    assert!(lines.ends_with(&end) || lines.ends_with(&at_once), "{lines:#?}");
    assert!(left.drawn.ends_with("\r\n"), "{left:?}");
}
