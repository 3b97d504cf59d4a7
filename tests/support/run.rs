//! Runs that have the sample driver signed.

use std::{path::Path, time::Duration};

use hardware_dashboard::{
    Client,
    model::NewProduct,
    workflow::{Polling, Run, Sign},
};

use super::{OS_CODE, write_echo_cabinet};

/// The name of the signed file.
pub(crate) const SIGNED: &str = "signed.zip";

/// The order to have the package of this folder signed, into the same folder.
fn sign(folder: &Path) -> Sign {
    let product = NewProduct::attestation("Echo", vec![OS_CODE.into()]);
    Sign::new(product, write_echo_cabinet(folder), folder.join(SIGNED))
}

/// A run of this order that looks often.
pub(crate) fn begin(client: Client, folder: &Path) -> Run {
    let run = Run::sign(client, sign(folder)).expect("the order is good");
    run.polling(often())
}

/// Looks that nobody waits long for. They go on for as long as a slow machine may need.
pub(crate) fn often() -> Polling {
    let (short, settle) = (Duration::from_millis(2), Duration::from_millis(100));
    Polling::default().first(short).max(short).settle(settle).max_wait(Duration::from_secs(3600))
}
