//! The one road of every API call: token, headers, throttle, send, classify, retry, [`Error`].

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use chrono::Utc;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
};
use progenitor_client::{ClientHooks, ClientInfo, OperationInfo, ResponseValue};
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    idle,
    operation::Operation,
    raw,
    throttle::{Held, Throttle},
};
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

const CORRELATION_ID: HeaderName = HeaderName::from_static("ms-correlationid");
const REQUEST_ID: HeaderName = HeaderName::from_static("ms-requestid");

/// What the generated client may send of the version of the spec: the service does not know it.
const SPEC_VERSION: HeaderName = HeaderName::from_static("api-version");

/// Describes what is wrong with the body of a success answer.
pub(crate) type Fault = fn(&[u8]) -> String;

/// More of an error page is not read.
const MAX_ERROR_BODY: usize = 256 * 1024;

/// An error page that has not ended after so long has told what it had to tell.
const ERROR_BODY_PATIENCE: Duration = Duration::from_secs(15);

/// One attempt of a call, as the generated client carries it along.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "unstable-raw"), allow(unreachable_pub))]
pub struct Attempt {
    /// As the generated client writes the operation that was asked for.
    operation: &'static str,
    bearer: Bearer,
    correlation_id: Uuid,
    request_id: Uuid,
    /// Takes the place of the request's query: the page of a list.
    query: Option<String>,
    /// What else is said: which part of a file is wanted.
    headers: HeaderMap,
    /// Whether the answer is read within the time of the attempt, or as a stream later.
    is_whole: bool,
    /// How long nothing may come in the middle of the answer.
    idle: Duration,
}

/// Everything that the clones of a client share.
#[derive(Debug)]
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    pub(crate) idle_timeout: Duration,
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
    /// Of the first attempt, where it was chosen before.
    pub(crate) first_request_id: Option<Uuid>,
    /// Of the attempt that was made last; nil before the first one.
    pub(crate) request_id: Uuid,
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: Option<&'a HeaderMap>,
    pub(crate) patience: Patience,
    pub(crate) reporter: &'a Arc<dyn Reporter>,
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
    /// `fault` tells where in a success answer the decoding fails. `call` keeps the id of the last
    /// request: the body of a stream may still break.
    pub(crate) async fn call<T, S, F>(
        &self,
        call: &mut Call<'_>,
        fault: Fault,
        send: S,
    ) -> Result<ResponseValue<T>>
    where
        S: Fn(raw::Client) -> F,
        F: Future<Output = RawResult<T>>,
    {
        let mut renewed = false;
        let mut unclear = false;
        let mut attempt = 1;
        loop {
            // What was sent before may have been applied, though this attempt surely was not.
            let signed = |call: &Call<'_>, error: Error| {
                let error = call.sign(error);
                if unclear { error.after_an_unclear_attempt() } else { error }
            };
            // Whoever waits for a token takes nobody's turn, and whoever waits for a turn may need a
            // newer token.
            let bearer = self.tokens.get(call.reporter).await;
            let mut bearer = bearer.map_err(|error| signed(call, error))?;
            let departure = self.throttle.wait(self.retry.longest_hold()).await;
            let departure = departure.map_err(|held| signed(call, call.held(held)))?;
            if departure.was_waited_for() {
                let newer = self.tokens.get(call.reporter).await;
                bearer = newer.map_err(|error| signed(call, error))?;
            }
            call.request_id = call.next_request_id();
            let client = self.raw(call, bearer.clone());
            // Pinned here: what the generated client makes is large, and dear to move.
            let sent = pin!(send(client));
            let answer = self.attempt(call, fault, sent).await;
            if answer.as_ref().err().is_none_or(Error::is_answer_in_health) {
                self.throttle.ease(departure);
            }
            let error = match answer {
                Err(error) => signed(call, error),
                answer => return answer,
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
            let jitter = fastrand::f64();
            if error.is_throttled() {
                // The others are held back also when this call is given up.
                let pause = self.retry.pause(error.failed(), attempt, jitter);
                let pause = self.throttle.hold(departure, pause);
                call.reporter.event(&Event::Throttled { pause });
            }
            let idempotency = call.operation.idempotency;
            match self.retry.verdict(idempotency, error.failed(), attempt, jitter) {
                Verdict::Stop => return Err(error),
                Verdict::After(pause) => call.pause(&error, pause, attempt).await,
            }
            attempt += 1;
        }
    }

    fn raw(&self, call: &Call<'_>, bearer: Bearer) -> raw::Client {
        let attempt = Attempt {
            operation: call.operation.name,
            bearer,
            correlation_id: call.correlation_id,
            request_id: call.request_id,
            query: call.query.map(str::to_owned),
            headers: call.headers.cloned().unwrap_or_default(),
            is_whole: matches!(call.patience, Patience::Whole(_)),
            idle: self.idle_timeout,
        };
        raw::Client::new_with_client(&self.base_url, self.http.clone(), attempt)
    }

    async fn attempt<T>(
        &self,
        call: &Call<'_>,
        fault: Fault,
        sent: Pin<&mut impl Future<Output = RawResult<T>>>,
    ) -> Result<ResponseValue<T>> {
        let stage = Stage::Api(call.operation.id);
        let (Patience::Whole(time) | Patience::Head(time)) = call.patience;
        match timeout(time, sent).await {
            Err(_) => {
                let message = format!("{} did not answer in time", self.name);
                Err(Error::new(stage, Kind::TimedOut, message).with_reach(Reach::Unknown))
            }
            // Neither an empty answer nor a file is looked into by the generated code.
            Ok(Ok(answer)) if is_page(answer.headers()) => {
                let message = format!("the answer to {} is a web page", call.operation.id);
                Err(Error::new(stage, Kind::Decode, message).with_reach(Reach::Acted))
            }
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.classify(call.operation, error, fault).await),
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
    /// Puts the ids of the call, and of its last attempt, into its error.
    fn sign(&self, error: Error) -> Error {
        let mut error = error.with_correlation_id(self.correlation_id);
        if self.was_sent() {
            error = error.with_request_id(self.request_id);
        }
        if self.operation.idempotency == Idempotency::Read { error.of_a_read() } else { error }
    }

    fn was_sent(&self) -> bool {
        !self.request_id.is_nil()
    }

    /// Further attempts count on from the first one, so that whoever noted its id knows theirs.
    fn next_request_id(&self) -> Uuid {
        if self.was_sent() {
            return Uuid::from_u128(self.request_id.as_u128().wrapping_add(1));
        }
        self.first_request_id.unwrap_or_else(Uuid::new_v4)
    }

    /// The call was not sent, since another one was told to leave the service alone for long.
    fn held(&self, Held(time): Held) -> Error {
        let (id, seconds) = (self.operation.id, time.as_secs());
        let sent = if self.was_sent() { "sent again" } else { "sent" };
        let message = format!(
            "{id} was not {sent}: another call was throttled, and the service takes none for {seconds} s"
        );
        Error::new(Stage::Api(id), Kind::Status, message)
            .with_reach(Reach::NotSent)
            .with_answer(Answer::throttled(time))
    }

    /// Waits before the call is repeated. For a call that was throttled the throttle does so.
    async fn pause(&self, error: &Error, pause: Duration, attempt: u32) {
        let operation = self.operation.id;
        tracing::debug!(operation, attempt, ?pause, %error, "the call will be repeated");
        if !error.is_throttled() {
            self.reporter.event(&Event::Retrying { operation, reason: error, pause });
            tokio::time::sleep(pause).await;
        }
    }
}

/// Whether somebody on the way answers with a page for people: the service never does.
fn is_page(headers: &HeaderMap) -> bool {
    const PAGE: &[u8] = b"text/html";
    let media_type = headers.get(CONTENT_TYPE).map(|value| value.as_bytes().trim_ascii_start());
    let begins = media_type.and_then(|media_type| media_type.get(..PAGE.len()));
    begins.is_some_and(|begins| begins.eq_ignore_ascii_case(PAGE))
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
    let read = async {
        while body.len() < MAX_ERROR_BODY
            && let Ok(Some(chunk)) = response.chunk().await
        {
            body.extend_from_slice(&chunk);
        }
    };
    // What has come until then is kept.
    let _ = timeout(ERROR_BODY_PATIENCE, read).await;
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
        info: &OperationInfo,
    ) -> std::result::Result<(), progenitor_client::Error<E>> {
        let attempt = &self.inner;
        // How often a call may be sent goes by its name: a create must not pass for a read.
        if !attempt.operation.eq_ignore_ascii_case(info.operation_id) {
            let (asked, called) = (attempt.operation.to_ascii_lowercase(), info.operation_id);
            let message = format!("the call that was to be {asked} is {called}: nothing was sent");
            return Err(progenitor_client::Error::InvalidRequest(message));
        }
        if let Some(query) = &attempt.query {
            request.url_mut().set_query(Some(query));
        }
        let no_body = request.body().is_none();
        let writes = matches!(*request.method(), Method::POST | Method::PUT);
        let headers = request.headers_mut();
        headers.remove(SPEC_VERSION);
        headers.extend(attempt.headers.clone());
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

    async fn exec(
        &self,
        request: reqwest::Request,
        _: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        let response = self.client().execute(request).await?;
        Ok(idle::guard(response, self.inner.idle, self.inner.is_whole))
    }
}

fn guid(id: Uuid) -> HeaderValue {
    let mut buffer = Uuid::encode_buffer();
    let text: &str = id.hyphenated().encode_lower(&mut buffer);
    // Hexadecimal digits and hyphens are what a header may hold.
    HeaderValue::from_str(text).expect("a GUID is a valid header")
}

#[cfg(test)]
mod tests;
