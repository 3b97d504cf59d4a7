//! Lists: as they come, in every form, and gone on with.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use hardware_dashboard_emulator::{Fault, FaultKind};
use serde_json::Value;

use crate::{
    hwdash::{assert_shown, at, run},
    scene::Scene,
};

async fn with_products(products: usize) -> Scene {
    Scene::with(|emulator| emulator.seed_products(products)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn products_in_every_form() {
    let scene = with_products(3).await;
    assert_shown!("product_list", scene.hwdash(["product", "list"]).await);
    let json = ["product", "list", "--limit", "1", "--output", "json"];
    assert_shown!("product_list_json", scene.hwdash(json).await);
    let lines = ["product", "list", "--output", "ndjson"];
    assert_shown!("product_list_ndjson", scene.hwdash(lines).await);
    let mut narrow = scene.workshop.hwdash(["product", "list", "--limit", "2"]);
    narrow.env("COLUMNS", "40");
    assert_shown!("product_list_narrow", run(at(&mut narrow, &scene.emulator)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list() {
    let scene = Scene::new().await;
    assert_shown!("product_list_empty", scene.hwdash(["product", "list"]).await);
}

fn names(output: &[u8]) -> Vec<String> {
    let lines = output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let name = |line| serde_json::from_slice::<Value>(line).unwrap()["productName"].to_string();
    lines.map(name).collect()
}

/// A page breaks for good: what came before is shown, and the rest comes with another call.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_breaks_is_gone_on_with() {
    let scene = with_products(9).await;
    let all = scene.hwdash(["product", "list", "--output", "ndjson"]).await;
    // The first list was one call.
    let broken = Fault::on("listProducts", FaultKind::error(400, "InvalidInput", "No more."));
    scene.emulator.inject(broken.nth(2).forever()).unwrap();
    let args = ["product", "list", "--page-size", "4", "--output", "ndjson"];
    let first = scene.hwdash(args).await;
    assert_eq!(first.status.code(), Some(6));
    assert_eq!(names(&first.stdout).len(), 4);
    let told: Value = serde_json::from_slice(&first.stderr).unwrap();
    let place = told["error"]["continuation"].as_str().unwrap();
    scene.emulator.clear_faults();
    let rest = scene.hwdash(args.iter().chain(&["--continuation", place])).await;
    assert!(rest.status.success(), "{}", String::from_utf8_lossy(&rest.stderr));
    assert_eq!([names(&first.stdout), names(&rest.stdout)].concat(), names(&all.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_none() {
    let scene = Scene::new().await;
    let args = ["product", "list", "--continuation", "nowhere"];
    assert_shown!("product_list_no_place", scene.hwdash(args).await);
}

/// `hwdash product list | head -1`
#[tokio::test(flavor = "multi_thread")]
async fn a_broken_pipe_ends_quietly() {
    let scene = with_products(2000).await;
    for format in ["human", "ndjson"] {
        let before = scene.emulator.calls("listProducts");
        let mut command = scene.workshop.hwdash(["product", "list", "--output", format]);
        at(&mut command, &scene.emulator).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let (line, output) = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            // The reader is dropped here, and with it the pipe.
            BufReader::new(stdout).read_line(&mut line).unwrap();
            let mut stderr = String::new();
            child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
            (line, (child.wait().unwrap(), stderr))
        })
        .await
        .unwrap();
        let (status, stderr) = output;
        assert!(line.ends_with('\n'), "{line}");
        assert_eq!(status.code(), Some(0), "{stderr}");
        assert!(!stderr.contains("error") && !stderr.contains("panicked"), "{stderr}");
        // It did not read on for nobody.
        let calls = scene.emulator.calls("listProducts") - before;
        assert!(calls < 20, "{format}: {calls}");
    }
}
