//! The system's keyring: Keychain, Credential Manager, or the Secret Service of a Linux desktop.

use crate::failure::Failure;

#[cfg(feature = "keyring")]
pub(super) fn read(service: &str, user: &str) -> Result<String, Failure> {
    let entry = keyring::v1::Entry::new(service, user);
    entry.and_then(|entry| entry.get_password()).map_err(|error| match error {
        keyring::v1::Error::NoEntry => Failure::credentials(
            format!("the keyring has no entry of the service {service} and the user {user}"),
            "Put the secret there with the system's own program, such as secret-tool on Linux \
             (its attributes are service and username), security on macOS, cmdkey on Windows.",
        ),
        // Its own words may hold what was found.
        _ => Failure::credentials(
            "the keyring could not be asked",
            "Is there one, and is it unlocked? On a machine without a desktop take a file or a \
             command.",
        ),
    })
}

#[cfg(not(feature = "keyring"))]
pub(super) fn read(_: &str, _: &str) -> Result<String, Failure> {
    Err(Failure::input(
        "the profile names the keyring, but this hwdash was built without it",
        "Build it with --features keyring, or take a file or a command.",
    ))
}
