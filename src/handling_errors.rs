//! How to handle errors: what each family looks like and what to do about it.
//!
//! The library has one error, [`Error`]. It is asked by predicates, and one error may answer yes to
//! more than one of them. By the time a program sees it, the client has repeated all that may be
//! repeated, as [`RetryPolicy`] says, and has taken a new token where the old one was refused.
//!
//! # Three questions
//!
//! 1. **May the server have acted?** [`Error::may_have_been_applied`] is the first question after a
//!    create, a commit or any other change. If it says yes, look at the server before you send the
//!    change again. It is never so for a read.
//! 2. **Will it pass by itself?** What [`Error::is_network`], [`Error::is_throttled`] and
//!    [`Error::is_credential_unavailable`] say yes to may, and so may a
//!    [`status`](crate::Error::status) of 5xx. [`Error::retry_after`] is how long the server wants to
//!    be left alone; it is `None` when the server did not say.
//! 3. **If not, who can mend it?** The predicates below tell the families apart, and
//!    [`Error::hint`] says to a person what to do next, in one or two sentences.
//!
//! # The families
//!
//! | Family | Predicate | Stage | What to do |
//! |---|---|---|---|
//! | wrong input | [`is_input`](crate::Error::is_input) | mostly [`Input`](crate::Stage::Input) | Mend what was given; nothing was sent. |
//! | a local file | [`is_file`](crate::Error::is_file) | [`File`](crate::Stage::File) | Check the path, its permissions and the room on the disk. |
//! | no credential | [`is_credential_absent`](crate::Error::is_credential_absent) | [`Token`](crate::Stage::Token) | Set up one of the credentials of [`auth`]. `is_auth` holds too. |
//! | no token at the moment | [`is_credential_unavailable`](crate::Error::is_credential_unavailable) | [`Token`](crate::Stage::Token) | Try again later: whoever gives the token has none now. |
//! | token refused | [`is_auth`](crate::Error::is_auth) | [`Token`](crate::Stage::Token), [`Api`](crate::Stage::Api) | Check tenant, client id and secret; [`code`](crate::Error::code) may hold an `AADSTS…` code. |
//! | not allowed | [`is_forbidden`](crate::Error::is_forbidden) | [`Api`](crate::Stage::Api) | Give the application its Hardware roles in Partner Center. |
//! | not found | [`is_not_found`](crate::Error::is_not_found) | any that asks a server | Check the ids, and that they belong to this account. |
//! | wrong state | [`is_invalid_state`](crate::Error::is_invalid_state) | [`Api`](crate::Stage::Api) | Read the thing: an earlier call may have done it already. Comes under any status, so ask before you look at the status. |
//! | wrong fields | [`is_validation`](crate::Error::is_validation) | [`Api`](crate::Stage::Api) | Mend what [`validation_errors`](crate::Error::validation_errors) names. |
//! | too many calls | [`is_throttled`](crate::Error::is_throttled) | [`Api`](crate::Stage::Api), [`Token`](crate::Stage::Token) | Wait for [`retry_after`](crate::Error::retry_after), or a minute. A call that was held back because another one was throttled, and not sent, says so too. |
//! | network | [`is_network`](crate::Error::is_network); in particular [`is_connect`](crate::Error::is_connect), [`is_timeout`](crate::Error::is_timeout) | any that asks a server | Try again later; for `is_connect` check proxy and host name as well. |
//! | service in trouble | [`status`](crate::Error::status) is 5xx | any that asks a server | Try again later. |
//! | blob storage refuses | [`status`](crate::Error::status) is 4xx | [`Upload`](crate::Stage::Upload), [`Download`](crate::Stage::Download) | Mostly a SAS URL that has ended: read the submission again, or go on with the same run, which does so. |
//! | unreadable answer | [`is_decode`](crate::Error::is_decode) | any that asks a server | Report it: the service has changed, or a proxy answers in its place. |
//! | submission failed | [`is_workflow_failed`](crate::Error::is_workflow_failed) | [`Workflow`](crate::Stage::Workflow) | Read [`messages`](crate::Error::messages) and [`report`](crate::Error::report), mend the package, sign it as a new product. |
//!
//! What is in none of these families is rare, such as a file that arrived damaged; its sentence and
//! its hint are all there is to show.
//!
//! # Deciding
//!
//! The order matters: whether the server may have acted comes first, and the state of a thing comes
//! before the statuses.
//!
//! ```
//! use std::time::Duration;
//!
//! use hardware_dashboard::Error;
//!
//! #[derive(Debug, PartialEq)]
//! enum Next {
//!     /// Look at the server before anything is sent again.
//!     Look,
//!     /// Try again after this time.
//!     TryLater(Duration),
//!     /// The request or the package has to be mended.
//!     Mend,
//!     /// Credential, roles or ids have to be put right.
//!     SetUp,
//!     /// Show it to a person.
//!     Tell,
//! }
//!
//! fn next(error: &Error) -> Next {
//!     if error.may_have_been_applied() || error.is_invalid_state() {
//!         Next::Look
//!     } else if error.is_throttled() || error.is_network() || error.is_credential_unavailable() {
//!         Next::TryLater(error.retry_after().unwrap_or(Duration::from_secs(60)))
//!     } else if error.status().is_some_and(|status| status.is_server_error()) {
//!         Next::TryLater(error.retry_after().unwrap_or(Duration::from_secs(600)))
//!     } else if error.is_input() || error.is_validation() || error.is_workflow_failed() {
//!         Next::Mend
//!     } else if error.is_auth() || error.is_forbidden() || error.is_not_found() {
//!         Next::SetUp
//!     } else {
//!         Next::Tell
//!     }
//! }
//!
//! assert_eq!(next(&Error::credential_absent("there is no token file")), Next::SetUp);
//! ```
//!
//! # A change that may have been applied
//!
//! A product cannot be deleted, so a create is not to be sent again blindly. Look first:
//!
//! ```no_run
//! use futures_util::TryStreamExt;
//! use hardware_dashboard::{
//!     Client, Result,
//!     model::{NewProduct, Product},
//! };
//!
//! /// Makes a product whose name the account has not used before.
//! async fn create_once(client: &Client, new: &NewProduct) -> Result<Product> {
//!     let unclear = match client.products().create(new).await {
//!         Err(error) if error.may_have_been_applied() => error,
//!         clear => return clear,
//!     };
//!     let mut products = client.products().list();
//!     while let Some(product) = products.try_next().await? {
//!         if product.product_name.as_deref() == Some(&*new.product_name) {
//!             return Ok(product);
//!         }
//!     }
//!     // It may still appear: the next try should look first, too.
//!     Err(unclear)
//! }
//! ```
//!
//! A create, a commit or a submit whose future is dropped before its end, by a `select!` or a time-out,
//! leaves the same question open and no error to ask: let it end in a task of its own, or look first.
//!
//! A [`Run`] does this by itself as far as that is safe: after an error that is not for good,
//! [`until_done`] may be called again and goes on where it stopped. [`revise_label`] and [`cancel_label`] do
//! it for changes to a shipping label, which tells itself what has become of them.
//!
//! # Telling a person
//!
//! `Display` is one sentence without its causes, which [`source`](std::error::Error::source) gives.
//! Microsoft's support asks for the two ids. Nothing in an error is secret: all of it may be logged.
//!
//! ```
//! use std::error::Error as _;
//!
//! use hardware_dashboard::Error;
//!
//! fn tell(error: &Error) -> String {
//!     let mut told = format!("{}: {error}\n", error.stage());
//!     let mut cause = error.source();
//!     while let Some(source) = cause {
//!         told += &format!("  because: {source}\n");
//!         cause = source.source();
//!     }
//!     for fault in error.validation_errors() {
//!         let (field, text) = (fault.target.as_deref(), fault.message.as_deref());
//!         told += &format!("  {}: {}\n", field.unwrap_or("a field"), text.unwrap_or("is wrong"));
//!     }
//!     for message in error.messages() {
//!         told += &format!("  the service: {message}\n");
//!     }
//!     if let Some(report) = error.report() {
//!         told += &format!("{report}\n");
//!     }
//!     if let (Some(run), Some(call)) = (error.correlation_id(), error.request_id()) {
//!         told += &format!("  MS-CorrelationId {run}, MS-RequestId {call}\n");
//!     }
//!     told + "hint: " + &error.hint()
//! }
//!
//! let told = tell(&Error::credential_refused("the vault does not know this machine"));
//! assert!(told.starts_with("token: the vault does not know this machine\nhint: "));
//! ```
//!
//! [`auth`]: crate::auth
//! [`Error`]: crate::Error
//! [`Error::hint`]: crate::Error::hint
//! [`Error::is_network`]: crate::Error::is_network
//! [`Error::is_throttled`]: crate::Error::is_throttled
//! [`Error::is_credential_unavailable`]: crate::Error::is_credential_unavailable
//! [`Error::may_have_been_applied`]: crate::Error::may_have_been_applied
//! [`Error::retry_after`]: crate::Error::retry_after
//! [`RetryPolicy`]: crate::RetryPolicy
//! [`Run`]: crate::workflow::Run
//! [`cancel_label`]: crate::workflow::cancel_label
//! [`revise_label`]: crate::workflow::revise_label
//! [`until_done`]: crate::workflow::Run::until_done
