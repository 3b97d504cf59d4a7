//! An end for processes that tests start.

use std::{
    io::{self, Write as _},
    process, thread,
    time::Duration,
};

/// How long such a process may live, on however slow a machine.
const LIMIT: Duration = Duration::from_secs(600);

/// Ends this process when it has lived for too long, so that the test that waits for it fails.
pub(crate) fn end_when_hung() {
    thread::spawn(|| {
        thread::sleep(LIMIT);
        let _ = writeln!(io::stderr(), "this process has hung: it is ended after {LIMIT:?}");
        process::exit(1);
    });
}
