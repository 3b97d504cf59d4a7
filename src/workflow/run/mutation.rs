//! A call that must not be done twice: noted before it is sent, noted after its answer, and looked
//! for when the answer was lost.

use std::fmt::Display;

use super::{Progress, Run, listed::Listed};
use crate::{
    client::Client,
    error::{Error, Kind, Result, Stage},
    report::Event,
    retry::Reach,
    workflow::{
        journal::Record,
        known::{Answer, Known, Mutation, Sending},
        reconcile::{Found, judge},
    },
};

/// After so many lost answers in a row the fault is not a passing one.
pub(in crate::workflow) const MAX_LOST: u8 = 3;

/// Something that is made once, and can be found in a list.
pub(super) trait Creation: Sized {
    type Id: Copy + PartialEq + Display;
    const OPERATION: &'static str;

    fn slot(known: &mut Known) -> &mut Mutation<Self::Id>;

    /// Makes the request, from reads alone.
    async fn prepare(run: &Run) -> Result<Self>;

    /// What there is that may be of this kind and name: where the service leaves a field out, it
    /// may.
    async fn list(run: &Run) -> Result<Listed<Self::Id>>;

    /// The same before it is made; `None` where the service cannot list all of it.
    async fn list_before(run: &Run) -> Result<Option<Vec<Self::Id>>> {
        Ok(Self::list(run).await?.if_whole())
    }

    /// Those that the run may have made itself.
    async fn possible(run: &Run, listed: Vec<Self::Id>) -> Result<Vec<Self::Id>>;

    /// Makes the call, by the client that is for it alone.
    async fn send(self, run: &mut Run, client: Client) -> Result<Self::Id>;

    fn created(id: Self::Id) -> Event<'static>;

    /// Notes that it was found in a list, and not told by an answer.
    fn adopted(_: &mut Record) {}
}

impl Run {
    pub(super) async fn create<C: Creation>(&mut self) -> Result<Progress> {
        let request = C::prepare(self).await?;
        let there = C::list_before(self).await?;
        let intent = |known: &mut Known, sending| C::slot(known).intend(sending, there);
        let client = self.intend(C::OPERATION, intent)?;
        self.forget_view();
        let made = request.send(self, client).await;
        if let Some(id) = self.answered(C::OPERATION, C::slot, made)? {
            self.tell(C::created(id));
        }
        Ok(Progress::Moved)
    }

    /// Looks for what a call whose answer was lost has made.
    pub(super) async fn find<C: Creation>(&mut self) -> Result<Progress> {
        let settled = self.is_settled();
        let listed = C::list(self).await?;
        let Mutation::Intended(intent) = C::slot(&mut self.record.known).clone() else {
            return Ok(Progress::Moved);
        };
        let is_new = |id: &C::Id| intent.there.as_ref().is_none_or(|there| !there.contains(id));
        let new: Vec<_> = listed.ids.into_iter().filter(is_new).collect();
        if !listed.is_whole {
            return Err(self.unlisted(C::OPERATION, &new));
        }
        let possible = C::possible(self, new).await?;
        let found = judge(&intent, &possible, settled);
        if listed.has_untold && found == Found::Nothing {
            return Err(
                self.ambiguous(C::OPERATION, "what may have come of it is listed without an id")
            );
        }
        C::slot(&mut self.record.known).found(&found);
        match found {
            Found::NotYet => return Ok(self.wait()),
            Found::Several(ids) => {
                let which = format!("each of these may have come of it: {}", named(&ids));
                return Err(self.ambiguous(C::OPERATION, &which));
            }
            Found::One(id) => {
                self.lost = 0;
                C::adopted(&mut self.record);
                self.note(C::OPERATION, false)?;
                self.tell(Event::Adopted { operation: C::OPERATION, id: id.to_string() });
            }
            // The intent of the next try will be noted soon enough.
            Found::Nothing => {}
        }
        Ok(Progress::Moved)
    }

    /// Notes what is about to be sent, and gives the client that sends it under the noted id.
    pub(super) fn intend(
        &mut self,
        operation: &'static str,
        change: impl FnOnce(&mut Known, Sending),
    ) -> Result<Client> {
        let sending = Sending::now();
        self.note_before(operation, |known| change(known, sending))?;
        self.open_since = None;
        Ok(self.client.for_a_call(sending.request_id))
    }

    /// Notes what is to be known before something is sent. Nothing is sent that could not be noted.
    pub(super) fn note_before(
        &mut self,
        operation: &'static str,
        change: impl FnOnce(&mut Known),
    ) -> Result<()> {
        let before = self.record.known.clone();
        change(&mut self.record.known);
        let noted = self.note(operation, true);
        if noted.is_err() {
            self.record.known = before;
        }
        noted
    }

    pub(super) fn note(&mut self, operation: &'static str, intent: bool) -> Result<()> {
        self.journal.write(&self.record)?;
        if self.journal.path().is_some() {
            self.tell(Event::Noted { operation, intent });
        }
        Ok(())
    }

    /// Notes how a call ended; `None` when that has to be looked for.
    pub(super) fn answered<T: Clone>(
        &mut self,
        operation: &'static str,
        slot: impl FnOnce(&mut Known) -> &mut Mutation<T>,
        result: Result<T>,
    ) -> Result<Option<T>> {
        let slot = slot(&mut self.record.known);
        match result {
            Ok(made) => {
                slot.answered(Answer::Done(made.clone()));
                self.lost = 0;
                self.note(operation, false)?;
                Ok(Some(made))
            }
            Err(error) if is_unclear(operation, &error) => {
                slot.answered(Answer::Lost(error.request_id()));
                self.note(operation, false)?;
                self.lost += 1;
                if self.lost >= MAX_LOST {
                    self.lost = 0;
                    return Err(error);
                }
                self.tell(Event::Unclear { operation, reason: &error });
                Ok(None)
            }
            Err(error) => {
                slot.answered(Answer::Refused);
                self.note(operation, false)?;
                Err(error)
            }
        }
    }

    /// What has come of a call only a person can tell.
    fn ambiguous(&self, operation: &str, which: &str) -> Error {
        let name = self.record.order.name_of(operation);
        self.unanswered(operation, which).with_hint(format!(
            "Look on the dashboard which of those named {name:?} is of this run, and attach to its \
             submission; nothing is made again."
        ))
    }

    /// What has come of a call may be beyond the end of the list, or be what was `seen` before it.
    fn unlisted(&self, operation: &str, seen: &[impl Display]) -> Error {
        let name = self.record.order.name_of(operation);
        let mut which = "the list in which it would stand may end too early".to_owned();
        if !seen.is_empty() {
            which += &format!("; of what is in it, these may have come of it: {}", named(seen));
        }
        self.unanswered(operation, &which).with_hint(format!(
            "Look on the dashboard for {name:?}: if it is there, go on with it by its ids; if it is \
             not, begin a new run. This one makes nothing again."
        ))
    }

    fn unanswered(&self, operation: &str, which: &str) -> Error {
        let message = format!("{operation} was sent, no answer came, and {which}");
        Error::new(Stage::Workflow, Kind::Ambiguous, message)
            .with_reach(Reach::Unknown)
            .with_correlation_id(self.client.correlation_id())
    }
}

fn named(ids: &[impl Display]) -> String {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    ids.join(", ")
}

/// Whether a failed call may have been done. A commit or a submission that is refused for the state
/// of things may have been done by an earlier call.
fn is_unclear(operation: &str, error: &Error) -> bool {
    let made_before = matches!(operation, "commitSubmission" | "createSubmission");
    error.may_have_been_applied() || (made_before && error.is_invalid_state())
}
