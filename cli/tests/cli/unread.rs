//! What has not succeeded says so by its exit code, also when nobody reads its output.

use std::process::{Command, Output, Stdio};

use hardware_dashboard_emulator::{Fault, FaultKind};

use crate::{
    child::until_ended,
    hwdash::{at, shown},
    scene::Scene,
};

const FORMATS: [&str; 3] = ["human", "json", "ndjson"];

/// Runs the program with a stdout whose reader has gone before it begins.
async fn unread(command: &mut Command) -> Output {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    until_ended(child).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_still_running() {
    let scene = Scene::new().await;
    let made = scene.committed().await;
    for format in FORMATS {
        let args = made.args(&["wait"], &["--max-wait", "0s", "--output", format]);
        let output = unread(at(&mut scene.workshop.hwdash(args), &scene.emulator)).await;
        assert_eq!(output.status.code(), Some(9), "{format}: {}", shown(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_doctor_has_found() {
    let scene = Scene::new().await;
    for format in FORMATS {
        let mut command = scene.workshop.hwdash(["doctor", "--output", format]);
        at(&mut command, &scene.emulator).env("AZURE_CLIENT_SECRET", "wrong");
        let output = unread(&mut command).await;
        assert_eq!(output.status.code(), Some(3), "{format}: {}", shown(&output));
    }
}

/// The items of the other formats meet the closed pipe before the list breaks.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_breaks() {
    let scene = Scene::with(|emulator| emulator.seed_products(9)).await;
    let broken = Fault::on("listProducts", FaultKind::error(400, "InvalidInput", "No more."));
    scene.emulator.inject(broken.nth(2).forever()).unwrap();
    for format in ["human", "json"] {
        let args = ["product", "list", "--page-size", "4", "--output", format];
        let output = unread(at(&mut scene.workshop.hwdash(args), &scene.emulator)).await;
        assert_eq!(output.status.code(), Some(6), "{format}: {}", shown(&output));
    }
}
