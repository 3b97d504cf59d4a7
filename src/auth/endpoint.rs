//! One request to somebody who gives tokens.

use std::time::Duration;

use chrono::Utc;
use http::{HeaderMap, StatusCode};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use url::{Position, Url};

use super::entra::EntraError;
use crate::{
    error::{Answer, Error, Kind, Result, Stage},
    retry::Reach,
};

/// Tokens come within seconds. Whoever waits for longer waits in vain.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Somebody who gives tokens, and how errors name it.
#[derive(Clone)]
pub(super) struct Endpoint {
    http: reqwest::Client,
    name: String,
    /// What it is sent to prove who asks, and may send back in an error.
    proof: SecretString,
}

/// An answer with success.
pub(super) struct Success {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Endpoint {
    /// `what` says what it is: "the token endpoint".
    pub(super) fn new(http: reqwest::Client, what: &str, url: &Url) -> Self {
        let host = &url[Position::BeforeHost..Position::BeforePath];
        Self { http, name: format!("{what} {host}"), proof: SecretString::default() }
    }

    /// The same, which is sent this proof.
    pub(super) fn proven_by(self, proof: &SecretString) -> Self {
        Self { proof: proof.clone(), ..self }
    }

    /// Asks by GET; `headers` prove who asks.
    pub(super) async fn get<T: DeserializeOwned>(&self, url: Url, headers: HeaderMap) -> Result<T> {
        let request = self.http.get(url).headers(headers).build();
        let answer = self.send(request.map_err(|error| self.network(error))?).await?;
        let mut json = serde_json::Deserializer::from_slice(&answer.body);
        serde_path_to_error::deserialize(&mut json)
            .map_err(|error| self.unreadable(&error.path().to_string()))
    }

    /// Sends one request; everything but success is an error.
    pub(super) async fn send(&self, mut request: reqwest::Request) -> Result<Success> {
        *request.timeout_mut() = Some(ANSWER_TIMEOUT);
        let response = self.http.execute(request).await.map_err(|error| self.network(error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(|error| self.network(error))?;
        if status.is_success() {
            return Ok(Success { status, headers, body: body.into() });
        }
        let answer = Answer::bare(status, &headers, Utc::now());
        Err(self.refused(answer, serde_json::from_slice(&body).ok()))
    }

    pub(super) fn network(&self, error: reqwest::Error) -> Error {
        Error::network(Stage::Token, &self.name, error).of_a_read()
    }

    /// For an answer that is not understood, perhaps of somebody on the way: nobody refused the
    /// credential. Its body is not kept: it may hold a token.
    pub(super) fn unreadable(&self, path: &str) -> Error {
        let message = format!("{} sent an answer that is no token (at {path})", self.name);
        Error::new(Stage::Token, Kind::Decode, message)
    }

    fn refused(&self, mut answer: Answer, said: Option<EntraError>) -> Error {
        let status = answer.status;
        let passing = passes(status);
        let message = match said {
            Some(said) if !passing => {
                let said = said.without(&self.proof);
                answer.code = said.code();
                format!("the credential was refused: {said}")
            }
            _ => format!("{} answered {status}", self.name),
        };
        let reach = if passing { Reach::TurnedAway } else { Reach::Refused };
        Error::new(Stage::Token, Kind::Status, message).with_reach(reach).with_answer(answer)
    }
}

/// Whether it may well be different the next time.
fn passes(status: StatusCode) -> bool {
    matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
        || status.is_server_error()
}
