//! Taking out what opens a door.

mod known;
mod text;
mod url;

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, header};
use uuid::Uuid;

use self::known::Known;
use super::{
    content::{Content, Raw},
    json::Json,
};

/// What stands in an answer where a secret was.
const REDACTED: &str = "REDACTED";

/// What stands in a request where a secret was.
const SECRET: &str = "{secret}";

/// The request's headers that matter.
const REQUEST_HEADERS: [&str; 5] =
    ["accept", "authorization", "content-type", "ms-correlationid", "ms-requestid"];

/// The answer's headers that matter, beside those that speak of rates.
const RESPONSE_HEADERS: [&str; 6] =
    ["allow", "content-type", "ms-correlationid", "ms-requestid", "request-id", "www-authenticate"];

/// The fields of a token request that are no secret.
const OPEN_FIELDS: [&str; 5] =
    ["client_assertion_type", "client_id", "grant_type", "resource", "scope"];

/// The fields of forms and JSON that are always secret.
const SECRET_FIELDS: [&str; 8] = [
    "access_token",
    "assertion",
    "client_assertion",
    "client_secret",
    "id_token",
    "password",
    "refresh_token",
    "sig",
];

/// Knows the secrets that went by and takes them out of every text.
#[derive(Default)]
pub(super) struct Scrubber {
    known: Known,
}

/// Whose body or headers are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Response,
}

impl Scrubber {
    /// Remembers the secrets of a message, so that they are found wherever they are repeated.
    pub(super) fn learn(&mut self, headers: &HeaderMap, body: &Raw) {
        if let Some(value) = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()) {
            self.known.remember(credential(value).1);
        }
        match body {
            Raw::Form(fields) => {
                let secret = fields.iter().filter(|(name, _)| is_secret(name));
                secret.for_each(|(_, value)| self.known.remember(value));
            }
            Raw::Json(json) => json.visit_texts(&mut |name, text| {
                if is_secret(name) {
                    self.known.remember(text);
                }
            }),
            Raw::Empty | Raw::Text(_) | Raw::LeftOut(_) => {}
        }
    }

    /// The text without secrets, the queries of URLs but for what is harmless, signatures of SAS
    /// URLs and anything that looks like a token.
    pub(super) fn text(&self, text: &str) -> String {
        let text = url::in_text(&self.known.replace(text));
        text::without_tokens(&text::without_signatures(&text))
    }

    /// The path and query of a request.
    pub(super) fn path(&self, text: &str) -> String {
        self.text(&url::path_and_query(text))
    }

    /// The body for the recording; the second part says what is missing in it.
    pub(super) fn content(&self, side: Side, body: Raw) -> (Content, Option<String>) {
        let content = match (body, side) {
            (Raw::Empty, _) => Content::Body(Json::Null),
            (Raw::Json(json), _) => Content::Body(self.json(json)),
            (Raw::Form(fields), side) => match self.form(fields) {
                Some(form) => Content::Form(form),
                None => return left_out(side, "holds unknown fields and is left out"),
            },
            (Raw::Text(text), Side::Response) => Content::Text(self.text(&text)),
            // Nobody knows where in it a secret stands.
            (Raw::Text(_), side) => return left_out(side, "is neither JSON nor a form"),
            (Raw::LeftOut(reason), side) => return left_out(side, &reason),
        };
        (content, None)
    }

    fn json(&self, json: Json) -> Json {
        json.map_texts(&mut |name| self.text(&name), &mut |name, text| match is_secret(name) {
            true => REDACTED.to_owned(),
            false => self.text(&text),
        })
    }

    /// The fields of a form; `None` if one is unknown: its name may be the secret itself.
    fn form(&self, fields: Vec<(String, String)>) -> Option<BTreeMap<String, String>> {
        let clean = |(name, value): (String, String)| match () {
            () if is_open(&name) => Some((name, self.text(&value))),
            () if is_secret(&name) => Some((name, SECRET.to_owned())),
            () => None,
        };
        fields.into_iter().map(clean).collect()
    }

    pub(super) fn request_headers(&self, headers: &HeaderMap) -> BTreeMap<String, String> {
        self.headers(headers, |name| REQUEST_HEADERS.contains(&name.as_str()))
    }

    pub(super) fn response_headers(&self, headers: &HeaderMap) -> BTreeMap<String, String> {
        self.headers(headers, |name| {
            let name = name.as_str();
            // How the service throttles is not documented: whatever it says of it is kept.
            let of_rates = ["retry-after", "ratelimit", "rate-limit"];
            RESPONSE_HEADERS.contains(&name) || of_rates.iter().any(|part| name.contains(part))
        })
    }

    fn headers(
        &self,
        headers: &HeaderMap,
        matters: impl Fn(&HeaderName) -> bool,
    ) -> BTreeMap<String, String> {
        let kept = headers.iter().filter(|(name, _)| matters(name));
        let value = |name: &HeaderName, value: &str| match name.as_str() {
            "authorization" => {
                let (scheme, _) = credential(value);
                format!("{scheme} {{token}}").trim_start().to_owned()
            }
            "ms-correlationid" | "ms-requestid" if Uuid::try_parse(value).is_ok() => {
                "{guid}".to_owned()
            }
            _ => self.text(value),
        };
        kept.filter_map(|(name, text)| Some((name.to_string(), value(name, text.to_str().ok()?))))
            .collect()
    }
}

fn left_out(side: Side, reason: &str) -> (Content, Option<String>) {
    let whose = match side {
        Side::Request => "request",
        Side::Response => "answer",
    };
    (Content::Body(Json::Null), Some(format!("the body of the {whose} {reason}")))
}

/// The scheme of an `Authorization` header and what it carries.
fn credential(value: &str) -> (&str, &str) {
    let (scheme, credential) = value.trim().split_once(' ').unwrap_or(("", value.trim()));
    (scheme, credential.trim())
}

fn is_open(field: &str) -> bool {
    OPEN_FIELDS.contains(&field)
}

fn is_secret(field: &str) -> bool {
    SECRET_FIELDS.iter().any(|secret| secret.eq_ignore_ascii_case(field))
}

/// Without the secrets.
impl std::fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scrubber").finish_non_exhaustive()
    }
}
