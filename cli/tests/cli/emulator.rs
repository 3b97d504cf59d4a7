//! `hwdash emulator`: what it prints, and how it ends.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use crate::hwdash::{Workshop, assert_shown, run};

/// Has the unsigned package of a workshop signed in a second. A token lives for six: time enough for
/// a call on a busy machine.
const FAST: [&str; 3] = ["--speed", "600", "--allow-unsigned"];

/// `hwdash emulator` in a process of its own, which ends with this.
struct Running {
    child: Child,
    /// What it says on stdout: variables and their values.
    variables: Vec<(String, String)>,
}

impl Running {
    /// Starts it and reads the variables, of which the last is always the same.
    ///
    /// Its temporary files lie in the workshop, in case it is killed.
    fn start(workshop: &Workshop, args: &[&str]) -> Self {
        let temporary = workshop.path("temporary");
        fs::create_dir_all(&temporary).unwrap();
        let mut command = workshop.hwdash(["emulator"]);
        command.args(args).env("TMPDIR", temporary);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut variables = Vec::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while !variables.iter().any(|(name, _)| name == "HWDASH_AUTHORITY_URL") {
            let line = lines.next().expect("more to be said").unwrap();
            let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
            variables.push((name.to_owned(), value.to_owned()));
        }
        Self { child, variables }
    }

    fn names(&self) -> Vec<&str> {
        self.variables.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn value(&self, name: &str) -> &str {
        let found = self.variables.iter().find(|(known, _)| known == name);
        &found.unwrap_or_else(|| panic!("no {name} in {:?}", self.variables)).1
    }

    /// Points the program at it.
    fn at<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.envs(self.variables.iter().map(|(name, value)| (name, value)))
    }

    /// Stops it as Ctrl-C does; its exit code and stderr.
    #[cfg(unix)]
    fn interrupted(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(sent.success());
        let code = self.child.wait().unwrap().code();
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (code, stderr)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_cabinet_is_signed_at_it_and_ctrl_c_is_its_proper_end() {
    let workshop = Workshop::new();
    let args = ["--seed", "3", "--record", "rec"];
    let emulator = Running::start(&workshop, &[&args[..], &FAST].concat());
    let mut sign = workshop.sign();
    sign.args(["--signature", "WINDOWS_v100_X64_GE_FULL"]);
    let output = run(emulator.at(&mut sign)).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(fs::read(workshop.path("signed.zip")).unwrap().starts_with(b"PK"));

    let secret = emulator.value("AZURE_CLIENT_SECRET").to_owned();
    let (code, stderr) = emulator.interrupted();
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("until Ctrl-C"), "{stderr}");
    let token = fs::read_to_string(workshop.path("rec/token/0001-200.json")).unwrap();
    assert!(token.contains("{secret}") && !token.contains(&secret), "{token}");
    assert!(workshop.path("rec/commitSubmission").is_dir());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn its_temporary_files_go_with_it() {
    let workshop = Workshop::new();
    let temporary = workshop.path("temporary");
    let emulator = Running::start(&workshop, &[]);
    let address = emulator.value("HWDASH_AUTHORITY_URL").strip_prefix("http://").unwrap();
    // A client that has not said what it wants must not keep them.
    let _open = TcpStream::connect(address).unwrap();
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 1);
    assert_eq!(emulator.interrupted().0, Some(0));
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_drifts_and_misbehaves_as_it_is_told() {
    let workshop = Workshop::new();
    let fault = r#"{ "on": "createProduct", "kind": { "status": { "status": 403 } } }"#;
    fs::write(workshop.path("faults.json"), fault).unwrap();
    let args = ["--drift", "7", "--faults", "faults.json", "--quota", "100000"];
    let emulator = Running::start(&workshop, &[&args[..], &FAST].concat());
    let sign = || {
        let mut sign = workshop.sign();
        sign.args(["--signature", "WINDOWS_v100_X64_GE_FULL"]);
        emulator.at(&mut sign);
        sign
    };
    assert_eq!(run(&mut sign()).await.status.code(), Some(4), "the fault did not happen");
    let output = run(&mut sign()).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_fails_as_it_is_told_after_a_long_review() {
    let workshop = Workshop::new();
    let args = ["--fail-step", "signing", "--manual-review", "10m", "--approval", "10m"];
    let emulator = Running::start(&workshop, &[&args[..], &FAST].concat());
    let mut sign = workshop.sign();
    sign.args(["--signature", "WINDOWS_v100_X64_GE_FULL"]);
    let output = run(emulator.at(&mut sign)).await;
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(8), "{stderr}");
    assert!(stderr.contains("The step signing failed, as it was told to."), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unregistered_certificate_is_refused_while_time_stands_still() {
    let workshop = Workshop::new();
    let args = ["--stepped", "--unregistered-certificate", "--allow-unsigned"];
    let emulator = Running::start(&workshop, &args);
    let mut sign = workshop.sign();
    sign.args(["--signature", "WINDOWS_v100_X64_GE_FULL"]);
    let output = run(emulator.at(&mut sign)).await;
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(6), "{stderr}");
    assert!(stderr.contains("not registered"), "{stderr}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn before_the_real_service_the_account_is_the_clients_own() {
    let workshop = Workshop::new();
    let service = Running::start(&workshop, &FAST);
    let (api, authority) = (service.value("HWDASH_API_URL"), service.value("HWDASH_AUTHORITY_URL"));
    let args = ["--record", "rec", "--upstream", api, "--authority-upstream", authority];
    let proxy = Running::start(&workshop, &args);
    assert_eq!(proxy.names(), ["HWDASH_API_URL", "HWDASH_AUTHORITY_URL"]);
    let mut sign = workshop.sign();
    sign.args(["--signature", "WINDOWS_v100_X64_GE_FULL"]);
    let output = run(proxy.at(service.at(&mut sign))).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(workshop.path("rec/createSubmission/0004-201.json").is_file());
    assert_eq!(proxy.interrupted().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faults_file_that_is_wrong() {
    let workshop = Workshop::new();
    let fault = r#"[{ "on": "createProdukt", "kind": "closeBeforeReading" }]"#;
    fs::write(workshop.path("faults.json"), fault).unwrap();
    assert_shown!(run(&mut workshop.hwdash(["emulator", "--faults", "faults.json"])).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faults_file_that_is_not_there() {
    let workshop = Workshop::new();
    assert_shown!(run(&mut workshop.hwdash(["emulator", "--faults", "faults.json"])).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_without_tls() {
    let workshop = Workshop::new();
    let args = ["emulator", "--upstream", "http://api.example/v2.0/my", "--record", "rec"];
    assert_shown!(run(&mut workshop.hwdash(args)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken() {
    let workshop = Workshop::new();
    let emulator = Running::start(&workshop, &[]);
    let authority = emulator.value("HWDASH_AUTHORITY_URL");
    let (_, port) = authority.rsplit_once(':').unwrap();
    assert_shown!(run(&mut workshop.hwdash(["emulator", "--port", port])).await);
}
