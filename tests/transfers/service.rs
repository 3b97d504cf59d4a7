//! A service whose submission is signed already, and a blob store that answers as it is told to.

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use hardware_dashboard::{
    Client, Result,
    workflow::{Outcome, Run},
};
use hardware_dashboard_emulator::Emulator;
use tempfile::TempDir;

use super::{TOKEN, sas};
use crate::support::{
    self, Given, Overheard as _, SIGNED, Scripted, Silent, Told, impatient, reply,
};

/// The service, and the run that fetches from it.
pub(super) struct Signed {
    pub(super) server: Silent<Scripted>,
    pub(super) folder: TempDir,
    run: Run,
}

impl Signed {
    /// The script is told how many requests for the blob came before, and the present one.
    pub(super) async fn start(
        blob: impl Fn(usize, &str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let asked = AtomicUsize::new(0);
        let server = Scripted::start(move |request, origin| {
            if request.starts_with("GET /blob") {
                return blob(asked.fetch_add(1, Ordering::Relaxed), request);
            }
            api(request, origin)
        });
        let server = Silent::around(server.await);
        let client = Client::builder().api_base_url(server.origin()).credential(Given(TOKEN));
        let client = client.retry(impatient()).reporter(Told::default());
        let client = client.build().expect("a client");
        let folder = tempfile::tempdir().expect("a folder can be made");
        let run = support::begin(client, folder.path());
        Self { server, folder, run }
    }

    /// Fetches the signed package and gives what lies on disk then.
    pub(super) async fn fetch(&mut self) -> Result<Vec<u8>> {
        match self.run.until_done().await.overheard()? {
            Outcome::Done(file) => {
                assert_eq!(file.path, self.folder.path().join(SIGNED));
                let content = std::fs::read(&file.path).expect("the file is there");
                assert_eq!(file.bytes, content.len() as u64);
                Ok(content)
            }
            other => panic!("the package is signed, but the run is {other:?}"),
        }
    }

    /// The requests for the blob.
    pub(super) fn requests(&self) -> Vec<String> {
        self.server.requests("GET /blob")
    }
}

/// An emulator that works at once.
pub(super) async fn silent_emulator() -> Silent<Emulator> {
    let builder = support::emulator().step_duration(Duration::from_millis(1));
    Silent::around(builder.start().await.expect("the emulator starts"))
}

/// The files of a folder but for the package, half ones included.
pub(super) fn left_in(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).expect("the folder can be listed");
    let names = files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
    names.filter(|name| name != "echo.cab").collect()
}

/// A value of a request's header.
pub(super) fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let lines = request.lines().filter_map(|line| line.split_once(": "));
    lines.into_iter().find(|(found, _)| *found == name).map(|(_, value)| value)
}

fn api(request: &str, origin: &str) -> Vec<u8> {
    let json = "content-type: application/json\r\n";
    let (status, body) = match request.split_whitespace().nth(1).unwrap_or_default() {
        _ if request.starts_with("GET /hardware/products ") => ("200 OK", "{}".to_owned()),
        "/hardware/products" => ("201 Created", r#"{ "id": 1 }"#.to_owned()),
        "/hardware/products/1/submissions" => ("201 Created", r#"{ "id": 2 }"#.to_owned()),
        "/hardware/products/1/submissions/2" => ("200 OK", submission(origin)),
        _ => ("404 Not Found", String::new()),
    };
    reply(status, json, body.as_bytes())
}

fn submission(origin: &str) -> String {
    let url = sas(origin, "r");
    format!(
        r#"{{ "id": 2, "commitStatus": "commitComplete", "downloads": {{ "items": [
            {{ "type": "signedPackage", "url": "{url}" }} ] }} }}"#
    )
}
