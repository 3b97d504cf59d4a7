//! The ways in which an answer can be wrong, each of which says what nobody must print.

use serde_json::json;

use super::{SIGNATURE, TOKEN};
use crate::support::reply;

/// How whoever is asked fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// An error with this status, whose texts hold a SAS URL.
    Status(&'static str),
    /// An error with this status that sends back all that it was asked.
    Echo(&'static str),
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
        Self::Echo("400 Bad Request"),
        Self::Echo("401 Unauthorized"),
        Self::Echo("422 Unprocessable Entity"),
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

    pub(super) fn answer(self, request: &str, origin: &str, right: Vec<u8>) -> Vec<u8> {
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
            Self::Echo(status) => reply(status, json, echo(request).as_bytes()),
            Self::Page(status) => {
                let body = format!("<html><a href=\"{url}\">Sign in with {TOKEN}</a></html>");
                reply(status, "content-type: text/html\r\n", body.as_bytes())
            }
            Self::Shape => {
                let body =
                    format!(r#"{{ "id": "{url}", "downloads": "{url}", "expires_in": {{}} }}"#);
                reply("200 OK", json, body.as_bytes())
            }
            Self::Cut => right[..right.len().saturating_sub(12)].to_vec(),
            Self::Close => Vec::new(),
            Self::Redirect => reply("307 Temporary Redirect", &format!("location: {url}\r\n"), b""),
        }
    }
}

/// An error of the API or of Entra, which tells the whole request in each of its texts.
fn echo(request: &str) -> String {
    let asked = request.replace("\r\n", " ");
    let (told, quoted) = (format!("This was asked: {asked}"), json!(asked).to_string());
    let error = json!({
        "code": asked, "message": told,
        "validationErrors": [{ "target": asked, "message": quoted }],
    });
    let of_api = request.contains(" /hardware/");
    json!({
        "error": if of_api { error } else { told.as_str().into() },
        "error_description": format!("AADSTS7000215: {told} or {quoted}"),
    })
    .to_string()
}

/// A URL that opens a blob.
pub(super) fn sas(origin: &str, blob: &str) -> String {
    format!("{origin}/blob/{blob}?sv=2024-05-04&sp=rwl&sr=b&sig={SIGNATURE}&skoid=8a2f")
}
