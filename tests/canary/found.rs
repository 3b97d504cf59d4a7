//! The search itself: what is planted is found, whichever way it is printed.

use std::io;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hardware_dashboard::Error;

use super::{SECRET, SIGNATURE, TOKEN, printed, search::Search};

const KEY: [u8; 40] = *b"\xF1\xD0\x11\x92\xA3\xB4\xC5\xD6\xE7\xF8 a key of bytes that nobody ..";
const ASSERTION: &str = "a.b.c1gn4tur3-0f-th3-4ss3rt10n";

/// Whether a search finds something in what is printed.
fn finds(seen: impl Into<String>) -> bool {
    let mut search = Search::start();
    search.watch_bytes(&KEY);
    search.find(&[ASSERTION.to_owned()], vec![String::new(), seen.into()]).is_some()
}

#[test]
fn what_is_planted_in_a_text_is_found() {
    for secret in [SECRET, TOKEN, SIGNATURE] {
        assert!(finds(format!("at /c/b?sig={secret}")));
        assert!(finds(secret.to_uppercase()));
        for before in ["", "1", "12"] {
            assert!(finds(STANDARD.encode(format!("{before}{secret}"))), "{before}");
        }
    }
    assert!(finds(format!("Keys({KEY:?})")) && finds(format!("{:02X?}", &KEY).replace(", ", "")));
    assert!(finds("signature C1gn4tur3-0f-th3-4ss3rt10n"));
    assert!(!finds(format!("nothing {:?} {}", &KEY[1..], STANDARD.encode("kitten"))));
}

#[test]
fn what_is_planted_in_an_error_is_found() {
    let cause = || io::Error::other(SECRET);
    let wrapped = Error::credential_refused("behind").caused_by(cause());
    for error in [
        Error::credential_refused(format!("refused: {TOKEN}")),
        Error::credential_absent("absent").caused_by(cause()),
        Error::credential_absent("absent").caused_by(wrapped),
    ] {
        assert!(finds(printed::error(&error)));
    }
    assert!(!finds(printed::error(&Error::credential_refused("refused"))));
}

#[test]
fn what_is_planted_in_a_log_is_found() {
    let plants: [fn(); 3] = [
        || tracing::trace!("{SECRET}"),
        || tracing::trace!(token = TOKEN, "a field"),
        || log::trace!("{SIGNATURE}"),
    ];
    for plant in plants {
        let mut search = Search::start();
        assert!(search.find(&[], vec![]).is_none());
        plant();
        assert!(search.find(&[], vec![]).is_some());
    }
}

#[tokio::test]
async fn what_is_planted_in_a_log_of_blocking_work_is_found() {
    let plants: [fn(); 2] = [|| tracing::trace!("{SECRET}"), || log::trace!("{SIGNATURE}")];
    for plant in plants {
        let mut search = Search::start();
        tokio::task::spawn_blocking(plant).await.expect("it is logged");
        assert!(search.find(&[], vec![]).is_some());
        assert!(search.find(&[], vec![]).is_none(), "it was told");
    }
}
