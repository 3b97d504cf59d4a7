//! `hwdash sign`: the main job, and what bad input gets.

use std::{
    fs,
    io::Read,
    path::Path,
    process::{Command, Stdio},
};

use hardware_dashboard_emulator::{Clock, Emulator, EmulatorBuilder, Step};
use tokio::net::TcpSocket;

use crate::hwdash::{Workshop, assert_shown, at, run};

const CLIENT: &str = "WINDOWS_v100_X64_GE_FULL";

fn fast() -> EmulatorBuilder {
    Emulator::builder().clock(Clock::speed(600.0)).require_signature(false)
}

fn with_code(mut command: Command) -> Command {
    command.args(["--signature", CLIENT]);
    command
}

/// The driver's files came back as they were sent, with a new catalog.
fn assert_holds_the_driver(signed: &Path) {
    let mut zip = zip::ZipArchive::new(fs::File::open(signed).unwrap()).unwrap();
    for name in ["echo.inf", "echo.sys"] {
        let mut content = Vec::new();
        zip.by_name(&format!("drivers/echo/{name}")).unwrap().read_to_end(&mut content).unwrap();
        let sent = concat!(env!("CARGO_MANIFEST_DIR"), "/../samples/echo-driver/echo");
        assert_eq!(content, fs::read(Path::new(sent).join(name)).unwrap(), "{name}");
    }
    assert!(zip.by_name("drivers/echo/echo.cat").unwrap().size() > 0);
}

/// Nothing but the package is in the folder: no signed file, no half-written one.
fn assert_nothing_left(workshop: &Workshop) {
    assert_eq!(workshop.files(), ["echo.cab"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_signed_on_the_emulator_inside() {
    let workshop = Workshop::new();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../samples/echo-driver");
    let args = ["sign", sample, "--name", "Echo", "--out", "signed.zip", "--emulator"];
    let output = run(&mut with_code(workshop.hwdash(args))).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "signed.zip\n");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut rest = stderr.as_str();
    for step in ["token", "product", "submission", "upload", "commit", "workflow", "download"] {
        let at = rest.find(step).unwrap_or_else(|| panic!("no {step} in order in {stderr}"));
        rest = &rest[at..];
    }
    assert_eq!(workshop.files(), ["echo.cab", "signed.zip"]);
    assert_holds_the_driver(&workshop.path("signed.zip"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cabinet_is_signed_at_an_account() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    let output = run(at(&mut with_code(workshop.sign()), &emulator)).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_holds_the_driver(&workshop.path("signed.zip"));
    for operation in ["createProduct", "createSubmission", "commitSubmission"] {
        assert_eq!(emulator.calls(operation), 1, "{operation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_package() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    fs::remove_file(workshop.path("echo.cab")).unwrap();
    assert_shown!(run(at(&mut with_code(workshop.sign()), &emulator)).await);
    assert_eq!(emulator.exchanges().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_package() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    fs::write(workshop.path("echo.cab"), "").unwrap();
    assert_shown!(run(at(&mut with_code(workshop.sign()), &emulator)).await);
    assert_eq!(emulator.exchanges().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_without_the_emulator() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    let args = ["sign", ".", "--name", "Echo", "--out", "signed.zip"];
    assert_shown!(run(at(&mut with_code(workshop.hwdash(args)), &emulator)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_code_for_attestation() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    let mut command = workshop.sign();
    command.args(["--signature", "WINDOWS_v100_SERVER_X64_GE_FULL"]);
    assert_shown!(run(at(&mut command, &emulator)).await);
    assert_eq!(emulator.exchanges().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_system_for_attestation() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    let mut command = workshop.sign();
    command.args(["--signature", "win7-x64"]);
    assert_shown!(run(at(&mut command, &emulator)).await);
    assert_eq!(emulator.exchanges().len(), 0);
}

/// The emulator refuses a code that it does not know.
#[tokio::test(flavor = "multi_thread")]
async fn a_friendly_name_is_sent_as_its_code() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    let mut command = workshop.sign();
    command.args(["--signature", "win11-24h2-x64"]);
    let output = run(at(&mut command, &emulator)).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A warning and no error: the service knows its codes better than we do.
#[tokio::test(flavor = "multi_thread")]
async fn a_misspelt_code() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    let mut command = workshop.sign();
    command.args(["--signature", "WINDOWS_v100_X64_EG_FULL"]);
    let output = run(at(&mut command, &emulator)).await;
    assert_eq!(output.status.code(), Some(6));
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let told: String = stderr.lines().take(2).map(|line| format!("{line}\n")).collect();
    insta::assert_snapshot!(told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_there_is_kept() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    fs::write(workshop.path("signed.zip"), "precious").unwrap();
    assert_shown!(run(at(&mut with_code(workshop.sign()), &emulator)).await);
    assert_eq!(fs::read(workshop.path("signed.zip")).unwrap(), b"precious");
    let output = run(at(with_code(workshop.sign()).arg("--overwrite"), &emulator)).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(fs::read(workshop.path("signed.zip")).unwrap().starts_with(b"PK"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_credentials() {
    let workshop = Workshop::new();
    let args = ["sign", "echo.cab", "--name", "Echo", "--out", "signed.zip"];
    let mut command = with_code(workshop.hwdash(args));
    // What Microsoft's own tool reads could be in the home folder.
    for name in ["HOME", "APPDATA", "XDG_CONFIG_HOME"] {
        command.env_remove(name);
    }
    assert_shown!(run(&mut command).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    let mut command = with_code(workshop.sign());
    at(&mut command, &emulator).env("AZURE_CLIENT_SECRET", "canary-secret");
    let output = run(&mut command).await;
    assert!(!String::from_utf8_lossy(&output.stderr).contains("canary"));
    assert_shown!(output);
    assert_nothing_left(&workshop);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_from_a_file() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    fs::write(workshop.path("secret"), format!("{}\n", emulator.client_secret())).unwrap();
    let mut command = with_code(workshop.sign());
    at(&mut command, &emulator).env_remove("AZURE_CLIENT_SECRET");
    let output = run(command.args(["--client-secret-file", "secret"])).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_host() {
    let workshop = Workshop::new();
    let emulator = fast().start().await.unwrap();
    let mut command = with_code(workshop.sign());
    at(&mut command, &emulator);
    // Nobody listens there any more.
    emulator.stop().await;
    assert_shown!(run(&mut command).await);
    assert_nothing_left(&workshop);
}

/// A socket that nobody else can have and that does not listen.
fn deaf() -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    socket
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_api() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    let deaf = deaf();
    let closed = deaf.local_addr().unwrap();
    let mut command = with_code(workshop.sign());
    at(&mut command, &emulator).env("HWDASH_API_URL", format!("http://{closed}/v2.0/my"));
    let output = run(&mut command).await;
    assert_eq!(output.status.code(), Some(11), "{}", String::from_utf8_lossy(&output.stderr));
    assert_nothing_left(&workshop);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_not_asked_for_this_machine() {
    let (workshop, emulator) = (Workshop::new(), fast().start().await.unwrap());
    let deaf = deaf();
    let closed = deaf.local_addr().unwrap();
    let mut command = with_code(workshop.sign());
    at(&mut command, &emulator).env("HTTP_PROXY", format!("http://{closed}"));
    let output = run(command.env("http_proxy", format!("http://{closed}"))).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_emulator_inside_wins_over_the_environment() {
    let workshop = Workshop::new();
    let mut command = with_code(workshop.sign());
    let output = run(command.arg("--emulator").env("HWDASH_API_URL", "https://127.0.0.1:1/")).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_leaves_its_journal_and_says_how_to_go_on() {
    use crate::child::{signal, until_called, until_ended};

    for kind in ["-TERM", "-INT"] {
        // Its time stands still, so that the run cannot be done before it is interrupted.
        let still = Emulator::builder().require_signature(false).clock(Clock::stepped());
        let (workshop, emulator) = (Workshop::new(), still.start().await.unwrap());
        let mut command = with_code(workshop.sign());
        let mut child = at(&mut command, &emulator).stderr(Stdio::piped()).spawn().unwrap();
        until_called(&mut child, &emulator, "getSubmission", 1).await;
        signal(&child, kind);
        let output = until_ended(child).await;
        assert_eq!(output.status.code(), Some(130), "{kind}");
        let hint = "interrupted\nhint: Go on with: hwdash resume signed.zip.run.json\n";
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.ends_with(hint), "{kind}: {stderr}");
        let kept = ["echo.cab", "signed.zip.run.json", "signed.zip.run.json.lock"];
        assert_eq!(workshop.files(), kept, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_workflow() {
    let messages = ["The driver package has no INF.", "See the report."];
    let report = "echo.inf: error 1205: section [Models] is missing\nsecond line";
    let emulator =
        fast().fail_step(Step::Validation, messages, Some(report)).start().await.unwrap();
    let workshop = Workshop::new();
    let output = run(at(&mut with_code(workshop.sign()), &emulator)).await;
    assert_eq!(output.status.code(), Some(8));
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let told = &stderr[stderr.find("error:").unwrap()..];
    insta::with_settings!({ filters => vec![(r"\b1\d{16,18}\b", "ID")] }, {
        insta::assert_snapshot!(told);
    });
    assert!(!stderr.contains("sig="), "{stderr}");
    assert_nothing_left(&workshop);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_to_wait_is_over() {
    // Its time stands still, and with it the workflow.
    let still = Emulator::builder().require_signature(false).clock(Clock::stepped());
    let (workshop, emulator) = (Workshop::new(), still.start().await.unwrap());
    let output = run(at(with_code(workshop.sign()).args(["--max-wait", "200ms"]), &emulator)).await;
    assert_shown!(output);
    assert_eq!(workshop.files(), ["echo.cab", "signed.zip.run.json", "signed.zip.run.json.lock"]);
}
