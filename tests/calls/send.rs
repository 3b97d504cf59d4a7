//! A package that is submitted for preproduction signing.

use std::fs;

use super::client;
use crate::support::{Scripted, predicates, reply};

fn package() -> tempfile::TempPath {
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    fs::write(file.path(), "a package").expect("there is room");
    file.into_temp_path()
}

#[tokio::test]
async fn an_answer_without_an_id_does_not_hide_that_the_package_was_taken() {
    let json = "content-type: application/json\r\n";
    let server = Scripted::start(move |_, _| reply("202 Accepted", json, br#"{"id":null}"#)).await;
    let client = client(&server).build().expect("a client");
    let error = client.preprod().submit(&package()).await.expect_err("nobody can ask for it");
    assert!(error.is_decode() && error.may_have_been_applied(), "{error:?}");
    assert!(error.request_id().is_some(), "{error:?}");
    assert_eq!(server.requests("PUT").len(), 1);
}

#[tokio::test]
async fn a_file_that_is_gone_when_it_is_sent_again_is_no_bad_input() {
    let package = package();
    let path = package.to_path_buf();
    let server = Scripted::start(move |_, _| {
        let _ = fs::remove_file(&path);
        reply("429 Too Many Requests", "", b"")
    });
    let server = server.await;
    let client = client(&server).build().expect("a client");
    let error = client.preprod().submit(&package).await.expect_err("the file is gone");
    assert_eq!(predicates(&error), ["is_file"], "{error:?}");
    assert!(error.to_string().ends_with("cannot be read"), "{error}");
    assert_eq!(server.requests("PUT").len(), 1);
}
