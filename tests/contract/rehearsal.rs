//! The way of the live tests, gone on an emulator: the variables lead to it, and what they ask for works.

use std::collections::BTreeMap;

use super::{live, subject::Subject};

/// The live service by its variables, which name the emulator of this subject.
pub(super) fn subject(emulated: Subject) -> Subject {
    let variables = variables(&emulated);
    for name in variables.keys().filter(|name| is_needed(name)) {
        let others = |asked: &str| variables.get(asked).filter(|_| asked != name).cloned();
        assert_eq!(live::writable(&others).err().as_deref(), Some(name.as_str()));
    }
    let mut subject = live::writable(&|name| variables.get(name).cloned()).expect("all is set");
    assert!(subject.partner.is_some(), "the second account is named, too");
    // The time that the service takes passes by the emulator's clock, and its package stays.
    (subject.emulator, subject._folder) = (emulated.emulator, emulated._folder);
    subject
}

fn variables(emulated: &Subject) -> BTreeMap<String, String> {
    let emulator = emulated.emulator.as_ref().expect("this is the emulator");
    let (account, partner) = (emulator.account(), emulator.partner());
    let mut variables = BTreeMap::from([
        ("API_URL", emulator.api_base_url().to_owned()),
        ("AUTHORITY_URL", emulator.authority_url().to_owned()),
        ("PACKAGE", emulated.package.to_str().expect("its path is text").to_owned()),
        ("PARTNER_PUBLISHER_ID", partner.publisher_id().to_string()),
        ("PUBLISHER_ID", account.publisher_id().to_string()),
        ("SIGNATURE", emulated.signature.to_string()),
        ("WRITE", "yes".to_owned()),
    ])
    .into_iter()
    .map(|(name, value)| (format!("HWDASH_LIVE_{name}"), value))
    .collect::<BTreeMap<_, _>>();
    for (prefix, account) in [("", account), ("PARTNER_", partner)] {
        for (name, value) in [
            ("TENANT_ID", account.tenant_id()),
            ("CLIENT_ID", account.client_id()),
            ("CLIENT_SECRET", account.client_secret()),
        ] {
            variables.insert(format!("HWDASH_LIVE_{prefix}{name}"), value.to_string());
        }
    }
    variables
}

/// Whether nothing is written without it.
fn is_needed(name: &str) -> bool {
    !["URL", "PUBLISHER_ID"].iter().any(|end| name.ends_with(end)) && !name.contains("PARTNER")
}
