//! How waiting by ids alone has ended.

use hardware_dashboard::workflow::Waited;
use serde::Serialize;

use crate::{App, failure::Failure, output::table::Fields};

/// Shows what was seen last; gives it back, and whether there is nothing more to wait for.
pub(crate) fn show<T: Serialize>(
    app: &App,
    ended: Waited<T>,
    fields: impl FnOnce(&T) -> Fields,
) -> Result<(T, bool), Failure> {
    let (seen, is_done) = match ended {
        Waited::Done(seen) => (seen, true),
        Waited::StillRunning(seen) => (seen, false),
    };
    app.console.result(&seen, || fields(&seen))?;
    Ok((seen, is_done))
}
