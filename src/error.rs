//! The one error of the library.

mod answer;
mod credential;
mod hint;
mod network;
mod stage;

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use http::StatusCode;
use uuid::Uuid;

pub use self::stage::Stage;
pub(crate) use self::{
    answer::Answer,
    network::{is_untrusted, untrusted},
};
use crate::{
    model::{SafeUrl, ValidationError},
    redact,
    retry::{Failed, Reach},
};

/// A result whose error is [`Error`].
///
/// ```
/// use hardware_dashboard::{Client, auth::ClientSecret};
///
/// fn client(secret: &str) -> hardware_dashboard::Result<Client> {
///     Client::builder().credential(ClientSecret::new("tenant id", "client id", secret)).build()
/// }
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = dyn StdError + Send + Sync;

/// What went wrong, for the predicates and the hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The caller gave something that cannot work.
    Input,
    /// There is no credential here.
    Absent,
    /// Whoever gives the tokens has none at the moment.
    Unavailable,
    /// Nobody could be connected to.
    Connect,
    /// No answer in time.
    TimedOut,
    /// The connection broke.
    Interrupted,
    /// The server answered with something other than success.
    Status,
    /// The answer could not be understood.
    Decode,
    /// What arrived is not what was sent.
    Corrupt,
    /// The service worked on the submission and failed it.
    WorkflowFailed,
    /// What a call has made cannot be told from what others made.
    Ambiguous,
    /// The operating system refused something.
    Io,
}

/// Everything that can go wrong in this library.
///
/// An error says at which [stage](Self::stage) it happened, whether the server
/// [may have acted](Self::may_have_been_applied), and [what to do next](Self::hint). The rest is told
/// by predicates: how an error looks inside can change without breaking a program.
///
/// `Display` is one sentence and does not repeat [`source`](StdError::source). Nothing in an error
/// opens a door: no secret, no token, no signature of a SAS URL.
///
/// [Handling errors](crate::handling_errors) goes through the families one by one.
///
/// ```
/// use hardware_dashboard::Error;
///
/// fn advice(error: &Error) -> &'static str {
///     if error.is_throttled() {
///         "the account has used up its calls for this minute"
///     } else if error.is_auth() {
///         "check tenant, client id, secret and the roles of the application"
///     } else if error.may_have_been_applied() {
///         "look at the dashboard before you try again"
///     } else {
///         "nothing was changed"
///     }
/// }
/// ```
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    stage: Stage,
    kind: Kind,
    reach: Reach,
    /// Whether the request could change anything.
    read_only: bool,
    /// Whether an earlier attempt of the same call may have been applied.
    unclear_before: bool,
    message: String,
    answer: Option<Answer>,
    /// What is to be waited for where there was no answer.
    wait: Option<Duration>,
    correlation_id: Option<Uuid>,
    request_id: Option<Uuid>,
    advice: Option<String>,
    workflow: Option<WorkflowFailure>,
    source: Option<Arc<Source>>,
}

/// What the service says of a submission that it has failed.
#[derive(Clone, Debug)]
struct WorkflowFailure {
    messages: Vec<String>,
    report: String,
}

impl Error {
    pub(crate) fn new(stage: Stage, kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            stage,
            kind,
            reach: Reach::Local,
            read_only: false,
            unclear_before: false,
            message: message.into(),
            answer: None,
            wait: None,
            correlation_id: None,
            request_id: None,
            advice: None,
            workflow: None,
            source: None,
        }))
    }

    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(Stage::Input, Kind::Input, message)
    }

    pub(crate) fn file(message: impl Into<String>, source: std::io::Error) -> Self {
        Self::new(Stage::File, Kind::Io, message).with_source(source)
    }

    pub(crate) fn workflow_failed(place: String, messages: Vec<String>) -> Self {
        let messages: Vec<_> = messages.iter().map(|message| redact::text(message)).collect();
        let message = match messages.as_slice() {
            [] => place,
            messages => format!("{place}: {}", messages.join("; ")),
        };
        let mut error = Self::new(Stage::Workflow, Kind::WorkflowFailed, message);
        error.0.reach = Reach::Refused;
        error.0.workflow = Some(WorkflowFailure { messages, report: String::new() });
        error
    }

    /// Adds the text behind `errorReport`.
    pub(crate) fn with_report(mut self, report: &str) -> Self {
        if let Some(failure) = &mut self.0.workflow {
            failure.report = redact::text(report);
        }
        self
    }

    pub(crate) fn with_correlation_id(mut self, correlation_id: Uuid) -> Self {
        self.0.correlation_id = Some(correlation_id);
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<Source>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    pub(crate) fn with_reach(mut self, reach: Reach) -> Self {
        self.0.reach = reach;
        self
    }

    /// For requests that change nothing, however far they came.
    pub(crate) fn of_a_read(mut self) -> Self {
        self.0.read_only = true;
        self
    }

    /// For the last attempt of a call of which an earlier one may have been applied, whatever became
    /// of this one.
    pub(crate) fn after_an_unclear_attempt(mut self) -> Self {
        self.0.unclear_before = true;
        self
    }

    pub(crate) fn with_answer(mut self, answer: Answer) -> Self {
        self.0.answer = Some(answer);
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: Uuid) -> Self {
        self.0.request_id = Some(request_id);
        self
    }

    /// Puts a hint that knows more in the place of the general one.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.advice = Some(hint.into());
        self
    }

    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Where a redirect leads.
    pub(crate) fn location(&self) -> Option<&SafeUrl> {
        let answer = self.0.answer.as_ref()?;
        answer.location.as_ref().filter(|_| answer.status.is_redirection())
    }

    pub(crate) fn reach(&self) -> Reach {
        self.0.reach
    }

    /// What the retry policy has to know.
    pub(crate) fn failed(&self) -> Failed {
        let (throttled, retry_after) = (self.is_throttled(), self.retry_after());
        Failed { reach: self.reach(), throttled, retry_after }
    }

    /// Whether it may pass by itself: trouble of the network, of the service or of a credential, or
    /// throttling.
    pub(crate) fn is_passing(&self) -> bool {
        let in_trouble = self.status().is_some_and(|status| status.is_server_error());
        let comes_back = self.is_throttled() || self.is_credential_unavailable();
        self.is_network() || comes_back || in_trouble
    }

    /// Whether a server in good health has answered, so that calls do not come too fast for it.
    pub(crate) fn is_answer_in_health(&self) -> bool {
        self.status().map_or(self.is_decode(), |_| !self.is_passing())
    }

    /// Where in the work it happened.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.0.stage
    }

    /// Whether the server may have done what it was asked for. Look at the server before you send
    /// such a request again. Never so for a read.
    #[must_use]
    pub fn may_have_been_applied(&self) -> bool {
        self.0.unclear_before || (!self.0.read_only && self.0.reach.may_have_been_applied())
    }

    /// What to do next, in one or two sentences.
    #[must_use]
    pub fn hint(&self) -> String {
        hint::of(self, self.0.advice.as_deref())
    }

    /// The HTTP status, when there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The service's own code, such as `InvalidInput`, or an `AADSTS…` code at the token stage.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.answer.as_ref()?.code.as_deref()
    }

    /// The fields that the service found fault with.
    #[must_use]
    pub fn validation_errors(&self) -> &[ValidationError] {
        self.0.answer.as_ref().map_or(&[], |answer| &answer.validation_errors)
    }

    /// The `MS-CorrelationId` of the run; Microsoft's support asks for it.
    #[must_use]
    pub fn correlation_id(&self) -> Option<Uuid> {
        self.0.correlation_id
    }

    /// The `MS-RequestId` of the attempt; Microsoft's support asks for it.
    #[must_use]
    pub fn request_id(&self) -> Option<Uuid> {
        self.0.request_id
    }

    /// What the service said while it worked on the submission that it has failed.
    #[must_use]
    pub fn messages(&self) -> &[String] {
        self.0.workflow.as_ref().map_or(&[], |failure| &failure.messages)
    }

    /// The text of the error report of a submission that the service has failed.
    #[must_use]
    pub fn report(&self) -> Option<&str> {
        let failure = self.0.workflow.as_ref()?;
        (!failure.report.is_empty()).then_some(failure.report.as_str())
    }

    /// How long the server wants to be left alone.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.answer.as_ref().and_then(|answer| answer.retry_after).or(self.0.wait)
    }

    /// The account has used up its calls: 429.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// There is no such thing, or it belongs to someone else: 404.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.stage() != Stage::Token && self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// No token was given, or the one given was not accepted.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        let refused = self.stage() == Stage::Token && self.reach() == Reach::Refused;
        refused || (self.is_api() && self.status() == Some(StatusCode::UNAUTHORIZED))
    }

    /// The application may not do this: 403 of the API.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.is_api() && self.status() == Some(StatusCode::FORBIDDEN)
    }

    /// The state of the thing does not allow it now: `RequestInvalidForCurrentState`, under any
    /// status.
    #[must_use]
    pub fn is_invalid_state(&self) -> bool {
        self.has_code("RequestInvalidForCurrentState")
    }

    /// A field of the request is wrong: 400, 422 or `InvalidInput`.
    #[must_use]
    pub fn is_validation(&self) -> bool {
        let status = self.status().map(|status| status.as_u16());
        self.is_api() && (matches!(status, Some(400 | 422)) || self.has_code("InvalidInput"))
    }

    /// Nobody could be connected to.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.kind() == Kind::Connect
    }

    /// There was no answer in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind() == Kind::TimedOut
    }

    /// The network is at fault: no connection, a time-out, or a connection that broke.
    #[must_use]
    pub fn is_network(&self) -> bool {
        matches!(self.kind(), Kind::Connect | Kind::TimedOut | Kind::Interrupted)
    }

    /// The answer could not be understood.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.kind() == Kind::Decode
    }

    /// The service has worked on the submission and failed it, for good.
    #[must_use]
    pub fn is_workflow_failed(&self) -> bool {
        self.kind() == Kind::WorkflowFailed
    }

    /// What the caller gave cannot work; nothing was sent.
    #[must_use]
    pub fn is_input(&self) -> bool {
        self.kind() == Kind::Input
    }

    /// A file on this machine is at fault.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.stage() == Stage::File
    }

    fn is_api(&self) -> bool {
        matches!(self.stage(), Stage::Api(_))
    }

    /// Codes arrive in PascalCase and in camelCase.
    fn has_code(&self, code: &str) -> bool {
        self.code().is_some_and(|found| found.eq_ignore_ascii_case(code))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
