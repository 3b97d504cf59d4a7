//! Taking out what opens a door.

mod text;

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, header};
use uuid::Uuid;

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

/// The fields of JSON that are always secret.
const SECRET_FIELDS: [&str; 6] =
    ["access_token", "client_assertion", "client_secret", "id_token", "password", "refresh_token"];

/// The shortest text that is remembered as a secret: a shorter one would stand everywhere.
const SHORTEST_SECRET: usize = 6;

/// Knows the secrets that went by and takes them out of every text.
#[derive(Default)]
pub(super) struct Scrubber {
    secrets: BTreeSet<String>,
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
            self.remember(credential(value).1);
        }
        match body {
            Raw::Form(fields) => {
                fields.iter().filter(|(name, _)| !is_open(name)).for_each(|(_, v)| self.remember(v))
            }
            Raw::Json(json) => {
                json.clone().map_texts(&mut |name, text| {
                    if is_secret(name) {
                        self.remember(&text);
                    }
                    text
                });
            }
            Raw::Empty | Raw::Text(_) | Raw::LeftOut(_) => {}
        }
    }

    fn remember(&mut self, secret: &str) {
        if secret.len() >= SHORTEST_SECRET {
            self.secrets.insert(secret.to_owned());
        }
    }

    /// The text without secrets, signatures of SAS URLs and anything that looks like a token.
    pub(super) fn text(&self, text: &str) -> String {
        let known = self
            .secrets
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), REDACTED));
        text::without_tokens(&text::without_signatures(&known))
    }

    /// The body for the recording; the second part says what is missing in it.
    pub(super) fn content(&self, side: Side, body: Raw) -> (Content, Option<String>) {
        let content = match (body, side) {
            (Raw::Empty, _) => Content::Body(Json::Null),
            (Raw::Json(json), _) => Content::Body(self.json(json)),
            (Raw::Form(fields), _) => Content::Form(self.form(fields)),
            (Raw::Text(text), Side::Response) => Content::Text(self.text(&text)),
            // A request has no key for text.
            (Raw::Text(text), Side::Request) => Content::Base64(STANDARD.encode(self.text(&text))),
            (Raw::LeftOut(reason), side) => {
                let whose = match side {
                    Side::Request => "request",
                    Side::Response => "answer",
                };
                let remark = format!("the body of the {whose} {reason}");
                return (Content::Body(Json::Null), Some(remark));
            }
        };
        (content, None)
    }

    fn json(&self, json: Json) -> Json {
        json.map_texts(&mut |name, text| match is_secret(name) {
            true => REDACTED.to_owned(),
            false => self.text(&text),
        })
    }

    fn form(&self, fields: Vec<(String, String)>) -> BTreeMap<String, String> {
        let clean = |(name, value): (String, String)| {
            let value = if is_open(&name) { self.text(&value) } else { SECRET.to_owned() };
            (name, value)
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
