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

/// What variables say: those of the process, or those of a rehearsal.
pub(super) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The live service, to read from only.
pub(super) fn subject() -> Option<Subject> {
    named(&environment).map_err(|missing| skip("reading from", &missing)).ok()
}

/// The live service, to write to as well.
pub(super) fn subject_to_write_to() -> Option<Subject> {
    writable(&environment).map_err(|missing| skip("writing to", &missing)).ok()
}

/// Says that there is no second account to share with.
pub(super) fn skip_sharing() {
    let missing = partner(&environment).err().unwrap_or_default();
    skip("sharing with a partner on", &missing);
}

/// Says why nothing is tested, also where the output of tests that pass is hidden.
fn skip(what: &str, missing: &str) {
    let line =
        format!("skipped {what} the live service: {missing} is not set (tests/contract/README.md)");
    writeln!(io::stderr(), "{line}").expect("there is a place for output");
}

fn environment(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// The variable, or else its name. A build machine that has no secret for it sets it to nothing.
fn variable(variables: Variables<'_>, name: &str) -> Result<String, String> {
    variables(name).filter(|value| !value.is_empty()).ok_or_else(|| name.to_owned())
}

fn named(variables: Variables<'_>) -> Result<Subject, String> {
    Ok(Subject {
        client: client(variables, "HWDASH_LIVE_")?,
        partner: partner(variables).ok(),
        emulator: None,
        package: variables("HWDASH_LIVE_PACKAGE").unwrap_or_default().into(),
        signature: variables("HWDASH_LIVE_SIGNATURE").unwrap_or_default().as_str().into(),
        items: ITEMS,
        pause: Duration::from_secs(30),
        _folder: None,
    })
}

/// The same by these variables, or the name of the first that is missing.
pub(super) fn writable(variables: Variables<'_>) -> Result<Subject, String> {
    for name in ["HWDASH_LIVE_WRITE", "HWDASH_LIVE_PACKAGE", "HWDASH_LIVE_SIGNATURE"] {
        variable(variables, name)?;
    }
    named(variables)
}

fn partner(variables: Variables<'_>) -> Result<Partner, String> {
    Ok(Partner {
        client: client(variables, "HWDASH_LIVE_PARTNER_")?,
        publisher: publisher(variables, "HWDASH_LIVE_PARTNER_PUBLISHER_ID")?,
        source: publisher(variables, "HWDASH_LIVE_PUBLISHER_ID")?,
    })
}

fn client(variables: Variables<'_>, account: &str) -> Result<Client, String> {
    let of = |name| variable(variables, &format!("{account}{name}"));
    let credential = ClientSecret::new(of("TENANT_ID")?, of("CLIENT_ID")?, of("CLIENT_SECRET")?);
    let mut client = Client::builder().credential(credential);
    if let Ok(url) = variable(variables, "HWDASH_LIVE_API_URL") {
        client = client.api_base_url(url);
    }
    if let Ok(url) = variable(variables, "HWDASH_LIVE_AUTHORITY_URL") {
        client = client.authority_url(url);
    }
    Ok(client.build().expect("the settings are valid"))
}

fn publisher(variables: Variables<'_>, name: &str) -> Result<PublisherId, String> {
    let id = variable(variables, name)?;
    Ok(id.parse().unwrap_or_else(|error| panic!("{name}: {error}")))
}
