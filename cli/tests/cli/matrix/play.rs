//! Tries what a row says, and compares what was printed.

use futures_util::future::{join, join_all};
use hardware_dashboard_emulator::Emulator;

use super::{
    attempt::Attempt,
    document::Document,
    family::{Ability, Family},
    row::{Row, Trial, Twist},
    stage::{Stage, Things},
};
use crate::{hwdash::shown, scene::Scene};

const JSON: &str = "--output json";

/// Compares what each command prints with its document.
pub(super) async fn show(rows: Vec<Row>) {
    // What is not reached is tried again for half a minute: all wait for it together.
    let unreachable = join_all(rows.iter().map(unreachable));
    let others = async {
        let mut documents = Vec::new();
        for row in &rows {
            documents.push(document(row).await);
        }
        documents
    };
    let (unreachable, documents) = join(unreachable, others).await;
    for (row, (document, rest)) in rows.iter().zip(documents.into_iter().zip(unreachable)) {
        document.with(rest).compare(&row.name.replace(' ', "_"));
    }
}

/// Everything but what takes long.
async fn document(row: &Row) -> Document {
    let mut document = Document::default();
    let mut scenes = Scenes::new(row);
    for (title, format, columns) in [
        ("done", "", None),
        ("done, 40 columns", "", Some(40)),
        ("done, json", JSON, None),
        ("done, ndjson", "--output ndjson", None),
    ] {
        let (scene, things) = scenes.take(row.success().stage).await;
        succeed(row, title, format, columns, (&scene, &things), &mut document).await;
        scenes.put_back(scene, things);
    }
    for family in Family::ALL.into_iter().filter(|family| *family != Family::Network) {
        if let Some((trial, twist)) = row.failing(family) {
            let (scene, things) = scenes.take(trial.stage).await;
            fail(row, family, (trial, twist), "", (&scene, &things), &mut document).await;
            // What failed before it began fails once more in the same way.
            if let Some((trial, twist)) = row.failing(family).filter(|_| family.is_early()) {
                fail(row, family, (trial, twist), JSON, (&scene, &things), &mut document).await;
            }
            scenes.put_back(scene, things);
        }
    }
    document
}

async fn unreachable(row: &Row) -> Document {
    let mut document = Document::default();
    if let Some((trial, twist)) = row.failing(Family::Network) {
        let scene = trial.stage.scene().await;
        let things = trial.stage.set(&scene).await;
        fail(row, Family::Network, (trial, twist), "", (&scene, &things), &mut document).await;
    }
    document
}

/// Lets the command do its work, and looks whether it changes what the row says.
async fn succeed(
    row: &Row,
    title: &str,
    format: &str,
    columns: Option<u16>,
    (scene, things): (&Scene, &Things),
    document: &mut Document,
) {
    let before = written(&scene.emulator);
    let attempt = Attempt::new(row, scene, things, &[row.success().args, format]).columns(columns);
    let output = match row.ends_by_interruption {
        true => attempt.interrupted().await,
        false => attempt.run(Twist::Nothing).await,
    };
    assert_eq!(output.status.code(), Some(0), "{}: {}", attempt.line(), shown(&output));
    let has_written = written(&scene.emulator) > before;
    assert_eq!(has_written, row.has(Ability::Write), "{}: whether it writes", row.name);
    document.add(title, attempt.line(), &output);
}

/// Brings the command to fail, and looks at its exit code.
async fn fail(
    row: &Row,
    family: Family,
    (trial, twist): (Trial, Twist),
    format: &str,
    (scene, things): (&Scene, &Things),
    document: &mut Document,
) {
    let soon = if matches!(twist, Twist::NoTime) { "--max-wait 0s" } else { "" };
    let attempt = Attempt::new(row, scene, things, &[trial.args, soon, format]);
    let output = attempt.run(twist).await;
    let told = shown(&output);
    let (line, name) = (attempt.line(), family.name());
    assert_eq!(output.status.code(), Some(family.code()), "{line}: {name}: {told}");
    assert!(!told.contains("canary"), "{line}: {told}");
    let title = if format.is_empty() { name.to_owned() } else { format!("{name}, json") };
    document.add(&title, line, &output);
}

/// The scenes that a row is tried in: one for all when nothing changes it, else one for each trial.
struct Scenes {
    is_shared: bool,
    shared: Option<(Scene, Things)>,
}

impl Scenes {
    fn new(row: &Row) -> Self {
        Self { is_shared: row.leaves_no_trace(), shared: None }
    }

    async fn take(&mut self, stage: Stage) -> (Scene, Things) {
        if let Some(shared) = self.shared.take() {
            return shared;
        }
        let scene = stage.scene().await;
        let things = stage.set(&scene).await;
        (scene, things)
    }

    fn put_back(&mut self, scene: Scene, things: Things) {
        if self.is_shared {
            self.shared = Some((scene, things));
        }
    }
}

/// How many requests there were that change something at the service.
fn written(emulator: &Emulator) -> usize {
    let exchanges = emulator.exchanges();
    let api = exchanges.iter().filter(|exchange| exchange.path().contains("/hardware/"));
    api.filter(|exchange| exchange.method() != "GET").count()
}
