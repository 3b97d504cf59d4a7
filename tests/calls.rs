//! Single calls at the edges of the one road: held back, stalled, misnamed, of a file that is gone.

mod raw;
mod send;
mod stalled;
mod throttled;

use hardware_dashboard::{Client, ClientBuilder};

use crate::support::{Given, Scripted, impatient};

/// A client of a scripted server.
fn client(server: &Scripted) -> ClientBuilder {
    Client::builder().api_base_url(server.origin()).credential(Given("a token")).retry(impatient())
}
