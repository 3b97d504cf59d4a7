//! The commands that go on, as a shell runs them.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    child::{signal, until_called, until_ended},
    hwdash::{at, run, shown},
    scene::{Scene, Submission},
};

/// The flags that say for which account a command is; the secret is in a file.
fn account(scene: &Scene) -> Vec<String> {
    let emulator = &scene.emulator;
    fs::write(scene.workshop.path("it's my secret.txt"), emulator.client_secret()).unwrap();
    let flags = [
        ("--tenant-id", emulator.tenant_id()),
        ("--client-id", emulator.client_id()),
        ("--client-secret-file", "it's my secret.txt"),
        ("--api-url", &emulator.api_base_url()),
        ("--authority-url", emulator.authority_url()),
    ];
    flags.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value.to_owned()]).collect()
}

/// `hwdash` with nothing of the account in its environment; what it says on stderr.
async fn told(scene: &Scene, args: &[&str], exit_code: i32) -> String {
    let account = account(scene);
    let args = args.iter().copied().chain(account.iter().map(String::as_str));
    let output = run(&mut scene.workshop.hwdash(args)).await;
    assert_eq!(output.status.code(), Some(exit_code), "{}", shown(&output));
    String::from_utf8(output.stderr).unwrap()
}

/// The command behind these words.
fn command_in<'t>(told: &'t str, words: &str) -> &'t str {
    let line = told.lines().find_map(|line| line.split_once(words));
    line.unwrap_or_else(|| panic!("no {words:?} in {told}")).1
}

/// Has the command run by a shell, in an environment without an account.
async fn in_a_shell(scene: &Scene, command: &str) -> Value {
    let plain = scene.workshop.hwdash([""; 0]);
    let program = Path::new(plain.get_program()).parent().unwrap().to_owned();
    let paths = env::split_paths(&env::var_os("PATH").unwrap()).collect::<Vec<_>>();
    let path = env::join_paths([program].iter().chain(&paths)).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{command} --output json")]).env("PATH", path);
    shell.current_dir(plain.get_current_dir().unwrap());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let output = run(&mut shell).await;
    assert!(output.status.success(), "{command}: {}", shown(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_gone_on_with_for_the_same_account() {
    let scene = Scene::new().await;
    let args = ["sign", "echo.cab", "--name", "Echo", "--signature", "win11-24h2-x64"];
    let kept = ["--out", "$(signed).zip", "--state", "-it's a run.run.json"];
    let joined = format!("{}={}", kept[2], kept[3]);
    let args = [&args[..], &kept[..2], &[&joined, "--no-wait"]].concat();
    let told = told(&scene, &args, 0).await;
    scene.pass();
    let made = in_a_shell(&scene, command_in(&told, "go on with: ")).await;
    assert!(scene.workshop.path("$(signed).zip").exists(), "{made:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_is_gone_on_with_for_the_same_account() {
    let scene = Scene::new().await;
    let of = scene.committed().await;
    let soon = ["--max-wait", "0s"];
    let alone = told(&scene, &of.args(&["wait"], &soon), 9).await;
    let saved =
        of.args(&["wait"], &["--out", "it's signed.zip", "--overwrite", "--max-wait", "0s"]);
    let saved = told(&scene, &saved, 9).await;
    scene.pass();
    let seen = in_a_shell(&scene, command_in(&alone, "Go on with: ")).await;
    assert_eq!(seen["id"].to_string(), of.submission);
    let made = in_a_shell(&scene, command_in(&saved, "Go on with: ")).await;
    assert_eq!(made["path"], "it's signed.zip", "{made:#}");
    waits_again(&scene, &label(&scene, &of).await).await;
    waits_again(&scene, &package(&scene).await).await;
}

/// That what has just begun is waited for in vain, and then by the command that is told.
async fn waits_again(scene: &Scene, wait: &[String]) {
    let soon = wait.iter().map(String::as_str).chain(["--max-wait", "0s"]).collect::<Vec<_>>();
    let told = told(scene, &soon, 9).await;
    scene.pass();
    in_a_shell(scene, command_in(&told, "Go on with: ")).await;
}

/// Waiting for a label that has just been made.
async fn label(scene: &Scene, of: &Submission) -> Vec<String> {
    let made = scene.json(&of.args(&["label", "create"], &["--name", "Retail", "--all"])).await;
    let label = made["id"].to_string();
    let args = of.args(&["label", "wait"], &[&label, "--until", "approval"]);
    args.iter().map(|&arg| arg.to_owned()).collect()
}

/// Waiting for a preproduction package that has just been submitted.
async fn package(scene: &Scene) -> Vec<String> {
    let made = scene.json(&["preprod", "submit", "echo.cab"]).await;
    ["preprod", "wait", made["id"].as_str().unwrap()].map(str::to_owned).to_vec()
}

/// How far a label was to be waited for is not forgotten.
#[tokio::test(flavor = "multi_thread")]
async fn a_label_is_waited_for_no_further_than_before() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    let wait = label(&scene, &of).await;
    let soon = wait.iter().map(String::as_str).chain(["--max-wait", "0s"]).collect::<Vec<_>>();
    let told = told(&scene, &soon, 9).await;
    assert!(command_in(&told, "with: ").contains(" --until approval "), "{told}");
}

/// No journal is there to go on with; the command itself is.
#[tokio::test(flavor = "multi_thread")]
async fn waiting_that_is_interrupted_is_begun_anew() {
    let scene = Scene::new().await;
    let of = scene.committed().await;
    for rest in [&["--poll", "1h"][..], &["--poll", "1h", "--out", "signed.zip"]] {
        let before = scene.emulator.calls("getSubmission");
        let mut command = scene.workshop.hwdash(of.args(&["wait"], rest));
        let piped = at(&mut command, &scene.emulator).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        until_called(&mut child, &scene.emulator, "getSubmission", before + 1).await;
        signal(&child, "-INT");
        let output = until_ended(child).await;
        assert_eq!(output.status.code(), Some(130), "{}", shown(&output));
        let wait = of.args(&["hwdash", "wait"], &rest[2..]).join(" ");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(command_in(&stderr, "Go on with: "), wait);
    }
}

/// The account that the environment names is there the next time, too.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_given_is_not_told() {
    let scene = Scene::new().await;
    let of = scene.committed().await;
    let output = scene.hwdash(of.args(&["wait"], &["--max-wait", "0s"])).await;
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!command_in(&stderr, "Go on with: ").contains("--"), "{stderr}");
}
