//! Things that have a path and are no package: each is refused at once, before anything is sent.
#![cfg(unix)]

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc::channel,
    thread,
    time::Duration,
};

use hardware_dashboard::{
    Client, Error, Result,
    blob::UploadOptions,
    model::{NewProduct, ProductId, SubmissionId},
    workflow::{Preprod, Run, Sign, Update},
};

use crate::support::{Given, OS_CODE, impatient};

/// Nobody waits so long but for something that never comes.
const LIMIT: Duration = Duration::from_secs(120);

/// Does something with the package at this path.
type Take = fn(Client, &Path) -> Result<()>;

/// Everything that takes the path of a package. There is no service: it would not get so far.
const TAKERS: [(&str, Take); 5] = [
    ("upload", upload),
    ("submit", submit),
    ("sign", |client, package| {
        let product = NewProduct::attestation("Echo", vec![OS_CODE.into()]);
        Run::sign(client, Sign::new(product, package, "signed.zip")).map(drop)
    }),
    ("update", |client, package| {
        let order = Update::new(ProductId::new(1), "Echo", package, "signed.zip");
        Run::update(client, order).map(drop)
    }),
    ("preprod", |client, package| {
        Run::preprod(client, Preprod::new(package, "signed.zip")).map(drop)
    }),
];

#[tokio::main(flavor = "current_thread")]
async fn upload(client: Client, package: &Path) -> Result<()> {
    let submission = client.product(ProductId::new(1)).submission(SubmissionId::new(2));
    submission.upload(package, &UploadOptions::default()).await.map(drop)
}

#[tokio::main(flavor = "current_thread")]
async fn submit(client: Client, package: &Path) -> Result<()> {
    client.preprod().submit(package).await.map(drop)
}

/// What it says, which it does on a thread that is left behind if it hangs.
fn refusal(taker: usize, package: PathBuf) -> Error {
    let client = Client::builder().api_base_url("http://127.0.0.1:9").credential(Given("a token"));
    let client = client.retry(impatient()).build().expect("a client");
    let (says, said) = channel();
    thread::spawn(move || says.send(TAKERS[taker].1(client, &package)));
    let said = said.recv_timeout(LIMIT).unwrap_or_else(|_| panic!("{} hangs", TAKERS[taker].0));
    said.expect_err("it is no package")
}

#[test]
fn pipes_folders_and_devices_are_refused_and_never_waited_for() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let pipe = folder.path().join("pipe.cab");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
    assert!(made.success());
    for (path, what) in [
        (pipe, "pipe or a device"),
        (folder.path().to_owned(), "folder"),
        // One that never ends.
        ("/dev/zero".into(), "pipe or a device"),
    ] {
        for (number, (taker, _)) in TAKERS.iter().enumerate() {
            let error = refusal(number, path.clone());
            assert!(error.is_input() && !error.may_have_been_applied(), "{taker}: {error:?}");
            let (said, name) = (error.to_string(), path.display().to_string());
            assert!(said.contains(&name) && said.contains(what), "{taker}: {said}");
            assert!(!error.hint().is_empty(), "{taker}: {said}");
        }
    }
}
