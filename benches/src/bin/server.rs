//! The fixed server as a process of its own, so that its work is not counted with the client's.

use std::{
    io::{self, Write as _},
    thread,
};

fn main() -> io::Result<()> {
    let origin = hardware_dashboard_benches::server::start()?;
    writeln!(io::stdout(), "{origin}")?;
    loop {
        thread::park();
    }
}
