//! The one road of every API call: token, headers, throttle, send, classify, retry, [`Error`].

use std::{future::Future, time::Duration};

use chrono::Utc;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
};
use progenitor_client::{ClientHooks, OperationInfo, ResponseValue};
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use uuid::Uuid;

use super::{operation::Operation, raw, throttle::Throttle};
use crate::{
    auth::{Bearer, TokenCache},
    error::{Answer, Error, Kind, Result, Stage},
    report::{Event, Reporter},
    retry::{Idempotency, Reach, RetryPolicy, Verdict},
};

/// What a call of the generated client fails with.
pub(crate) type RawError = progenitor_client::Error<()>;

/// What a call of the generated client gives.
pub(crate) type RawResult<T> = std::result::Result<ResponseValue<T>, RawError>;

const API_VERSION: HeaderName = HeaderName::from_static("api-version");
const CORRELATION_ID: HeaderName = HeaderName::from_static("ms-correlationid");
const REQUEST_ID: HeaderName = HeaderName::from_static("ms-requestid");

/// Describes what is wrong with the body of a success answer.
pub(crate) type Fault = fn(&[u8]) -> String;

/// More of an error page is not read.
const MAX_ERROR_BODY: usize = 256 * 1024;

/// An error page from which nothing comes for so long has told what it had to tell.
const ERROR_BODY_PATIENCE: Duration = Duration::from_secs(15);

/// One attempt of a call, as the generated client carries it along.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "unstable-raw"), allow(unreachable_pub))]
pub struct Attempt {
    bearer: Bearer,
    correlation_id: Uuid,
    request_id: Uuid,
    /// Takes the place of the request's query: the page of a list.
    query: Option<String>,
    /// What else is said: which part of a file is wanted.
    headers: HeaderMap,
    /// How long the answer, its body included, may take.
    timeout: Option<Duration>,
}

/// Everything that the clones of a client share.
#[derive(Debug)]
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    /// Without a slash at the end: the generated code puts one there.
    pub(crate) base_url: String,
    /// How errors name the service.
    pub(crate) name: String,
    pub(crate) tokens: TokenCache,
    pub(crate) retry: RetryPolicy,
    pub(crate) throttle: Throttle,
}

/// One call: what is asked, and on whose behalf.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) operation: Operation,
    pub(crate) correlation_id: Uuid,
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: Option<&'a HeaderMap>,
    pub(crate) patience: Patience,
    pub(crate) reporter: &'a dyn Reporter,
}

/// How long an attempt may take.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    /// From the first byte sent to the last one received.
    Whole(Duration),
    /// Until the answer begins; its body may take as long as it comes.
    Head(Duration),
}

impl Transport {
    /// Makes a call, and makes it again as far as `retry` allows.
    ///
    /// `fault` tells where in a success answer the decoding fails. The id of the request that was
    /// answered is given too: the body of a stream may still break.
    pub(crate) async fn call<T, S, F>(
        &self,
        call: Call<'_>,
        fault: Fault,
        send: S,
    ) -> Result<(ResponseValue<T>, Uuid)>
    where
        S: Fn(raw::Client) -> F,
        F: Future<Output = RawResult<T>>,
    {
        let mut renewed = false;
        let mut unclear = false;
        let mut attempt = 1;
        loop {
            self.throttle.wait().await;
            // What was sent before may have been applied, though this attempt surely was not.
            let after_others =
                |error: Error| if unclear { error.after_an_unclear_attempt() } else { error };
            let bearer = self.tokens.get(call.reporter).await.map_err(after_others)?;
            let request_id = Uuid::new_v4();
            let client = self.raw(&call, bearer.clone(), request_id);
            let error = match self.attempt(&call, fault, send(client)).await {
                Ok(answer) => {
                    self.throttle.ease();
                    return Ok((answer, request_id));
                }
                Err(error) => after_others(call.sign(error, request_id)),
            };
            unclear = error.may_have_been_applied();
            if error.status() == Some(StatusCode::UNAUTHORIZED) {
                if renewed {
                    return Err(error);
                }
                // Nothing happened yet, and the token may have been revoked before its end.
                renewed = true;
                self.tokens.discard(&bearer);
                continue;
            }
            let pause = self.pause_after(call.operation, &error, attempt);
            let Some(pause) = pause else { return Err(error) };
            self.announce(&call, &error, pause, attempt);
            if error.is_throttled() {
                self.throttle.hold(pause);
            } else {
                tokio::time::sleep(pause).await;
            }
            attempt += 1;
        }
    }

    fn raw(&self, call: &Call<'_>, bearer: Bearer, request_id: Uuid) -> raw::Client {
        let attempt = Attempt {
            bearer,
            correlation_id: call.correlation_id,
            request_id,
            query: call.query.map(str::to_owned),
            headers: call.headers.cloned().unwrap_or_default(),
            timeout: match call.patience {
                Patience::Whole(time) => Some(time),
                Patience::Head(_) => None,
            },
        };
        raw::Client::new_with_client(&self.base_url, self.http.clone(), attempt)
    }

    fn pause_after(&self, operation: Operation, error: &Error, attempt: u32) -> Option<Duration> {
        let jitter = fastrand::f64();
        match self.retry.verdict(operation.idempotency, error.failed(), attempt, jitter) {
            Verdict::After(pause) => Some(pause),
            Verdict::Stop => None,
        }
    }

    fn announce(&self, call: &Call<'_>, error: &Error, pause: Duration, attempt: u32) {
        let operation = call.operation.id;
        tracing::debug!(operation, attempt, ?pause, %error, "the call will be repeated");
        call.reporter.event(&if error.is_throttled() {
            Event::Throttled { pause }
        } else {
            Event::Retrying { operation, reason: error, pause }
        });
    }

    async fn attempt<T>(
        &self,
        call: &Call<'_>,
        fault: Fault,
        sent: impl Future<Output = RawResult<T>>,
    ) -> Result<ResponseValue<T>> {
        let stage = Stage::Api(call.operation.id);
        let answer = match call.patience {
            Patience::Whole(_) => sent.await,
            Patience::Head(time) => timeout(time, sent).await.map_err(|_| {
                let message = format!("{} did not answer in time", self.name);
                Error::new(stage, Kind::TimedOut, message).with_reach(Reach::Unknown)
            })?,
        };
        match answer {
            // Neither an empty answer nor a file is looked into by the generated code.
            Ok(answer) if is_page(answer.headers()) => {
                let message = format!("the answer to {} is a web page", call.operation.id);
                Err(Error::new(stage, Kind::Decode, message).with_reach(Reach::Acted))
            }
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.classify(call.operation, error, fault).await),
        }
    }

    async fn classify(&self, operation: Operation, error: RawError, fault: Fault) -> Error {
        let stage = Stage::Api(operation.id);
        let interrupted = |source| Error::network(stage, &self.name, source);
        match error {
            RawError::CommunicationError(source) | RawError::InvalidUpgrade(source) => {
                interrupted(source)
            }
            // The answer had begun: the server has acted.
            RawError::ResponseBodyError(source) => interrupted(source).with_reach(Reach::Unknown),
            // A gateway has cut it off, so that the next one may be whole.
            RawError::InvalidResponsePayload(_, cut) if cut.is_eof() => {
                let message = format!("the answer to {} breaks off", operation.id);
                Error::new(stage, Kind::Interrupted, message).with_reach(Reach::Unknown)
            }
            RawError::InvalidResponsePayload(body, _) => {
                let message =
                    format!("the answer to {} has another shape: {}", operation.id, fault(&body));
                Error::new(stage, Kind::Decode, message).with_reach(Reach::Acted)
            }
            RawError::UnexpectedResponse(response) => self.refusal(operation, response).await,
            RawError::ErrorResponse(answer) => {
                self.status_error(operation, answer.status(), answer.headers(), &[])
            }
            RawError::InvalidRequest(message) | RawError::Custom(message) => {
                Error::new(stage, Kind::Input, message)
            }
        }
    }

    async fn refusal(&self, operation: Operation, response: reqwest::Response) -> Error {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = read_some(response).await;
        self.status_error(operation, status, &headers, &body)
    }

    fn status_error(
        &self,
        operation: Operation,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Error {
        let answer = Answer::read(status, headers, body, Utc::now());
        let said = answer.text().map(|text| format!(": {text}")).unwrap_or_default();
        let message = format!("{} was answered {status}{said}", operation.id);
        Error::new(Stage::Api(operation.id), Kind::Status, message)
            .with_reach(reach(status, headers))
            .with_answer(answer)
    }
}

impl Call<'_> {
    /// Puts the ids of the attempt into its error.
    fn sign(&self, error: Error, request_id: Uuid) -> Error {
        let error = error.with_correlation_id(self.correlation_id).with_request_id(request_id);
        if self.operation.idempotency == Idempotency::Read { error.of_a_read() } else { error }
    }
}

/// Whether somebody on the way answers with a page for people: the service never does.
fn is_page(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("text/html"))
}

/// How far a request has come that was answered with this status.
fn reach(status: StatusCode, headers: &HeaderMap) -> Reach {
    match status.as_u16() {
        401 | 429 => Reach::TurnedAway,
        503 if headers.contains_key(RETRY_AFTER) => Reach::TurnedAway,
        408 | 500.. => Reach::Unknown,
        200..=299 => Reach::Acted,
        _ => Reach::Refused,
    }
}

/// Reads an error page as far as it is worth; one that breaks off or stalls tells what it told.
async fn read_some(mut response: reqwest::Response) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < MAX_ERROR_BODY {
        match timeout(ERROR_BODY_PATIENCE, response.chunk()).await {
            Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
            Ok(Ok(None) | Err(_)) | Err(_) => break,
        }
    }
    body
}

/// Where in the answer the decoding failed, without what stands there.
pub(crate) fn json_fault<T: DeserializeOwned>(body: &[u8]) -> String {
    let mut json = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(_) => "it goes on behind its end".to_owned(),
        Err(error) if error.inner().is_data() => format!("unexpected value at {}", error.path()),
        Err(error) => {
            let inner = error.inner();
            format!("it is no JSON (line {}, column {})", inner.line(), inner.column())
        }
    }
}

impl ClientHooks<Attempt> for raw::Client {
    async fn pre<E>(
        &self,
        request: &mut reqwest::Request,
        _: &OperationInfo,
    ) -> std::result::Result<(), progenitor_client::Error<E>> {
        let attempt = &self.inner;
        if let Some(query) = &attempt.query {
            request.url_mut().set_query(Some(query));
        }
        *request.timeout_mut() = attempt.timeout;
        let no_body = request.body().is_none();
        let writes = matches!(*request.method(), Method::POST | Method::PUT);
        let headers = request.headers_mut();
        headers.extend(attempt.headers.clone());
        // The generated code sends the version of the spec, which the service does not know.
        headers.remove(API_VERSION);
        headers.insert(AUTHORIZATION, attempt.bearer.header().clone());
        headers.insert(CORRELATION_ID, guid(attempt.correlation_id));
        headers.insert(REQUEST_ID, guid(attempt.request_id));
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        if no_body && writes {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Ok(())
    }
}

fn guid(id: Uuid) -> HeaderValue {
    let mut buffer = Uuid::encode_buffer();
    let text: &str = id.hyphenated().encode_lower(&mut buffer);
    // Hexadecimal digits and hyphens are what a header may hold.
    HeaderValue::from_str(text).expect("a GUID is a valid header")
}
