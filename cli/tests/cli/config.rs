//! The configuration file: what wins over what, where secrets come from, and what is refused.

mod refused;
mod secrets;

use std::{
    fs,
    process::{Command, Output},
};

use hardware_dashboard_emulator::Emulator;
use serde_json::Value;

use crate::hwdash::{Workshop, at, run, shown};

/// A folder with a configuration file.
struct Configured {
    workshop: Workshop,
    emulator: Emulator,
}

impl Configured {
    /// `file` may speak of `{tenant}` and the like: they are the emulator's.
    async fn with(file: &str) -> Self {
        Self::at(Emulator::start().await.unwrap(), file)
    }

    fn at(emulator: Emulator, file: &str) -> Self {
        let configured = Self { workshop: Workshop::new(), emulator };
        configured.write("config.toml", configured.filled_in(file), 0o600);
        configured
    }

    fn filled_in(&self, file: &str) -> String {
        file.replace("{tenant}", self.emulator.tenant_id())
            .replace("{client}", self.emulator.client_id())
            .replace("{api}", &self.emulator.api_base_url())
            .replace("{authority}", self.emulator.authority_url())
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>, mode: u32) {
        let path = self.workshop.path(name);
        fs::write(&path, content).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        #[cfg(not(unix))]
        let _ = mode;
    }

    fn doctor(&self, args: &[&str]) -> Command {
        let mut command = self.workshop.hwdash(["doctor", "--output", "json"].iter().chain(args));
        command.env("HWDASH_CONFIG", self.workshop.path("config.toml"));
        command
    }

    /// What went to stdout and stderr, without the folder.
    fn told(&self, output: &Output) -> String {
        let folder = self.workshop.path("");
        shown(output).replace(folder.to_str().unwrap(), "FOLDER/")
    }

    /// What `doctor` says of the credentials, whether or not they are good.
    async fn credentials(&self, command: &mut Command) -> String {
        let output = run(command).await;
        let report: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", shown(&output)));
        report["checks"][0]["message"].as_str().unwrap().to_owned()
    }
}

/// The places that are in the profile and nowhere else.
const ACCOUNT: &str = r#"
[profiles.default]
tenant-id = "{tenant}"
client-id = "{client}"
api-url = "{api}"
authority-url = "{authority}"
"#;

fn account(credential: &str) -> String {
    format!("{ACCOUNT}credential = {credential}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_stands_in_the_file_alone() {
    let configured = Configured::with(&account(r#"{ client-secret = { file = "secret" } }"#)).await;
    configured.write("secret", configured.emulator.client_secret(), 0o600);
    let output = run(&mut configured.doctor(&[])).await;
    assert!(output.status.success(), "{}", configured.told(&output));
    assert_eq!(configured.emulator.calls("listProducts"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_wins_over_the_profile() {
    let configured = Configured::with(&account(r#""github-actions""#)).await;
    let mut command = configured.doctor(&[]);
    command.env("AZURE_TENANT_ID", "other").env("AZURE_CLIENT_SECRET", "canary");
    let told = configured.credentials(&mut command).await;
    assert!(told.contains("client secret from AZURE_CLIENT_SECRET"), "{told}");
    assert!(told.contains("tenant other (AZURE_TENANT_ID)"), "{told}");
    assert!(told.contains("(profile default)"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_win_over_the_profile() {
    let configured = Configured::with(&account(r#""github-actions""#)).await;
    configured.write("flag-secret", "canary", 0o600);
    let args = ["--client-id", "other", "--client-secret-file", "flag-secret"];
    let told = configured.credentials(&mut configured.doctor(&args)).await;
    assert!(told.contains("client secret from flag-secret"), "{told}");
    assert!(told.contains("application other (--client-id)"), "{told}");
    assert!(told.contains("(profile default)"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_win_over_the_environment() {
    let configured = Configured::with(ACCOUNT).await;
    configured.write("flag-secret", configured.emulator.client_secret(), 0o600);
    let args = ["--tenant-id", configured.emulator.tenant_id(), "--client-secret-file"];
    let mut command = configured.doctor(&args);
    command.arg("flag-secret").env("AZURE_TENANT_ID", "other").env("AZURE_CLIENT_SECRET", "wrong");
    let output = run(&mut command).await;
    assert!(output.status.success(), "{}", configured.told(&output));
    assert!(configured.told(&output).contains("(--tenant-id)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_follows_the_same_order() {
    let configured = Configured::with(&account(r#"{ client-secret = { file = "secret" } }"#)).await;
    configured.write("secret", configured.emulator.client_secret(), 0o600);
    let closed = "http://127.0.0.1:9/v2.0/my";
    let output = run(configured.doctor(&[]).env("HWDASH_API_URL", closed)).await;
    assert_eq!(output.status.code(), Some(11), "{}", configured.told(&output));
    let api = configured.emulator.api_base_url();
    let output = run(configured.doctor(&["--api-url", &api]).env("HWDASH_API_URL", closed)).await;
    assert!(output.status.success(), "{}", configured.told(&output));
}

/// How often a service may be looked at is a question of where it is, whoever says so.
#[tokio::test(flavor = "multi_thread")]
async fn only_a_service_on_this_machine_is_looked_at_without_rest() {
    let here = account(r#"{ client-secret = { file = "secret" } }"#);
    let away = here.replace("{api}", "https://127.0.0.1:9/v2.0/my");
    for (file, exit_code) in [(here, 5), (away, 2)] {
        let configured = Configured::with(&file).await;
        configured.write("secret", configured.emulator.client_secret(), 0o600);
        let mut wait = configured.workshop.hwdash(["wait", "1", "2", "--poll", "20ms"]);
        wait.env("HWDASH_CONFIG", configured.workshop.path("config.toml"));
        let output = run(&mut wait).await;
        assert_eq!(output.status.code(), Some(exit_code), "{}", configured.told(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_variable_is_none() {
    let configured = Configured::with(&account(r#"{ client-secret = { file = "secret" } }"#)).await;
    configured.write("secret", configured.emulator.client_secret(), 0o600);
    let mut command = configured.doctor(&[]);
    for name in ["AZURE_TENANT_ID", "AZURE_CLIENT_SECRET", "HWDASH_API_URL", "HWDASH_PROFILE"] {
        command.env(name, "");
    }
    let output = run(&mut command).await;
    assert!(output.status.success(), "{}", configured.told(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_named_by_flag_or_variable() {
    let file = "[profiles.default]\ntenant-id = \"one\"\n[profiles.fabrikam]\ntenant-id = \"two\"";
    let configured = Configured::with(file).await;
    let unnamed = &mut configured.doctor(&[]);
    let by_flag = &mut configured.doctor(&["--profile", "fabrikam"]);
    let by_variable = &mut configured.doctor(&[]);
    by_variable.env("HWDASH_PROFILE", "fabrikam");
    for (command, shown) in [
        (unnamed, "tenant one (profile default)"),
        (by_flag, "tenant two (profile fabrikam)"),
        (by_variable, "tenant two (profile fabrikam)"),
    ] {
        // Something must be there, or there are no credentials to speak of.
        command.env("AZURE_CLIENT_ID", "app").env("AZURE_CLIENT_SECRET", "canary");
        command.env("HWDASH_AUTHORITY_URL", configured.emulator.authority_url());
        let told = configured.credentials(command).await;
        assert!(told.contains(shown), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_in_the_users_configuration_folder() {
    let configured = Configured::with("").await;
    let folder = configured.workshop.path("hwdash");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("config.toml"), "[profiles.default]\ntenant-id = \"home\"").unwrap();
    let mut command = configured.doctor(&[]);
    at(&mut command, &configured.emulator).env_remove("AZURE_TENANT_ID");
    command.env_remove("HWDASH_CONFIG");
    for name in ["XDG_CONFIG_HOME", "APPDATA"] {
        command.env(name, configured.workshop.path(""));
    }
    let told = configured.credentials(&mut command).await;
    assert!(told.contains("tenant home (profile default)"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_schema_takes_what_we_take() {
    let configured = Configured::with("").await;
    let output = run(&mut configured.workshop.hwdash(["schema", "config"])).await;
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let taken = |credential: Value| {
        validator
            .is_valid(&serde_json::json!({ "profiles": { "a": { "credential": credential } } }))
    };
    assert!(taken(serde_json::json!("github-actions")));
    assert!(taken(serde_json::json!({ "client-secret": { "command": ["pass"] } })));
    assert!(!taken(serde_json::json!({ "client-secret": "canary" })));
    assert!(!taken(serde_json::json!({ "client-sceret": "stdin" })));
}
