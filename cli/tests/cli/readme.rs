//! The README's table of what SDCM does: each row's command does it.

use std::{
    collections::BTreeMap,
    fs,
    process::Output,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hardware_dashboard_emulator::Account;
use serde_json::{Value, json};

use crate::{
    hwdash::{at, run, shown},
    scene::Scene,
};

/// The commands of the table, in its order.
fn commands() -> Vec<String> {
    let readme = include_str!("../../../README.md");
    let (_, rest) = readme.split_once("<!-- table: sdcm -->\n").unwrap();
    let rows = rest.lines().take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cell = row.trim_end_matches('|').rsplit('|').next().unwrap().trim();
        let command = cell.strip_prefix("`hwdash ").and_then(|cell| cell.strip_suffix('`'));
        command.unwrap_or_else(|| panic!("no command in {row}")).to_owned()
    })
    .collect()
}

/// The files that the commands name, as they are written for SDCM.
fn write_files(scene: &Scene) {
    let product = json!({ "createType": "product", "createProduct": {
        "productName": "Echo", "testHarness": "Attestation", "markettingNames": null,
        "requestedSignatures": ["WINDOWS_v100_X64_GE_FULL"] } });
    let submission = json!({ "createType": "submission", "createSubmission": {
        "name": "Echo 1", "type": "initial" } });
    let label = json!({ "name": "Retail", "destination": "windowsUpdate" });
    for (name, file) in [("product", product), ("submission", submission), ("label", label)] {
        fs::write(scene.workshop.path(&format!("{name}.json")), file.to_string()).unwrap();
    }
    let profile = format!("[profiles.fabrikam]\ntenant-id = \"{}\"\n", scene.emulator.tenant_id());
    fs::write(scene.workshop.path("config.toml"), profile).unwrap();
    scene.workshop.write_hlk_package();
}

/// Runs a command for an account, and lets time pass whenever it looks at the service.
async fn perform(scene: &Scene, account: &Account, args: &[String]) -> Output {
    let waits = ["wait", "sign", "share", "publish"];
    let is_waiting = args.iter().any(|arg| waits.contains(&arg.as_str()));
    // What never ends would else be waited for a week.
    let rhythm = is_waiting.then_some(["--poll", "10ms", "--max-wait", "10min"]);
    let args = args.iter().map(String::as_str).chain(rhythm.into_iter().flatten());
    let mut command = scene.workshop.hwdash(args);
    at(&mut command, &scene.emulator)
        .env("HWDASH_CONFIG", scene.workshop.path("config.toml"))
        .env("AZURE_TENANT_ID", account.tenant_id())
        .env("AZURE_CLIENT_ID", account.client_id())
        .env("AZURE_CLIENT_SECRET", account.client_secret());
    let is_over = Arc::new(AtomicBool::new(false));
    let ending = is_over.clone();
    let ends = async move {
        let output = run(&mut command).await;
        ending.store(true, Ordering::SeqCst);
        output
    };
    let passes = async {
        let mut looks = looks_at(scene);
        while !is_over.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let now = looks_at(scene);
            if now != looks {
                scene.emulator.clock().advance(Duration::from_secs(60));
                looks = now;
            }
        }
    };
    tokio::join!(ends, passes).0
}

fn looks_at(scene: &Scene) -> usize {
    let looks = ["getSubmission", "getShippingLabel", "getPreprodPackage"];
    looks.iter().map(|operation| scene.emulator.calls(operation)).sum()
}

/// Where the id stands that a command makes.
fn made(command: &str) -> Option<&'static str> {
    let starts = |verb: &str| command.starts_with(verb);
    [
        ("product create", "$product"),
        ("submission create", "$submission"),
        ("label create", "$label"),
        ("preprod submit", "$package"),
    ]
    .iter()
    .find_map(|(verb, name)| starts(verb).then_some(*name))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_row_of_the_table_works() {
    let scene = Scene::with(|emulator| emulator.approval(Duration::from_secs(60))).await;
    write_files(&scene);
    let (owner, partner) = (scene.emulator.account(), scene.emulator.partner());
    let mut ids = BTreeMap::from([
        ("$partner", partner.publisher_id().to_string()),
        ("$publisher", owner.publisher_id().to_string()),
    ]);
    let commands = commands();
    assert!(commands.len() > 25, "{commands:?}");
    for command in commands {
        let words = command.split(' ').map(|word| match ids.get(word) {
            Some(id) => id.clone(),
            None => word.to_owned(),
        });
        let mut args: Vec<_> = words.collect();
        assert!(args.iter().all(|arg| !arg.starts_with('$')), "{command}: {ids:?}");
        let name = made(&command);
        if name.is_some() {
            args.extend(["--output".to_owned(), "json".to_owned()]);
        }
        let account = if command.starts_with("partner") { partner } else { owner };
        let output = perform(&scene, account, &args).await;
        assert!(output.status.success(), "hwdash {command}: {}", shown(&output));
        if command == "doctor" {
            let told = String::from_utf8_lossy(&output.stdout);
            assert!(
                told.contains("config.toml has the profiles"),
                "where the configuration is: {told}"
            );
        }
        if let Some(name) = name {
            let made: Value = serde_json::from_slice(&output.stdout).unwrap();
            let id = made["id"].as_str().map_or(made["id"].to_string(), str::to_owned);
            ids.insert(name, id);
        }
        if let Some((_, file)) = command.split_once("--out ") {
            let length = fs::metadata(scene.workshop.path(file)).unwrap().len();
            assert!(length > 0, "hwdash {command}");
        }
    }
    assert!(!scene.workshop.files().iter().any(|name| name.ends_with(".run.json")));
}
