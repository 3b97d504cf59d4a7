//! Ctrl-C while the program waits for what nobody ends: an input, or an answer.

use std::{fs, io::Write as _, process::Stdio};

use hardware_dashboard_emulator::{Fault, FaultKind};

use crate::{
    child::{signal, until_called, until_ended},
    hwdash::{Workshop, at, shown},
    scene::Scene,
};

/// More than a pipe holds: it is written only when somebody reads.
const MORE_THAN_A_PIPE: usize = 1 << 20;

const CONFIGURATION: &str = r#"
[profiles.default]
tenant-id = "contoso"
client-id = "app"
credential = { client-secret = "stdin" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn standard_input_that_stays_open_is_left() {
    let workshop = Workshop::new();
    fs::write(workshop.path("config.toml"), CONFIGURATION).unwrap();
    let account = ["--tenant-id", "contoso", "--client-id", "app"];
    let by_flag = [&["product", "list", "--client-secret-file", "-"][..], &account].concat();
    for args in [&["product", "create", "--from", "-"][..], &by_flag, &["product", "list"]] {
        for how in ["-INT", "-TERM"] {
            let mut command = workshop.hwdash(args);
            command.env("HWDASH_CONFIG", workshop.path("config.toml"));
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            let mut stdin = child.stdin.take().unwrap();
            let stdin = tokio::task::spawn_blocking(move || {
                stdin.write_all(&vec![b' '; MORE_THAN_A_PIPE]).unwrap();
                stdin
            });
            let stdin = stdin.await.unwrap();
            signal(&child, how);
            let output = until_ended(child).await;
            assert_eq!(output.status.code(), Some(130), "{args:?} {how}: {}", shown(&output));
            drop(stdin);
        }
    }
}

/// Whether it was made is known to the service alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_makes_something_is_left_with_the_way_to_look() {
    let scene = Scene::new().await;
    let stall = Fault::on("createProduct", FaultKind::Stall { after_acting: true });
    scene.emulator.inject(stall).unwrap();
    let args = ["product", "create", "--name", "Echo", "--harness", "attestation"];
    let args = [&args[..], &["--signature", "win11-24h2-x64"]].concat();
    let mut command = scene.workshop.hwdash(args);
    let command = at(&mut command, &scene.emulator).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    until_called(&mut child, &scene.emulator, "createProduct", 1).await;
    signal(&child, "-INT");
    let output = until_ended(child).await;
    assert_eq!(output.status.code(), Some(130), "{}", shown(&output));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.ends_with("look with hwdash product list\n"), "{told}");
}
