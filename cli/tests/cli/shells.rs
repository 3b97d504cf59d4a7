//! `hwdash completions` and `hwdash man`: they hold every command, and the shells can read them.

use std::{fs, process::Command};

use crate::hwdash::{Workshop, assert_shown, run, shown};

/// Some commands of each depth.
const COMMANDS: &[&str] = &[
    "sign",
    "resume",
    "publish",
    "doctor",
    "completions",
    "man",
    "product",
    "submission",
    "label",
];

async fn printed(args: &[&str]) -> String {
    let output = run(&mut Workshop::new().hwdash(args)).await;
    assert!(output.status.success(), "{}", shown(&output));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shell_learns_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = printed(&["completions", shell]).await;
        for command in COMMANDS.iter().chain(["--output", "--profile"].iter()) {
            let command = if shell == "fish" { command.trim_start_matches('-') } else { command };
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
}

/// A shell that is not installed is not asked.
#[tokio::test(flavor = "multi_thread")]
async fn the_shells_can_read_them() {
    for (shell, arguments) in [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["-n"])] {
        let workshop = Workshop::new();
        let script = workshop.path("script");
        fs::write(&script, printed(&["completions", shell]).await).unwrap();
        if let Ok(output) = Command::new(shell).args(arguments).arg(&script).output() {
            assert!(output.status.success(), "{shell}: {}", shown(&output));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_shell() {
    assert_shown!(run(&mut Workshop::new().hwdash(["completions", "cmd"])).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_names_every_command() {
    let page = printed(&["man"]).await;
    assert!(page.contains(".TH hwdash 1"), "{page}");
    for command in COMMANDS {
        assert!(page.contains(&format!("hwdash\\-{command}(1)")), "{command}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_page_for_each_command() {
    let workshop = Workshop::new();
    let output = run(&mut workshop.hwdash(["man", "--dir", "pages/man1"])).await;
    assert!(output.status.success(), "{}", shown(&output));
    for name in ["hwdash", "hwdash-doctor", "hwdash-product-list", "hwdash-label-update"] {
        let page = workshop.path("pages/man1").join(format!("{name}.1"));
        let text = fs::read_to_string(&page).unwrap_or_else(|_| panic!("no page {name}"));
        assert!(text.contains(".SH NAME"), "{name}");
        // Whoever can read such pages must find nothing to complain of.
        for (reader, args) in
            [("groff", ["-man", "-ww", "-z"]), ("mandoc", ["-T", "lint", "-Werror"])]
        {
            if let Ok(output) = Command::new(reader).args(args).arg(&page).output() {
                let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.success() && complaints.is_empty(), "{name}: {complaints}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_made() {
    let workshop = Workshop::new();
    assert_shown!(run(&mut workshop.hwdash(["man", "--dir", "echo.cab/pages"])).await);
}
