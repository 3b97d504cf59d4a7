//! The one road of every request and every answer.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};

use crate::{
    admin,
    answer::Answer,
    api::{self, Call},
    blob::BlobStore,
    body::{Body, lend},
    builder::Settings,
    drift::Drift,
    exchange::{Exchange, Log},
    fault::{self, Part, Script},
    quota::{Quota, UsedUp},
    record::{Recorder, Recording},
    request,
    server::{NoAnswer, Serve},
    spec::{Operation, Route, Spec},
    state::State,
    token::{self, TokenRequest, Version},
    workflow::Failures,
};

/// Where the API lies under the emulator's origin.
pub(crate) const API_PATH: &str = "/v2.0/my";

/// One emulator: its settings, its memory, and the road of its requests.
pub(crate) struct Service {
    pub(crate) settings: Settings,
    pub(crate) blobs: BlobStore,
    pub(crate) log: Log,
    pub(crate) faults: Script,
    /// `http://127.0.0.1:PORT`
    pub(crate) origin: String,
    spec: &'static Spec,
    state: Mutex<State>,
    pub(crate) quota: Quota,
    /// Where workflows are to fail.
    pub(crate) failures: Failures,
    drift: Option<Drift>,
    recorder: Option<Arc<Recorder>>,
}

/// What a request is for.
pub(crate) enum Target {
    Token {
        tenant: String,
        version: Version,
    },
    Operation(&'static Operation, HashMap<String, String>),
    Blob(&'static str),
    /// Nothing that exists; this is the answer.
    Nothing(Answer),
}

impl Target {
    /// The name by which the request is counted.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Token { .. } => Some(fault::TOKEN),
            Self::Operation(operation, _) => Some(&operation.id),
            Self::Blob(name) => Some(name),
            Self::Nothing(_) => None,
        }
    }

    /// The part of the emulator that it goes to.
    pub(crate) fn part(&self) -> Option<Part> {
        match self {
            Self::Token { .. } => Some(Part::Token),
            Self::Operation(..) => Some(Part::Api),
            Self::Blob(_) => Some(Part::Blob),
            Self::Nothing(_) => None,
        }
    }
}

impl Service {
    pub(crate) fn new(
        settings: Settings,
        spec: &'static Spec,
        blobs: BlobStore,
        origin: String,
    ) -> Self {
        Self {
            blobs,
            log: Log::default(),
            faults: Script::new(settings.faults.clone()),
            spec,
            state: Mutex::new(State::new(&settings.accounts)),
            quota: Quota::new(settings.limit()),
            failures: Failures::new(settings.failures.clone()),
            drift: settings.drift.map(|seed| Drift::new(seed, format!("{origin}{API_PATH}"))),
            recorder: None,
            origin,
            settings,
        }
    }

    /// Writes every exchange with the API and the token endpoint down.
    pub(crate) fn recorded_by(mut self, recorder: Option<Recorder>) -> Self {
        self.recorder = recorder.map(Arc::new);
        self
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.settings.clock.now()
    }

    /// The memory. A handler that panicked has spoilt its own request only.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one request. Every answer of the emulator passes here.
    async fn answer(self: &Arc<Self>, request: Request<Body>) -> Result<Response<Body>, NoAnswer> {
        if admin::is_meant(&request) {
            let (request, rest) = lend(request);
            let answer = admin::answer(self, request).await;
            rest.drain().await;
            return Ok(answer.into_response());
        }
        let target = self.target(&request);
        let called = target.part().zip(target.name());
        let fault = called.and_then(|(part, name)| self.faults.meet(part, name));
        let exchange = Exchange::begin(&request, target.name(), fault.clone());
        tracing::debug!(?exchange, "asked");
        let number = self.log.asked(exchange);
        let (request, recording) = self.recording(&target, request);
        let response = match fault {
            None => self.act(target, request).await,
            Some(fault) => self.misbehave(fault.kind(), target, request).await?,
        };
        tracing::debug!(status = response.status().as_u16(), "answered");
        self.log.answered(number, response.status());
        Ok(match recording {
            Some(recording) => recording.answer(response).await,
            None => response,
        })
    }

    /// Does what a request asks for, as well as the emulator can, and reads the request to its end
    /// even if it is refused before.
    pub(crate) async fn act(
        self: &Arc<Self>,
        target: Target,
        request: Request<Body>,
    ) -> Response<Body> {
        let (request, rest) = lend(request);
        let response = self.respond(target, request).await;
        rest.drain().await;
        response
    }

    async fn respond(self: &Arc<Self>, target: Target, request: Request<Body>) -> Response<Body> {
        match target {
            Target::Token { tenant, version } => {
                self.token(&tenant, version, request).await.into_response()
            }
            Target::Operation(operation, path) => {
                let answer = self.call(operation, path, request).await;
                let answer = answer.unwrap_or_else(|refusal| refusal);
                let answer = match &self.drift {
                    Some(drift) => drift.apply(&operation.id, answer),
                    None => answer,
                };
                self.checked(operation, answer).into_response()
            }
            Target::Blob(_) => self.blobs.handle(request).await,
            Target::Nothing(answer) => answer.into_response(),
        }
    }

    /// Begins to record a request of the API or for a token.
    fn recording(
        &self,
        target: &Target,
        request: Request<Body>,
    ) -> (Request<Body>, Option<Recording>) {
        match (&self.recorder, target) {
            (Some(recorder), Target::Token { .. } | Target::Operation(..)) => {
                let operation = target.name().unwrap_or_default();
                let (request, recording) = recorder.begin(operation, request);
                (request, Some(recording))
            }
            _ => (request, None),
        }
    }

    fn target(&self, request: &Request<Body>) -> Target {
        let (method, path) = (request.method(), request.uri().path());
        if let Some((tenant, version)) = token::parse_path(path) {
            return match *method {
                Method::POST => Target::Token { tenant: tenant.to_owned(), version },
                _ => Target::Nothing(wrong_method(method, &[Method::POST])),
            };
        }
        let of_api = |rest: &&str| rest.is_empty() || rest.starts_with('/');
        let Some(path) = path.strip_prefix(API_PATH).filter(of_api) else {
            return match request::names_blob(path) {
                true => Target::Blob(request::blob_operation(request)),
                false => Target::Nothing(not_found()),
            };
        };
        match self.spec.route(method, path) {
            Route::Operation(operation, values) => Target::Operation(operation, values),
            Route::WrongMethod(allowed) => Target::Nothing(wrong_method(method, &allowed)),
            Route::Unknown => Target::Nothing(not_found()),
        }
    }

    async fn token(&self, tenant: &str, version: Version, request: Request<Body>) -> Answer {
        let form = match request::form(request).await {
            Ok(form) => form,
            Err(refusal) => return refusal,
        };
        let now = self.now();
        let asked = TokenRequest { origin: &self.origin, tenant, version, form: &form };
        self.state().tokens.answer(&self.settings.accounts, asked, now)
    }

    /// Runs an operation of the API; refusals come as the `Err` side.
    async fn call(
        self: &Arc<Self>,
        operation: &'static Operation,
        path: HashMap<String, String>,
        request: Request<Body>,
    ) -> Result<Answer, Answer> {
        let account = self.admit(operation, request.headers())?;
        let query = request::query(request.uri());
        operation
            .check_parameters(&path, &query)
            .map_err(|misfit| request::misfit(&operation.id, "parameter", &misfit))?;
        let body = request::body(operation, request, &self.blobs).await?;
        let now = self.now();
        self.settle(now).await;
        let call = Call { service: Arc::clone(self), account, now, path, query, body };
        let mut state = self.state();
        state.deliver_shares(&self.settings.accounts, now);
        api::dispatch(&operation.id, &call, &mut state).map_err(Answer::from)
    }

    /// The account that asks, if it may ask for this and has asked for little in this minute.
    fn admit(&self, operation: &Operation, headers: &http::HeaderMap) -> Result<usize, Answer> {
        let account = self.authenticate(headers)?;
        self.quota.take(account, &self.settings.clock).map_err(UsedUp::into_answer)?;
        match self.settings.accounts[account].roles.contains(&api::role(&operation.id)) {
            true => Ok(account),
            false => Err(Answer::gateway(StatusCode::FORBIDDEN, "Forbidden")),
        }
    }

    /// The account that the request's bearer token speaks for.
    fn authenticate(&self, headers: &http::HeaderMap) -> Result<usize, Answer> {
        let unauthorized = || {
            let message = "Unauthorized. Access token is missing or invalid.";
            Answer::gateway(StatusCode::UNAUTHORIZED, message)
                .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        };
        let value = headers.get(header::AUTHORIZATION).ok_or_else(unauthorized)?;
        let value = value.to_str().map_err(|_| unauthorized())?;
        let (scheme, token) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(unauthorized());
        }
        let token = token.trim();
        if token.is_empty() {
            // The service itself stumbles over an empty token.
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return Err(Answer::gateway(status, "Internal server error"));
        }
        self.state().tokens.account(token, self.now()).ok_or_else(unauthorized)
    }

    /// Waits for the packages whose outcome shows by now, so that a stepped clock and the
    /// machine's real speed never give different answers.
    async fn settle(&self, now: DateTime<Utc>) {
        let due = self.state().due(now);
        for processing in due {
            processing.done.wait().await;
        }
    }

    /// Checks an answer of our own against the specification, in debug builds.
    fn checked(&self, operation: &Operation, answer: Answer) -> Answer {
        if !cfg!(debug_assertions) {
            return answer;
        }
        match operation.check_answer(&answer) {
            Ok(()) => answer,
            Err(misfit) => {
                let text = format!(
                    "{}: the emulator's answer {} does not fit the specification at {misfit}",
                    operation.id,
                    answer.status.as_u16()
                );
                self.log.violation(text.clone());
                Answer::gateway(StatusCode::INTERNAL_SERVER_ERROR, text)
            }
        }
    }
}

impl Serve for Service {
    async fn serve(self: Arc<Self>, request: Request<Body>) -> Result<Response<Body>, NoAnswer> {
        self.answer(request).await
    }
}

fn not_found() -> Answer {
    Answer::gateway(StatusCode::NOT_FOUND, "Resource not found")
}

pub(crate) fn wrong_method(method: &Method, allowed: &[Method]) -> Answer {
    let allowed = allowed.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    let message = format!("The method {method} is not allowed here, only {allowed}.");
    let answer = Answer::gateway(StatusCode::METHOD_NOT_ALLOWED, message);
    match HeaderValue::from_str(&allowed) {
        Ok(value) => answer.with_header(header::ALLOW, value),
        Err(_) => answer,
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("origin", &self.origin).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
