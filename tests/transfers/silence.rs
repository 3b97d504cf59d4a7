//! The guard of these tests: what is said by anybody fails the test that it is said in.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hardware_dashboard::{Error, Event, Reporter as _};

use super::{SIGNATURE, TOKEN, sas};
use crate::support::{Overheard as _, Scripted, Silent, Told, reply};

/// A server that was asked once, with a signature and a token.
async fn asked() -> Silent<Scripted> {
    let server = Silent::around(Scripted::start(|_, _| reply("200 OK", "", b"")).await);
    let request = reqwest::Client::new().get(sas(server.origin(), "r")).bearer_auth(TOKEN);
    assert_eq!(request.send().await.expect("it answers").status(), 200);
    server
}

fn refused() -> Error {
    Error::credential_refused("refused").caused_by(std::io::Error::other(SIGNATURE))
}

#[tokio::test]
async fn whatever_is_said_is_found() {
    let plants: [fn(); 7] = [
        || tracing::trace!("{SIGNATURE}"),
        || tracing::trace!(url = sas("", "r"), "a field"),
        || tracing::trace!("sig=unknown%2B"),
        || log::trace!("{TOKEN}"),
        || drop(Err::<(), _>(refused()).overheard()),
        || Told::default().event(&Event::Message(SIGNATURE.to_owned())),
        || {
            let (reason, pause) = (&refused(), std::time::Duration::ZERO);
            Told::default().event(&Event::Retrying { operation: "upload", reason, pause });
        },
    ];
    for plant in plants {
        let mut server = asked().await;
        assert_eq!(server.fault(), None);
        plant();
        assert!(server.fault().is_some_and(|fault| fault.contains("was said")));
        tokio::task::spawn_blocking(plant).await.expect("it is logged");
        let ended = catch_unwind(AssertUnwindSafe(|| drop(server)));
        assert!(ended.is_err(), "it fails the test");
    }
}

#[tokio::test]
async fn who_has_heard_nothing_cannot_say_that_nothing_was_said() {
    let mut server = Silent::around(Scripted::start(|_, _| Vec::new()).await);
    assert!(server.fault().is_some_and(|fault| fault.contains("nothing was logged")));
    let answer = reqwest::get(server.origin()).await;
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(server.fault().as_deref(), Some("no secret was in play"));
    let request = reqwest::Client::new().get(sas(server.origin(), "r"));
    assert!(request.send().await.is_err());
    assert_eq!(server.fault(), None);
}
