//! A service whose token and SAS signatures are canaries, and which fails at one stage.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    SECRET, SIGNATURE, TOKEN,
    failure::{Failure, sas},
};
use crate::support::{Scripted, reply};

/// Where a run can fail.
pub(super) const STAGES: [&str; 7] = [
    "token",
    "createProduct",
    "createSubmission",
    "getSubmission",
    "putBlob",
    "commitSubmission",
    "getBlob",
];

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
            if found == stage { failure.answer(request, origin, right) } else { right }
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
        if reached("putBlob") {
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
        "PUT" => "putBlob",
        "GET" if line.contains("/blob/") => "getBlob",
        "GET" if line.contains("/submissions/") => "getSubmission",
        "GET" => "list",
        _ if line.contains("/oauth2/") => "token",
        _ if line.contains("/commit ") => "commitSubmission",
        _ if line.contains("/submissions ") => "createSubmission",
        _ => "createProduct",
    }
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

/// What Entra answers to a secret that is right.
pub(super) fn token() -> String {
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
