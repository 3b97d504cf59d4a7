//! `--emulator`: an emulator inside the process, which leaves nothing behind.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::{
    child::{signal, until_ended},
    hwdash::{Workshop, run, shown},
};

/// `hwdash … --emulator`, with a folder of its own for temporary files.
fn inside(workshop: &Workshop, args: &[&str]) -> Command {
    let temporary = workshop.path("temporary");
    fs::create_dir_all(&temporary).unwrap();
    let mut command = workshop.hwdash(args.iter().copied().chain(["--emulator"]));
    command.env("TMPDIR", temporary).stderr(Stdio::piped());
    command
}

fn temporary_files(workshop: &Workshop) -> usize {
    fs::read_dir(workshop.path("temporary")).unwrap().count()
}

/// Signing in a process that has committed its submission, and looks again in an hour.
fn signing(workshop: &Workshop) -> Child {
    let args = ["sign", "echo.cab", "--name", "Echo", "--signature", "win11-24h2-x64"];
    let args = [&args[..], &["--out", "signed.zip", "--poll", "1h"]].concat();
    let mut child = inside(workshop, &args).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while !lines.next().expect("more to be said").unwrap().contains("commit  sent") {}
    // It goes on talking, and must not find that nobody listens.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    child
}

#[tokio::test(flavor = "multi_thread")]
async fn its_files_go_when_it_is_interrupted() {
    for how in ["-INT", "-TERM"] {
        let workshop = Workshop::new();
        let child = signing(&workshop);
        assert_eq!(temporary_files(&workshop), 1, "{how}");
        signal(&child, how);
        let output = until_ended(child).await;
        assert_eq!(output.status.code(), Some(130), "{how}: {}", shown(&output));
        assert_eq!(temporary_files(&workshop), 0, "{how}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_files_go_when_nobody_reads_what_it_says() {
    let workshop = Workshop::new();
    for args in [&["product", "list", "--output", "json"][..], &["doctor"]] {
        let mut child = inside(&workshop, args).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = until_ended(child).await;
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", shown(&output));
        assert_eq!(temporary_files(&workshop), 0, "{args:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_files_go_when_the_command_fails() {
    let workshop = Workshop::new();
    let output = run(&mut inside(&workshop, &["product", "get", "7"])).await;
    assert_eq!(output.status.code(), Some(5), "{}", shown(&output));
    assert_eq!(temporary_files(&workshop), 0);
}
