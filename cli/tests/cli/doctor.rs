//! `hwdash doctor`: what it says when all is well, and when something is not.

use std::{
    io::{Read, Write},
    net::TcpListener,
    process::{Command, Output},
    thread,
};

use hardware_dashboard_emulator::{Account, Emulator, Fault, FaultKind, RetryAfter, Role};
use serde_json::Value;

use crate::hwdash::{Workshop, assert_shown, at, run, shown};

/// Compares with the snapshot; also without the times.
macro_rules! assert_told {
    ($output:expr) => {
        let output = $output;
        insta::with_settings!({ filters => vec![
            (r#"[^\s"]*[/\\]\.tmp\w+[/\\]+"#, "FOLDER/"),
            (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "TIME"),
            (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
            (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "GUID"),
            (r"os error \d+", "os error N"),
        ] }, { insta::assert_snapshot!(shown(&output)) })
    };
}

async fn emulator() -> Emulator {
    Emulator::start().await.unwrap()
}

fn doctor(workshop: &Workshop, args: &[&str]) -> Command {
    let mut command = workshop.hwdash(["doctor"].iter().chain(args));
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
}

/// Looks at the account of an emulator, with what `set` has changed.
async fn look(set: impl FnOnce(&mut Command)) -> Output {
    look_at(&emulator().await, set).await
}

async fn look_at(emulator: &Emulator, set: impl FnOnce(&mut Command)) -> Output {
    let workshop = Workshop::new();
    let mut command = doctor(&workshop, &[]);
    set(at(&mut command, emulator));
    run(&mut command).await
}

/// A server that gives every request this answer: status, headers, and a body.
pub(crate) fn answering(head: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v2.0/my", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let length = body.len();
            let head = format!("HTTP/1.1 {head}\r\nContent-Length: {length}");
            let answer = format!("{head}\r\nConnection: close\r\n\r\n{body}");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

fn closed() -> String {
    format!("http://{}/v2.0/my", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well() {
    let emulator = emulator().await;
    assert_told!(look_at(&emulator, |_| {}).await);
    assert_eq!(emulator.calls("token"), 1);
    assert_eq!(emulator.calls("listProducts"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well_with_the_emulator_inside() {
    let output = run(&mut doctor(&Workshop::new(), &["--emulator"])).await;
    assert!(output.status.success(), "{}", shown(&output));
    assert!(shown(&output).contains("client secret of the emulator inside"));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_json() {
    let emulator = emulator().await;
    let output = look_at(&emulator, |command| {
        command.args(["--output", "json"]).env("AZURE_CLIENT_SECRET", "canary");
    })
    .await;
    assert_told!(output);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_line_of_json() {
    let emulator = emulator().await;
    let output = look_at(&emulator, |command| {
        command.args(["--output", "ndjson"]);
    })
    .await;
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = line["result"]["checks"].as_array().unwrap();
    let names: Vec<_> = checks.iter().map(|check| check["name"].as_str().unwrap()).collect();
    let last = ["clock", "proxy", "configuration"];
    assert_eq!(names, [&["credentials", "token", "API", "hardware role"], &last[..]].concat());
    assert!(checks.iter().all(|check| check["status"] == "ok"), "{line:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_credentials() {
    let (workshop, emulator) = (Workshop::new(), emulator().await);
    let mut command = doctor(&workshop, &["--api-url", &emulator.api_base_url()]);
    // What Microsoft's own tool reads could be in the home folder.
    for name in ["APPDATA", "XDG_CONFIG_HOME"] {
        command.env_remove(name);
    }
    command.env("HOME", workshop.path("home"));
    assert_told!(run(&mut command).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_without_its_tenant() {
    let output = look(|command| {
        command.env_remove("AZURE_TENANT_ID");
    })
    .await;
    assert_told!(output);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret() {
    let output = look(|command| {
        command.env("AZURE_CLIENT_SECRET", "canary");
    })
    .await;
    assert_told!(output);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_not_there() {
    let output = look(|command| {
        command.env_remove("AZURE_CLIENT_SECRET");
        command.env("AZURE_CLIENT_CERTIFICATE_PATH", "missing.pfx");
    })
    .await;
    assert_told!(output);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_role() {
    let account = Account::contoso().without_role(Role::DriverSubmitter);
    let emulator = Emulator::builder().account(account).start().await.unwrap();
    assert_told!(look_at(&emulator, |_| {}).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_wants_to_be_left_alone() {
    let emulator = emulator().await;
    let throttled = FaultKind::throttled(RetryAfter::Seconds(60));
    emulator.inject(Fault::on("listProducts", throttled)).unwrap();
    assert_told!(look_at(&emulator, |_| {}).await);
    assert_eq!(emulator.calls("listProducts"), 1, "what passes by itself shall be seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_is_not_reached() {
    let output = look(|command| {
        command.env("HWDASH_API_URL", closed());
    })
    .await;
    assert_told!(output);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_is_not_reached() {
    let output = look(|command| {
        command.env("HWDASH_AUTHORITY_URL", closed());
    })
    .await;
    assert_told!(output);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_without_tls() {
    let output = look(|command| {
        command.env("HWDASH_API_URL", "http://dashboard.example/");
    })
    .await;
    assert_told!(output);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong() {
    let url = answering("404 Not Found\r\nDate: Wed, 21 Oct 2015 07:28:00 GMT", String::new());
    let output = look(|command| {
        command.env("HWDASH_API_URL", &url);
    })
    .await;
    let told = shown(&output);
    assert!(told.contains("warning  clock"), "{told}");
    assert!(told.contains("ahead of the service's"), "{told}");
    assert!(told.contains("hint: Let the system set its clock (NTP)"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_not_the_services() {
    for (answer, verdict) in [
        ("302 Found\r\nLocation: http://portal/?canary", "warning  API"),
        ("502 Bad Gateway", "warning  API"),
        ("407 Proxy Authentication Required", "failed   API"),
        ("200 OK", "skipped  clock"),
    ] {
        let url = answering(answer, String::new());
        let output = look(|command| {
            command.env("HWDASH_API_URL", &url);
        })
        .await;
        let told = shown(&output);
        assert!(told.contains(verdict) && !told.contains("canary"), "{answer}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy() {
    let output = look(|command| {
        command.env("HTTPS_PROXY", "http://name:canary@proxy.example:8080");
    })
    .await;
    assert_told!(output);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_help() {
    assert_shown!(run(&mut doctor(&Workshop::new(), &["--help"])).await);
}
