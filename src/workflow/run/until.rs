//! How long a run goes on.

use tokio::time::Instant;

use super::{Progress, Run};
use crate::{error::Result, report::Event, workflow::Outcome};

impl Run {
    /// Does everything that is left, for as long as the polling allows.
    ///
    /// # Errors
    ///
    /// Fails when a step fails for good; [`Error::is_workflow_failed`] when the service has given
    /// the submission up. After an error that is not for good it may be called again: it goes on
    /// where it stopped, and nothing that may have been made is made twice.
    ///
    /// [`Error::is_workflow_failed`]: crate::Error::is_workflow_failed
    pub async fn until_done(&mut self) -> Result<Outcome> {
        self.until(false).await
    }

    /// Does everything that is left until the service works by itself, which it can do for days: until
    /// the commit is confirmed, the shipping label made, or the preproduction package submitted. What
    /// is left then is done by [`until_done`](Self::until_done), or when the run is resumed.
    ///
    /// # Errors
    ///
    /// As [`until_done`](Self::until_done).
    pub async fn until_handed_over(&mut self) -> Result<Outcome> {
        self.until(true).await
    }

    async fn until(&mut self, handed_over: bool) -> Result<Outcome> {
        let started = Instant::now();
        loop {
            match self.poll().await? {
                Progress::Moved => {}
                Progress::Done(file) => return Ok(Outcome::Done(file)),
                Progress::Shipped { label, file } => return Ok(Outcome::Shipped { label, file }),
                Progress::PackageWanted { shell } => return Ok(Outcome::PackageWanted { shell }),
                Progress::Wait(_) if handed_over && self.handed_over => {
                    return Ok(Outcome::HandedOver);
                }
                Progress::Wait(pause) => {
                    if started.elapsed() + pause > self.polling.max_wait {
                        return Ok(Outcome::StillRunning);
                    }
                    self.tell(Event::Waiting(pause));
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }
}
