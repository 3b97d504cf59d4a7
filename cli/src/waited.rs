//! Waiting by ids alone, and how it ends.

use hardware_dashboard::workflow::Waited;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    App, Ending, UnderWay,
    failure::{Exit, Failure},
    output::{summarise, table::Fields},
};

/// Something that is waited for.
#[derive(Debug)]
pub(crate) struct Wait {
    /// What it is called where it goes on, with its ids.
    pub(crate) what: String,
    /// The command that goes on waiting.
    pub(crate) next: String,
    /// Its ids, under the names of the JSON output.
    pub(crate) ids: Map<String, Value>,
}

impl Wait {
    /// Waits, and shows what was seen last; `told` says what it has come to.
    pub(crate) async fn finish<T: Serialize>(
        self,
        app: &App,
        waiting: impl Future<Output = hardware_dashboard::Result<Waited<T>>>,
        fields: impl Fn(&T) -> Fields,
        told: impl FnOnce(&T) -> String,
    ) -> Ending {
        app.set_under_way(Some(UnderWay::Watch { next: self.next.clone() }));
        let ended = waiting.await;
        app.set_under_way(None);
        match ended {
            Ok(Waited::Done(seen)) => {
                app.console.result(&seen, || fields(&seen))?;
                summarise(&told(&seen));
                Ok(Exit::Done)
            }
            Ok(Waited::StillRunning(seen)) => {
                Failure::unless_unread(app.console.result(&seen, || fields(&seen)))?;
                let hint = format!("Go on with: {}", self.next);
                Err(self.named(Failure::still_running(&self.what, hint)))
            }
            Err(error) => Err(self.named(error.into())),
        }
    }

    fn named(&self, mut failure: Failure) -> Failure {
        failure.facts.extend(self.ids.clone());
        failure
    }
}
