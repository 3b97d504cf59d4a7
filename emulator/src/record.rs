//! Writing exchanges down, in the format of `tests/recordings`, without what opens a door.
//!
//! The API and the token endpoint are recorded. The blob store is not: what goes there are
//! packages, and their URLs are secrets.

mod capture;
mod content;
mod file;
mod json;
mod scrub;
#[cfg(test)]
mod tests;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::Utc;
use http::{HeaderMap, Request, Response, request, response};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use tokio::task::spawn_blocking;

use self::{
    capture::{Capture, Captured, Kept},
    content::Raw,
    file::{Answered, Asked, File},
    scrub::{Scrubber, Side},
};
use crate::{body::Body, fault};

/// Writes exchanges into a folder.
#[derive(Debug)]
pub(crate) struct Recorder {
    folder: PathBuf,
    origin: Origin,
    /// The number of the next exchange.
    next: AtomicU64,
    scrubber: Mutex<Scrubber>,
}

/// Whose answers are recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    Emulator,
    Service,
}

impl Recorder {
    /// Records into `folder`, which is made if it is not there; what it holds is kept.
    ///
    /// # Errors
    ///
    /// The folder cannot be made or read.
    pub(crate) fn create(folder: &Path, origin: Origin) -> io::Result<Self> {
        let last = fs::create_dir_all(folder).and_then(|()| file::last_number(folder));
        let last = last.map_err(|error| {
            let text = format!("cannot record into {}: {error}", folder.display());
            io::Error::new(error.kind(), text)
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            origin,
            next: AtomicU64::new(u64::from(last) + 1),
            scrubber: Mutex::default(),
        })
    }

    /// Begins to record a request: its body is kept while it is read.
    pub(crate) fn begin(
        self: &Arc<Self>,
        operation: &str,
        request: Request<Body>,
    ) -> (Request<Body>, Recording) {
        let (parts, body) = request.into_parts();
        let (body, sent) = Capture::new(body);
        let recording = Recording {
            recorder: Arc::clone(self),
            number: self.next.fetch_add(1, Ordering::Relaxed),
            operation: operation.to_owned(),
            request: parts.clone(),
            sent,
        };
        (Request::from_parts(parts, body.boxed()), recording)
    }

    fn about(&self, remarks: &[String]) -> String {
        let origin = match self.origin {
            Origin::Emulator => "An exchange with the emulator",
            Origin::Service => "A true exchange with the service",
        };
        let month = Utc::now().format("%B %Y");
        let remarks: String = remarks.iter().map(|remark| format!("; {remark}")).collect();
        format!("{origin}, recorded in {month}{remarks}.")
    }
}

/// An exchange whose answer is still to come. Dropped without one, it leaves nothing.
#[derive(Debug)]
pub(crate) struct Recording {
    recorder: Arc<Recorder>,
    number: u64,
    operation: String,
    request: request::Parts,
    sent: Captured,
}

impl Recording {
    /// Writes the exchange down when the answer's body has been read to its end.
    ///
    /// That is before its last piece goes out: whoever has the answer finds the file.
    pub(crate) async fn answer(self, response: Response<Body>) -> Response<Body> {
        let (parts, body) = response.into_parts();
        let answer = parts.clone();
        let write = move |body: Kept| spawn_blocking(move || self.write(&answer, &body));
        if body.is_end_stream() {
            // A panic has shown itself already.
            let _ = write(Kept { complete: true, ..Kept::default() }).await;
            return Response::from_parts(parts, body);
        }
        Response::from_parts(parts, Capture::then(body, write).boxed())
    }

    fn write(&self, answer: &response::Parts, body: &Kept) {
        let file = self.file(answer, body);
        let name = format!("{:04}-{}.json", self.number, answer.status.as_u16());
        let folder = self.recorder.folder.join(&self.operation);
        if let Err(error) = file.write(&folder, &name) {
            tracing::error!(%error, name, operation = self.operation, "an exchange was not recorded");
        }
    }

    fn file(&self, answer: &response::Parts, body: &Kept) -> File {
        let Self { recorder, request, .. } = self;
        let mut scrubber = recorder.scrubber.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = Raw::read(&self.sent.kept(), &request.headers, self.operation == fault::TOKEN);
        let received = Raw::read(body, &answer.headers, false);
        // Both, before anything is written: an answer may repeat what the request says.
        scrubber.learn(&request.headers, &sent);
        scrubber.learn(&HeaderMap::new(), &received);
        let (sent, left_out) = scrubber.content(Side::Request, sent);
        let (received, left_out_too) = scrubber.content(Side::Response, received);
        let remarks: Vec<_> = left_out.into_iter().chain(left_out_too).collect();
        let path = request.uri.path_and_query().map_or("/", |path| path.as_str());
        File {
            operation: self.operation.clone(),
            about: recorder.about(&remarks),
            request: Asked {
                method: request.method.to_string(),
                path: scrubber.path(path),
                headers: scrubber.request_headers(&request.headers),
                content: sent,
            },
            response: Answered {
                status: answer.status.as_u16(),
                headers: scrubber.response_headers(&answer.headers),
                content: received,
            },
        }
    }
}
