//! A Hardware dashboard that does no more than name SAS URLs.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hardware_dashboard::{
    Client, ClientBuilder, Result, RetryPolicy, SubmissionHandler,
    blob::{DownloadOptions, Downloaded, UploadOptions, Uploaded},
    model::{DownloadType, ProductId, SubmissionId},
};
use tempfile::TempDir;
use url::Url;

use crate::support::{
    credential::Given,
    reporter::Told,
    scripted::{Scripted, reply},
    silence::{Guarded, Overheard as _, Silent, secrets_of},
};

const TOKEN: &str = "kestrel-token";

/// The service, and the folder that things are fetched to.
pub(super) struct Service {
    server: Silent<Dashboard>,
    pub(super) told: Told,
    pub(super) folder: TempDir,
}

/// The server, and the signatures of all the URLs that it has named.
struct Dashboard {
    server: Scripted,
    signatures: Arc<Mutex<Vec<String>>>,
}

impl Guarded for Dashboard {
    fn secrets(&self) -> Vec<String> {
        let requests = self.server.requests("");
        let tokens = requests.iter().flat_map(|request| secrets_of(request));
        let signatures = self.signatures.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.chain(signatures.iter().cloned()).collect()
    }
}

impl Service {
    /// Names the URL that is made at the time, given how often it was asked before.
    pub(super) async fn naming(url: impl Fn(usize) -> Url + Send + Sync + 'static) -> Self {
        let asked = AtomicUsize::new(0);
        let signatures = Arc::new(Mutex::new(Vec::new()));
        let named = signatures.clone();
        let server = Scripted::start(move |_, _| {
            let url = url(asked.fetch_add(1, Ordering::Relaxed));
            let signature = url.query_pairs().find(|(name, _)| name == "sig");
            let signature = signature.expect("it is signed").1.into_owned();
            named.lock().unwrap_or_else(PoisonError::into_inner).push(signature);
            let body = format!(
                r#"{{ "id": 2, "productId": 1, "commitStatus": "commitPending", "downloads": {{
                    "items": [{{ "type": "initialPackage", "url": "{url}" }}] }} }}"#
            );
            reply("200 OK", "content-type: application/json\r\n", body.as_bytes())
        });
        let folder = tempfile::tempdir().expect("a folder can be made");
        let server = Silent::around(Dashboard { server: server.await, signatures });
        Self { server, told: Told::default(), folder }
    }

    pub(super) fn origin(&self) -> &str {
        self.server.server.origin()
    }

    /// How often it was asked for a URL.
    pub(super) fn asked(&self) -> usize {
        self.server.server.requests("GET").len()
    }

    pub(super) fn submission(&self) -> SubmissionHandler {
        self.submission_by(|client| client.reporter(self.told.clone()))
    }

    /// The submission, by a client that is set up further.
    pub(super) fn submission_by(
        &self,
        set: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> SubmissionHandler {
        submission(self.origin(), set)
    }

    /// A file with bytes that are nowhere the same.
    pub(super) fn package(&self, bytes: usize) -> (PathBuf, Vec<u8>) {
        let path = self.folder.path().join("package.cab");
        let content = content(bytes);
        std::fs::write(&path, &content).expect("there is room");
        (path, content)
    }

    pub(super) fn target(&self) -> PathBuf {
        self.folder.path().join("fetched.cab")
    }

    pub(super) async fn upload(&self, package: &Path, options: &UploadOptions) -> Result<Uploaded> {
        self.submission().upload(package, options).await.overheard()
    }

    /// Fetches the package to the target.
    pub(super) async fn download(&self) -> Result<Downloaded> {
        let (what, options) = (DownloadType::InitialPackage, DownloadOptions::default());
        self.submission().download(&what, &self.target(), &options).await.overheard()
    }
}

pub(super) fn submission(
    origin: &str,
    set: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> SubmissionHandler {
    let first = Duration::from_millis(20);
    let retry = RetryPolicy::default().first_delay(first).transfer_attempts(4);
    let client = Client::builder().api_base_url(origin).credential(Given(TOKEN)).retry(retry);
    let client = set(client).build().expect("a client");
    client.product(ProductId::new(1)).submission(SubmissionId::new(2))
}

pub(super) fn content(bytes: usize) -> Vec<u8> {
    let mut state = bytes as u32;
    let words = (0..bytes.div_ceil(4)).flat_map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()
    });
    words.take(bytes).collect()
}
