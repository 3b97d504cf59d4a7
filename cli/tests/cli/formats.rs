//! Every command says the same in every format, and its stdout is data only.

use serde_json::Value;

use crate::scene::Scene;

/// What a command prints in a format, which it must do without a word on stderr.
async fn printed(scene: &Scene, args: &[&str], format: &str) -> Vec<Value> {
    let output = scene.hwdash(args.iter().copied().chain(["--output", format])).await;
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?} as {format}: {stderr}");
    assert_eq!(stderr, "", "{args:?} as {format}");
    let values = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    values.map(|value| value.unwrap_or_else(|e| panic!("{args:?} as {format}: {e}"))).collect()
}

/// The signatures of SAS URLs live for a time that is told in them.
fn without_dates(value: &Value) -> String {
    let text = value.to_string();
    let parts: Vec<_> = text.split("&se=").collect();
    let rest = |part: &str| part.split_once('&').map_or(String::new(), |(_, rest)| rest.to_owned());
    parts
        .iter()
        .enumerate()
        .map(|(i, part)| if i == 0 { (*part).to_owned() } else { rest(part) })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_thing_is_one_document_or_the_last_event() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    let label = scene.json(&of.args(&["label", "create"], &["--name", "Retail", "--all"])).await;
    let label = label["id"].to_string();
    let package = scene.json(&["preprod", "submit", "echo.cab"]).await;
    let package = package["id"].as_str().unwrap().to_owned();
    scene.pass();
    let out = ["--out", "file", "--overwrite"];
    for args in [
        vec!["product", "get", &of.product],
        of.args(&["submission", "get"], &[]),
        of.args(&["submission", "rename"], &["Echo 2"]),
        of.args(&["submission", "download"], &out),
        of.args(&["label", "get"], &[&label]),
        of.args(&["label", "create"], &["--all", "--dry-run"]),
        of.args(&["label", "update"], &[&label, "--add", "--all", "--dry-run"]),
        of.args(&["label", "wait"], &[&label]),
        of.args(&["wait"], &[]),
        of.args(&["log"], &[]),
        vec!["preprod", "get", &package],
        vec!["preprod", "wait", &package],
        [&["preprod", "download", &package][..], &out].concat(),
    ] {
        let document = printed(&scene, &args, "json").await;
        let lines = printed(&scene, &args, "ndjson").await;
        assert_eq!(document.len(), 1, "{args:?}");
        let (last, events) = lines.split_last().unwrap();
        assert_eq!(last["event"], "result", "{args:?}");
        assert_eq!(without_dates(&last["result"]), without_dates(&document[0]), "{args:?}");
        assert!(events.iter().all(|event| event["event"].is_string()), "{args:?}: {events:?}");
        assert_eq!(events[0]["event"], "tokenObtained", "{args:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_one_document_or_a_line_for_each_item() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    scene.json(&of.args(&["label", "create"], &["--name", "Retail", "--all"])).await;
    let package = scene.json(&["preprod", "submit", "echo.cab"]).await;
    scene.pass();
    scene.json(&["preprod", "sign", "echo.cab", "--out", "test.zip", "--no-wait"]).await;
    for args in [
        vec!["product", "list"],
        vec!["runs"],
        vec!["submission", "list", &of.product],
        of.args(&["submission", "metadata"], &["--os", "win11-*"]),
        of.args(&["label", "list"], &[]),
        vec!["preprod", "assets", package["id"].as_str().unwrap()],
        vec!["audience", "list"],
    ] {
        let document = printed(&scene, &args, "json").await;
        let lines = printed(&scene, &args, "ndjson").await;
        assert!(!lines.is_empty(), "{args:?}");
        assert_eq!(document.len(), 1, "{args:?}");
        assert_eq!(document[0]["value"], Value::from(lines), "{args:?}");
        assert!(document[0]["continuation"].is_null(), "{args:?}");
    }
}
