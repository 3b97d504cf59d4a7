//! Changes to a shipping label that survive lost answers: the label itself tells what became of them.

mod attempts;
mod cancel;
mod revise;

use tokio::time::sleep;

use self::attempts::Attempts;
use super::polling::Polling;
use crate::{
    error::{Error, Result},
    model::{ShippingLabel, ShippingLabelUpdate},
    report::Event,
    shipping_label::ShippingLabelHandler,
};

/// What became of a change to a shipping label.
///
/// See the example of [`revise_label`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LabelChange {
    /// The service has taken it.
    Made,
    /// The label was so already; nothing was sent.
    AlreadySo,
}

/// Changes the targets of a shipping label, whatever becomes of an answer.
///
/// The label is looked at first, and only what it does not show yet is sent. When an answer is lost the
/// label is looked at again, for as long as [`Polling::settle`] says, before anything is sent once more.
/// It needs no journal: after a crash the same call does what is left.
///
/// ```no_run
/// use hardware_dashboard::{
///     Result, ShippingLabelHandler,
///     model::ShippingLabelUpdate,
///     workflow::{LabelChange, Polling, revise_label},
/// };
///
/// # async fn example(label: ShippingLabelHandler, update: ShippingLabelUpdate) -> Result<()> {
/// match revise_label(&label, &update, &Polling::default()).await? {
///     LabelChange::AlreadySo => println!("the label shows all of it already"),
///     _ => println!("the label was changed, and its workflow runs again"),
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Fails when the update is refused, as it is while the label's workflow runs; when the label reads as
/// failed; and when answers are lost again and again. As [`ShippingLabelHandler::update`] otherwise.
pub async fn revise_label(
    label: &ShippingLabelHandler,
    update: &ShippingLabelUpdate,
    polling: &Polling,
) -> Result<LabelChange> {
    update.check()?;
    carry_out(revise::Revision(update), label, polling).await
}

/// Takes a shipping label back, whatever becomes of an answer.
///
/// It is over when the service has taken the cancellation, which then shows within a day or so, or when
/// the label reads as failed, as cancelled ones do. When an answer is lost the label is looked at for as
/// long as [`Polling::settle`] says before the cancellation is sent again: a label that is on its way to
/// be cancelled is not changed by it. It needs no journal: after a crash the same call does what is left.
///
/// ```no_run
/// use hardware_dashboard::{
///     Result, ShippingLabelHandler,
///     workflow::{LabelChange, Polling, cancel_label},
/// };
///
/// # async fn example(label: ShippingLabelHandler) -> Result<()> {
/// if cancel_label(&label, &Polling::default()).await? == LabelChange::AlreadySo {
///     println!("it was cancelled before, or had failed");
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Fails when the cancellation is refused, as it is outside of Microsoft's approval and a gradual
/// rollout, and when answers are lost again and again. As [`ShippingLabelHandler::cancel`] otherwise.
pub async fn cancel_label(label: &ShippingLabelHandler, polling: &Polling) -> Result<LabelChange> {
    carry_out(cancel::Cancellation, label, polling).await
}

/// A change that the label itself tells of.
trait Change {
    const OPERATION: &'static str;

    /// Whether a label that was just read shows it.
    fn is_shown(&self, seen: &ShippingLabel) -> Result<bool>;

    async fn send(&self, label: &ShippingLabelHandler, seen: &ShippingLabel) -> Result<()>;

    /// What to do about a refusal by a label that looks so.
    fn advice(&self, seen: &ShippingLabel) -> String;
}

async fn carry_out<C: Change>(
    change: C,
    label: &ShippingLabelHandler,
    polling: &Polling,
) -> Result<LabelChange> {
    let mut attempts = Attempts::new(polling);
    let mut refusal: Option<Error> = None;
    loop {
        let is_settled = attempts.is_settled();
        let seen = match label.get().await {
            Ok(seen) => seen,
            Err(error) => {
                pause(&mut attempts, label, "getShippingLabel", error).await?;
                continue;
            }
        };
        attempts.answered();
        if change.is_shown(&seen)? {
            return Ok(attempts.outcome());
        }
        if !is_settled {
            let pause = attempts.pause();
            label.client().reporter().event(&Event::Waiting(pause));
            sleep(pause).await;
            continue;
        }
        if let Some(error) = refusal {
            return Err(attempts.sign(error).with_hint(change.advice(&seen)));
        }
        match change.send(label, &seen).await {
            Ok(()) => return Ok(LabelChange::Made),
            Err(error) if error.may_have_been_applied() => {
                label
                    .client()
                    .reporter()
                    .event(&Event::Unclear { operation: C::OPERATION, reason: &error });
                attempts.lost(error)?;
            }
            // A call before it, of this process or of another one, may be why: the label tells.
            Err(error) if error.is_invalid_state() || error.is_validation() => {
                refusal = Some(error);
            }
            Err(error) => pause(&mut attempts, label, C::OPERATION, error).await?,
        }
    }
}

/// Waits for a failure to pass by itself.
async fn pause(
    attempts: &mut Attempts<'_>,
    label: &ShippingLabelHandler,
    operation: &'static str,
    error: Error,
) -> Result<()> {
    let error = attempts.outlast(attempts.sign(error))?;
    let pause = attempts.pause();
    label.client().reporter().event(&Event::Retrying { operation, reason: &error, pause });
    sleep(pause).await;
    Ok(())
}
