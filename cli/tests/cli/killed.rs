//! Downloads whose process is killed, and what is no package.

use std::{fs, path::Path, process::Stdio};

use hardware_dashboard_emulator::{Fault, FaultKind};

use crate::{child, hwdash::at, scene::Scene};

/// One range of 8 MiB, and one that is shorter.
const LENGTH: usize = 9 << 20;

const RANGE: u64 = 8 << 20;

/// How much of a download is noted to be there.
fn noted(note: &Path) -> u64 {
    // The first line says of which file it is; the last one may be on its way.
    let note = fs::read_to_string(note).unwrap_or_default();
    let pieces = note.lines().skip(1).filter_map(|line| {
        let (start, rest) = line.split_once(' ')?;
        let (end, _) = rest.split_once(' ')?;
        Some(end.parse::<u64>().ok()? - start.parse::<u64>().ok()?)
    });
    pieces.sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_was_killed_is_gone_on_with() {
    let scene = Scene::new().await;
    let made = scene.submission().await;
    let content: Vec<u8> = (0..LENGTH).map(|at| (at / 4093) as u8).collect();
    fs::write(scene.workshop.path("large.cab"), &content).unwrap();
    let upload = made.args(&["submission", "upload"], &["large.cab"]);
    assert!(scene.hwdash(upload).await.status.success());

    // The second range does not come.
    let stall = Fault::on("getBlob", FaultKind::Stall { after_acting: false }).nth(2);
    scene.emulator.inject(stall).unwrap();
    let out = ["--kind", "initial", "--out", "again.cab"];
    let args = made.args(&["submission", "download"], &out);
    let mut command = scene.workshop.hwdash(&args);
    let command = at(&mut command, &scene.emulator).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut killed = command.spawn().unwrap();
    child::until_called(&mut killed, &scene.emulator, "getBlob", 2).await;
    let note = scene.workshop.path(".again.cab.note");
    child::until(&mut killed, "the first range is noted", || noted(&note) >= RANGE).await;
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(!scene.workshop.path("again.cab").exists());

    scene.emulator.clear_faults();
    let before = scene.emulator.calls("getBlob");
    let output = scene.hwdash(&args).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(scene.emulator.calls("getBlob") - before, 1, "the second range alone");
    assert!(fs::read(scene.workshop.path("again.cab")).unwrap() == content);
    assert_eq!(scene.workshop.files(), ["again.cab", "echo.cab", "large.cab"]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_is_refused_and_not_waited_for() {
    let scene = Scene::new().await;
    let made = scene.submission().await;
    let pipe = scene.workshop.path("pipe.cab");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let sign = ["sign", "pipe.cab", "--name", "Echo", "--out", "signed.zip"];
    for args in [
        made.args(&["submission", "upload"], &["pipe.cab"]),
        vec!["preprod", "submit", "pipe.cab"],
        vec!["preprod", "sign", "pipe.cab", "--out", "signed.zip"],
        [&sign[..], &["--signature", "win11-24h2-x64"]].concat(),
    ] {
        let mut command = scene.workshop.hwdash(&args);
        let command = at(&mut command, &scene.emulator);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let output = child::until_ended(child).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains("pipe.cab is a pipe or a device"), "{args:?}: {said}");
    }
    assert_eq!(scene.emulator.calls("createProduct"), 1, "the one that was there");
}
