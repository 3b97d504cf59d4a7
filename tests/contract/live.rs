//! The live service, when environment variables name an account.

use std::{
    env,
    io::{self, Write as _},
    time::Duration,
};

use hardware_dashboard::{Client, auth::ClientSecret, model::PublisherId};

use super::subject::{Partner, Subject};

/// How many items of a list are looked at: accounts hold more than 10,000 products.
const ITEMS: usize = 25;

/// The live service, to read from only.
pub(super) fn subject() -> Option<Subject> {
    named().map_err(|missing| skip("reading from", &missing)).ok()
}

/// The live service, to write to as well.
pub(super) fn subject_to_write_to() -> Option<Subject> {
    writable().map_err(|missing| skip("writing to", &missing)).ok()
}

/// Says that there is no second account to share with.
pub(super) fn skip_sharing() {
    let missing = partner().err().unwrap_or_default();
    skip("sharing with a partner on", &missing);
}

/// Says why nothing is tested, also where the output of tests that pass is hidden.
fn skip(what: &str, missing: &str) {
    let line =
        format!("skipped {what} the live service: {missing} is not set (tests/contract/README.md)");
    writeln!(io::stderr(), "{line}").expect("there is a place for output");
}

/// The variable, or else its name. A build machine that has no secret for it sets it to nothing.
fn variable(name: &str) -> Result<String, String> {
    env::var(name).ok().filter(|value| !value.is_empty()).ok_or_else(|| name.to_owned())
}

fn named() -> Result<Subject, String> {
    Ok(Subject {
        client: client("HWDASH_LIVE_")?,
        partner: partner().ok(),
        emulator: None,
        package: env::var("HWDASH_LIVE_PACKAGE").unwrap_or_default().into(),
        signature: env::var("HWDASH_LIVE_SIGNATURE").unwrap_or_default().as_str().into(),
        items: ITEMS,
        pause: Duration::from_secs(30),
        _folder: None,
    })
}

fn writable() -> Result<Subject, String> {
    for name in ["HWDASH_LIVE_WRITE", "HWDASH_LIVE_PACKAGE", "HWDASH_LIVE_SIGNATURE"] {
        variable(name)?;
    }
    named()
}

fn partner() -> Result<Partner, String> {
    Ok(Partner {
        client: client("HWDASH_LIVE_PARTNER_")?,
        publisher: publisher("HWDASH_LIVE_PARTNER_PUBLISHER_ID")?,
        source: publisher("HWDASH_LIVE_PUBLISHER_ID")?,
    })
}

fn client(prefix: &str) -> Result<Client, String> {
    let of = |name| variable(&format!("{prefix}{name}"));
    let credential = ClientSecret::new(of("TENANT_ID")?, of("CLIENT_ID")?, of("CLIENT_SECRET")?);
    Ok(Client::builder().credential(credential).build().expect("the settings are valid"))
}

fn publisher(name: &str) -> Result<PublisherId, String> {
    Ok(variable(name)?.parse().unwrap_or_else(|error| panic!("{name}: {error}")))
}
