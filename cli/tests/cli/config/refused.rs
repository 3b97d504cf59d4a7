//! Files that are not taken, and what is said.

use super::{ACCOUNT, Configured, account};
use crate::hwdash::run;

/// Compares what `doctor` says of this file with the snapshot.
macro_rules! assert_refused {
    ($file:expr, $mode:expr, $args:expr) => {
        let configured = Configured::with("").await;
        configured.write("config.toml", $file, $mode);
        let mut command = configured.workshop.hwdash(["audience", "list"].iter().chain($args));
        let output = run(command.env("HWDASH_CONFIG", configured.workshop.path("config.toml")));
        let told = configured.told(&output.await);
        assert!(!told.contains("canary"), "{told}");
        insta::assert_snapshot!(told);
    };
}

const NO_ARGS: &[&str] = &[];

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelt_setting() {
    assert_refused!("[profiles.default]\ntenantId = \"canary\"", 0o600, NO_ARGS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_the_file() {
    assert_refused!("[profiles.default]\nclient_secret = \"canary\"", 0o600, NO_ARGS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_the_place_of_its_place() {
    assert_refused!(account(r#"{ client-secret = ["canary"] }"#), 0o600, NO_ARGS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_toml() {
    assert_refused!("[profiles.default\ntenant-id = canary", 0o600, NO_ARGS);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_profile() {
    assert_refused!(ACCOUNT, 0o600, &["--profile", "defualt"]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_others_may_change() {
    assert_refused!(ACCOUNT, 0o666, NO_ARGS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there() {
    let configured = Configured::with("").await;
    let mut command = configured.workshop.hwdash(["audience", "list"]);
    let output = run(command.env("HWDASH_CONFIG", configured.workshop.path("missing.toml")));
    let told = configured.told(&output.await);
    insta::with_settings!({ filters => vec![(r"os error \d+", "os error N")] }, {
        insta::assert_snapshot!(told);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_without_a_file() {
    let configured = Configured::with("").await;
    let mut command = configured.workshop.hwdash(["audience", "list", "--profile", "contoso"]);
    for name in ["XDG_CONFIG_HOME", "APPDATA"] {
        command.env(name, configured.workshop.path("nowhere"));
    }
    let output = run(command.env_remove("HWDASH_CONFIG")).await;
    insta::assert_snapshot!(configured.told(&output));
}

/// It holds no secret, but nobody else needs to know where it is.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_others_may_read_is_taken_with_a_warning() {
    let file = account(r#"{ client-secret = { file = "secret" } }"#);
    let configured = Configured::with(&file).await;
    configured.write("secret", configured.emulator.client_secret(), 0o600);
    let path = configured.workshop.path("config.toml");
    configured.write("config.toml", std::fs::read(&path).unwrap(), 0o644);
    let output = run(&mut configured.doctor(&[])).await;
    let told = configured.told(&output);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("run chmod 600 FOLDER/config.toml"), "{told}");
    let mut command = configured.workshop.hwdash(["audience", "list"]);
    let told = configured.told(&run(command.env("HWDASH_CONFIG", &path)).await);
    assert!(told.contains("warning: other users of this machine can read"), "{told}");
}
