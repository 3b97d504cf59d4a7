//! All who give tokens, of whom one fails, and the API that takes what Entra gives.

use super::{failure::Failure, service};
use crate::support::{Scripted, reply};

/// Who can fail.
pub(super) const ISSUERS: [&str; 5] = ["entra", "github", "metadata", "app", "api"];

/// What GitHub gives for Entra.
const JOB_TOKEN: &str = "kestrel-job-token.d4a5.b6c7";
/// What a managed identity is given.
const IDENTITY_TOKEN: &str = "kestrel-identity-token.e8f9.a0b1";

/// All of them on one port.
pub(super) struct Issuers {
    server: Scripted,
}

impl Issuers {
    /// This one fails in this way, whenever it is asked.
    pub(super) async fn start(failing: &'static str, failure: Failure) -> Self {
        let server = Scripted::start(move |request, origin| {
            let asked = issuer_of(request);
            let right = right_answer(asked);
            if asked == failing { failure.answer(request, origin, right) } else { right }
        });
        Self { server: server.await }
    }

    pub(super) fn origin(&self) -> &str {
        self.server.origin()
    }

    /// All that was sent, in one text.
    pub(super) fn asked(&self) -> String {
        self.server.requests("").concat()
    }

    /// The assertions that Entra was sent.
    pub(super) fn assertions(&self) -> Vec<String> {
        let requests = self.server.requests("POST ");
        let bodies = requests.iter().filter_map(|request| request.split("\r\n\r\n").nth(1));
        let fields = bodies.flat_map(|body| url::form_urlencoded::parse(body.as_bytes()));
        let assertions = fields.filter(|(name, _)| name == "client_assertion");
        assertions.map(|(_, value)| value.into_owned()).collect()
    }
}

fn issuer_of(request: &str) -> &'static str {
    let path = request.split(' ').nth(1).unwrap_or_default();
    match path.split('/').nth(1).unwrap_or_default() {
        "tenant.example" => "entra",
        "metadata" => "metadata",
        "hardware" => "api",
        name if name.starts_with("github") => "github",
        name if name.starts_with("app") => "app",
        other => panic!("nobody is at {other}"),
    }
}

fn right_answer(issuer: &str) -> Vec<u8> {
    let body = match issuer {
        "entra" => service::token(),
        "github" => format!(r#"{{ "count": 1, "value": "{JOB_TOKEN}" }}"#),
        "api" => r#"{ "id": 1, "productName": "Echo" }"#.to_owned(),
        _ => format!(r#"{{ "access_token": "{IDENTITY_TOKEN}", "expires_in": "3600" }}"#),
    };
    reply("200 OK", "content-type: application/json\r\n", body.as_bytes())
}
