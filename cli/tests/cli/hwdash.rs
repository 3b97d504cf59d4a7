//! Runs the built program and keeps what it printed.

use std::{
    ffi::OsStr,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use hardware_dashboard_emulator::Emulator;
use tempfile::TempDir;

/// What variables begin with that name an account, or where one is found.
const ACCOUNTS: [&str; 5] =
    ["ACTIONS_ID_TOKEN_REQUEST_", "AZURE_", "HWDASH_", "IDENTITY_", "SDCM_"];

/// A folder of its own for one run, with the sample's cabinet in it.
pub(crate) struct Workshop(TempDir);

impl Workshop {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        pack_sample(&folder.path().join("echo.cab"));
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `hwdash` in this folder, without any account in its environment.
    pub(crate) fn hwdash(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hwdash"));
        command.args(args).current_dir(self.0.path()).stdin(Stdio::null());
        // Whoever runs the tests may have any account.
        let is_of_account = |name: &str| ACCOUNTS.iter().any(|begin| name.starts_with(begin));
        let variables = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        variables.filter(|name| is_of_account(name)).for_each(|name| {
            command.env_remove(name);
        });
        // What would change how it talks; CI itself may run on GitHub Actions.
        let others =
            ["CLICOLOR_FORCE", "COLUMNS", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR"];
        others.iter().for_each(|name| {
            command.env_remove(name);
        });
        // Somebody may have a configuration.
        for name in ["XDG_CONFIG_HOME", "APPDATA"] {
            command.env(name, self.path("no-configuration"));
        }
        command
    }

    /// `hwdash sign echo.cab` into `signed.zip`.
    pub(crate) fn sign(&self) -> Command {
        self.hwdash(["sign", "echo.cab", "--name", "Echo", "--out", "signed.zip", "--poll", "20ms"])
    }

    /// An HLK package of the sample driver, named `echo.hlkx`.
    pub(crate) fn write_hlk_package(&self) {
        let mut zip = zip::ZipWriter::new(fs::File::create(self.path("echo.hlkx")).unwrap());
        for name in ["echo.inf", "echo.sys"] {
            let place = format!("hck/drivers/0c9e1d5a-94d5-4a1f-8f0e-2b7c8b5c6a01/{name}");
            zip.start_file(place, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&fs::read(sample().join(name)).unwrap()).unwrap();
        }
        zip.finish().unwrap();
    }

    /// The files in the folder, to show that nothing half-written is left.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Points the program at an emulator.
pub(crate) fn at<'a>(command: &'a mut Command, emulator: &Emulator) -> &'a mut Command {
    command
        .env("AZURE_TENANT_ID", emulator.tenant_id())
        .env("AZURE_CLIENT_ID", emulator.client_id())
        .env("AZURE_CLIENT_SECRET", emulator.client_secret())
        .env("HWDASH_API_URL", emulator.api_base_url())
        .env("HWDASH_AUTHORITY_URL", emulator.authority_url())
}

/// Runs the program to its end, while the emulator in this process goes on answering.
pub(crate) async fn run(command: &mut Command) -> Output {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap()
}

/// Exit code, stdout and stderr as one text.
pub(crate) fn shown(output: &Output) -> String {
    format!(
        "exit code: {}\n----- stdout -----\n{}----- stderr -----\n{}",
        output.status.code().unwrap(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    )
}

/// What differs from run to run, and what stands for it in the snapshots.
pub(crate) const FILTERS: &[(&str, &str)] = &[
    (r#"[^\s"]*[/\\]\.tmp\w+[/\\]+"#, "FOLDER/"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\b1\d{16,18}\b", "ID"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "GUID"),
    (r"\d{4}-\d{2}-\d{2}[T ]\d{2}(:|%3A)\d{2}((:|%3A)[0-9.]+)?(Z|\+00:00)?", "DATE"),
    (r"\bW3si[0-9A-Za-z_-]{20,}", "PLACE"),
    (r"\b[0-9a-f]{64}\b", "SHA256"),
    (r"os error \d+", "os error N"),
];

/// Compares with the snapshot, without what differs from run to run.
macro_rules! assert_shown {
    ($output:expr) => {{
        let output = $output;
        insta::with_settings!({ filters => crate::hwdash::FILTERS.to_vec() }, {
            insta::assert_snapshot!(crate::hwdash::shown(&output))
        })
    }};
    ($name:expr, $output:expr) => {{
        let output = $output;
        insta::with_settings!({ filters => crate::hwdash::FILTERS.to_vec() }, {
            insta::assert_snapshot!($name, crate::hwdash::shown(&output))
        })
    }};
}
pub(crate) use assert_shown;

/// The folder of the sample driver.
fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples/echo-driver/echo")
}

fn pack_sample(target: &Path) {
    let sample = sample();
    let mut cabinet = cab::CabinetBuilder::new();
    let folder = cabinet.add_folder(cab::CompressionType::MsZip);
    let names = ["echo.inf", "echo.pdb", "echo.sys"];
    names.iter().for_each(|name| {
        folder.add_file(format!("echo\\{name}"));
    });
    let mut writer = cabinet.build(fs::File::create(target).unwrap()).unwrap();
    for name in names {
        let mut file = fs::File::open(sample.join(name)).unwrap();
        let mut entry = writer.next_file().unwrap().unwrap();
        std::io::copy(&mut file, &mut entry).unwrap();
    }
    writer.finish().unwrap();
}
