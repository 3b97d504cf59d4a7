//! A service whose token and SAS signatures are canaries, and which fails at one stage.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{SECRET, SIGNATURE, TOKEN};
use crate::support::{Scripted, reply};

/// Where a run can fail.
pub(super) const STAGES: [&str; 8] = [
    "token",
    "createProduct",
    "createSubmission",
    "getSubmission",
    "putBlock",
    "putBlockList",
    "commitSubmission",
    "getBlob",
];

/// How a stage fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// An error with this status, whose texts hold a SAS URL.
    Status(&'static str),
    /// A web page that holds a SAS URL.
    Page(&'static str),
    /// An answer of another shape, with SAS URLs where numbers belong.
    Shape,
    /// The right answer, of which the end is missing.
    Cut,
    /// No answer.
    Close,
    /// A redirect to a SAS URL.
    Redirect,
}

impl Failure {
    pub(super) const ALL: &[Self] = &[
        Self::Status("400 Bad Request"),
        Self::Status("401 Unauthorized"),
        Self::Status("403 Forbidden"),
        Self::Status("404 Not Found"),
        Self::Status("422 Unprocessable Entity"),
        Self::Status("429 Too Many Requests"),
        Self::Status("500 Internal Server Error"),
        Self::Status("503 Service Unavailable"),
        Self::Page("200 OK"),
        Self::Page("502 Bad Gateway"),
        Self::Shape,
        Self::Cut,
        Self::Close,
        Self::Redirect,
    ];

    /// How often a run is gone on with: a client that was throttled is slow.
    pub(super) fn rounds(self) -> usize {
        if self == Self::Status("429 Too Many Requests") { 1 } else { 2 }
    }

    fn answer(self, origin: &str, right: Vec<u8>) -> Vec<u8> {
        let url = sas(origin, "other");
        let json = "content-type: application/json\r\n";
        match self {
            Self::Status(status) => {
                let body = format!(
                    r#"{{ "error": {{ "code": "Odd", "message": "Look at {url} again.",
                        "validationErrors": [{{ "target": "t", "message": "see <{url}>",
                        "extra": "{url}" }}] }}, "more": "{url}" }}"#
                );
                reply(status, json, body.as_bytes())
            }
            Self::Page(status) => {
                let body = format!("<html><a href=\"{url}\">Sign in with {TOKEN}</a></html>");
                reply(status, "content-type: text/html\r\n", body.as_bytes())
            }
            Self::Shape => {
                let body =
                    format!(r#"{{ "id": "{url}", "downloads": "{url}", "expires_in": {{}} }}"#);
                reply("200 OK", json, body.as_bytes())
            }
            Self::Cut => right[..right.len() - 12].to_vec(),
            Self::Close => Vec::new(),
            Self::Redirect => reply("307 Temporary Redirect", &format!("location: {url}\r\n"), b""),
        }
    }
}

/// A service at work.
pub(super) struct Played {
    pub(super) server: Scripted,
}

impl Played {
    /// A service of which this stage fails in this way, whenever it is asked.
    pub(super) async fn start(stage: &'static str, failure: Failure) -> Self {
        let committed = AtomicBool::new(false);
        let server = Scripted::start(move |request, origin| {
            let found = stage_of(request);
            committed.fetch_or(found == "commitSubmission", Ordering::Relaxed);
            let right = right_answer(found, committed.load(Ordering::Relaxed), origin);
            if found == stage { failure.answer(origin, right) } else { right }
        });
        Self { server: server.await }
    }

    /// The canaries were in play, as far as the run came.
    pub(super) fn check(&self, stage: &str) {
        let came = |beginning: &str, canary: &str| {
            let requests = self.server.requests(beginning);
            requests.iter().any(|request| request.contains(canary))
        };
        let reached = |wanted: &str| {
            let place = |name: &str| STAGES.iter().position(|stage| *stage == name);
            place(stage) >= place(wanted)
        };
        assert!(came("POST /tenant.example/", SECRET), "the secret was sent");
        if reached("createProduct") {
            assert!(came("POST /hardware/products ", TOKEN), "the token was sent");
        }
        if reached("putBlock") {
            assert!(came("PUT /blob/", SIGNATURE), "a signature was sent");
        }
        let blobs = [self.server.requests("PUT /blob/"), self.server.requests("GET /blob/")];
        assert!(
            blobs.concat().iter().all(|request| !request.contains(TOKEN)),
            "no token for blobs"
        );
    }
}

fn stage_of(request: &str) -> &'static str {
    let line = request.lines().next().unwrap_or_default();
    match line.split(' ').next().unwrap_or_default() {
        "PUT" if line.contains("comp=blocklist") => "putBlockList",
        "PUT" => "putBlock",
        "GET" if line.contains("/blob/") => "getBlob",
        "GET" if line.contains("/submissions/") => "getSubmission",
        "GET" => "list",
        _ if line.contains("/oauth2/") => "token",
        _ if line.contains("/commit ") => "commitSubmission",
        _ if line.contains("/submissions ") => "createSubmission",
        _ => "createProduct",
    }
}

fn sas(origin: &str, blob: &str) -> String {
    format!("{origin}/blob/{blob}?sv=2024-05-04&sp=rwl&sr=b&sig={SIGNATURE}&skoid=8a2f")
}

/// The submission waits for its package until it is committed, and is signed then.
fn right_answer(stage: &str, committed: bool, origin: &str) -> Vec<u8> {
    let json = "content-type: application/json\r\n";
    let pending = submission("commitPending", "initialPackage", origin);
    let zip = [b"PK\x03\x04 signed PK\x05\x06".as_slice(), &[0; 18]].concat();
    match stage {
        "token" => reply("200 OK", json, token().as_bytes()),
        "list" => reply("200 OK", json, b"{}"),
        "createProduct" => reply("201 Created", json, br#"{ "id": 1, "productName": "Echo" }"#),
        "createSubmission" => reply("201 Created", json, pending.as_bytes()),
        "getSubmission" if committed => {
            let signed = submission("commitComplete", "signedPackage", origin);
            reply("200 OK", json, signed.as_bytes())
        }
        "getSubmission" => reply("200 OK", json, pending.as_bytes()),
        "commitSubmission" => reply("202 Accepted", "", b""),
        "getBlob" => reply("200 OK", "etag: \"1\"\r\n", &zip),
        _ => reply("201 Created", "", b""),
    }
}

fn token() -> String {
    format!(r#"{{ "token_type": "Bearer", "expires_in": "3599", "access_token": "{TOKEN}" }}"#)
}

fn submission(commit: &str, item: &str, origin: &str) -> String {
    let url = sas(origin, item);
    format!(
        r#"{{ "id": 2, "commitStatus": "{commit}", "unknown": "{url}",
            "links": [{{ "rel": "self", "href": "{url}" }}],
            "workflowStatus": {{ "currentStep": "scanning", "state": "started",
                "messages": ["Look at {url}"], "errorReport": "{url}" }},
            "downloads": {{ "items": [{{ "type": "{item}", "url": "{url}" }}],
                "messages": ["and at {url}"] }} }}"#
    )
}
