//! A Hardware dashboard that does no more than name SAS URLs.

use std::{
    fmt::Write as _,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hardware_dashboard::{
    Client, ClientBuilder, Error, Event, Reporter, RetryPolicy, SubmissionHandler,
    auth::{AccessToken, Credential, TokenContext, TokenFuture},
    model::{ProductId, SubmissionId},
};
use tempfile::TempDir;
use url::Url;

use crate::scripted::{Scripted, reply};

/// The service, and the folder that things are fetched to.
pub(super) struct Service {
    server: Scripted,
    pub(super) told: Told,
    pub(super) folder: TempDir,
}

/// Everything that a run told, and how often it tried again.
#[derive(Clone, Debug, Default)]
pub(super) struct Told(Arc<Mutex<String>>);

/// Gives a token that nobody has to be asked for.
#[derive(Debug)]
struct Given;

impl Service {
    /// Names the URL that is made at the time, given how often it was asked before.
    pub(super) async fn naming(url: impl Fn(usize) -> Url + Send + Sync + 'static) -> Self {
        let asked = AtomicUsize::new(0);
        let server = Scripted::start(move |_, _| {
            let url = url(asked.fetch_add(1, Ordering::Relaxed));
            let body = format!(
                r#"{{ "id": 2, "productId": 1, "commitStatus": "commitPending", "downloads": {{
                    "items": [{{ "type": "initialPackage", "url": "{url}" }}] }} }}"#
            );
            reply("200 OK", "content-type: application/json\r\n", body.as_bytes())
        });
        let folder = tempfile::tempdir().expect("a folder can be made");
        Self { server: server.await, told: Told::default(), folder }
    }

    pub(super) fn origin(&self) -> &str {
        self.server.origin()
    }

    /// How often it was asked for a URL.
    pub(super) fn asked(&self) -> usize {
        self.server.requests("GET").len()
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

    /// Nothing that was told opens a door.
    #[track_caller]
    pub(super) fn check_silence(&self, error: Option<&Error>) {
        let mut text = self.told.text();
        if let Some(error) = error {
            let hint = error.hint();
            write!(text, "{error} {error:?} {error:#?} {hint}").expect("memory is there");
            let mut cause = std::error::Error::source(error);
            while let Some(error) = cause {
                write!(text, "{error} {error:?}").expect("memory is there");
                cause = error.source();
            }
        }
        let shown = text.replace("sig=REDACTED", "");
        assert!(!shown.contains("sig="), "{text}");
    }
}

pub(super) fn submission(
    origin: &str,
    set: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> SubmissionHandler {
    let first = Duration::from_millis(20);
    let retry = RetryPolicy::default().first_delay(first).transfer_attempts(4);
    let client = Client::builder().api_base_url(origin).credential(Given).retry(retry);
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

impl Told {
    pub(super) fn text(&self) -> String {
        self.0.lock().expect("nobody panics").clone()
    }
}

impl Reporter for Told {
    fn event(&self, event: &Event<'_>) {
        let mut text = self.0.lock().expect("nobody panics");
        writeln!(text, "{event:?}").expect("memory is there");
    }
}

impl Credential for Given {
    fn fetch<'a>(&'a self, _: &'a TokenContext) -> TokenFuture<'a> {
        let token = AccessToken::new("a token", Duration::from_secs(3600));
        Box::pin(async { Ok(token) })
    }
}
