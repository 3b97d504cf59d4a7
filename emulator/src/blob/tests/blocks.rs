//! Put Block, Put Block List, Get Block List.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;

use super::{Answer, Slot};
use crate::blob::{
    error::Code,
    state::{Blob, StagedBlock},
};

async fn list(slot: &Slot, kind: &str) -> Answer {
    let query = match kind {
        "" => "comp=blocklist".to_owned(),
        kind => format!("comp=blocklist&blocklisttype={kind}"),
    };
    slot.send(Method::GET, &query, &[], "").await
}

/// What lies between the declaration and the end of a block list.
fn blocks(answer: &Answer) -> &str {
    assert_eq!(answer.status, 200, "{answer:?}");
    let start = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>";
    answer.text().strip_prefix(start).unwrap().strip_suffix("</BlockList>").unwrap()
}

async fn stage(slot: &Slot, blocks: &[(&str, &'static str)]) {
    for (id, content) in blocks {
        assert_eq!(slot.put_block(id, content).await.status, 201);
    }
}

#[tokio::test]
async fn blocks_become_a_blob_in_the_order_of_the_list() {
    let slot = Slot::new();
    stage(&slot, &[("AAAA", "one"), ("BBBB", "two"), ("CCCC", "left out")]).await;
    slot.get(&[]).await.refuses(404, "BlobNotFound");
    let list_xml = "<Latest>BBBB</Latest><Uncommitted>AAAA</Uncommitted><Latest>BBBB</Latest>";
    let committed = slot.commit(list_xml).await;
    assert_eq!(committed.status, 201);
    let got = slot.get(&[]).await;
    assert_eq!(got.text(), "twoonetwo");
    assert_eq!(got.header("etag"), committed.header("etag"));
    assert_eq!(
        blocks(&list(&slot, "all").await),
        "<CommittedBlocks><Block><Name>BBBB</Name><Size>3</Size></Block>\
         <Block><Name>AAAA</Name><Size>3</Size></Block>\
         <Block><Name>BBBB</Name><Size>3</Size></Block></CommittedBlocks>\
         <UncommittedBlocks></UncommittedBlocks>"
    );
}

#[tokio::test]
async fn a_list_may_keep_what_was_committed_before() {
    let slot = Slot::new();
    stage(&slot, &[("AAAA", "one"), ("BBBB", "two")]).await;
    assert_eq!(slot.commit("<Latest>AAAA</Latest><Latest>BBBB</Latest>").await.status, 201);
    stage(&slot, &[("BBBB", "TWO"), ("CCCC", "three")]).await;
    assert_eq!(slot.get(&[]).await.text(), "onetwo");
    let list_xml = "<Committed>BBBB</Committed><Latest>BBBB</Latest><Latest>AAAA</Latest>";
    assert_eq!(slot.commit(list_xml).await.status, 201);
    assert_eq!(slot.get(&[]).await.text(), "twoTWOone");
}

#[tokio::test]
async fn a_block_without_content_is_refused() {
    let slot = Slot::new();
    let refused = slot.send(Method::PUT, "comp=block&blockid=AAAA", &[], "").await;
    refused.refuses(400, "InvalidHeaderValue");
    list(&slot, "all").await.refuses(404, "BlobNotFound");
}

#[tokio::test]
async fn the_lists_tell_what_has_arrived() {
    let slot = Slot::new();
    list(&slot, "all").await.refuses(404, "BlobNotFound");
    stage(&slot, &[("BBBB", "second"), ("AAAA", "x"), ("AAAA", "first")]).await;
    let uncommitted = list(&slot, "uncommitted").await;
    assert_eq!(
        blocks(&uncommitted),
        "<UncommittedBlocks><Block><Name>AAAA</Name><Size>5</Size></Block>\
         <Block><Name>BBBB</Name><Size>6</Size></Block></UncommittedBlocks>"
    );
    assert_eq!(uncommitted.header("x-ms-blob-content-length"), "0");
    assert!(!uncommitted.headers.contains_key("etag"));
    assert_eq!(blocks(&list(&slot, "").await), "<CommittedBlocks></CommittedBlocks>");

    slot.commit("<Latest>AAAA</Latest>").await;
    let committed = list(&slot, "committed").await;
    let expected =
        "<CommittedBlocks><Block><Name>AAAA</Name><Size>5</Size></Block></CommittedBlocks>";
    assert_eq!(blocks(&committed), expected);
    assert_eq!(committed.header("x-ms-blob-content-length"), "5");
    assert_eq!(committed.header("etag"), slot.get(&[]).await.header("etag"));
    list(&slot, "some").await.refuses(400, "InvalidQueryParameterValue");
}

#[tokio::test]
async fn block_ids_must_be_base64_of_one_length() {
    let slot = Slot::new();
    let sixty_four = "A".repeat(86) + "==";
    let sixty_five = "A".repeat(87) + "=";
    for id in ["", "no*base64", "AAA", &sixty_five] {
        slot.put_block(id, "x").await.refuses(400, "InvalidQueryParameterValue");
    }
    let answer = slot.send(Method::PUT, "comp=block", &[], "x").await;
    answer.refuses(400, "MissingRequiredQueryParameter");
    list(&slot, "all").await.refuses(404, "BlobNotFound");

    assert_eq!(slot.put_block(&sixty_four, "x").await.status, 201);
    slot.put_block("AAAA", "x").await.refuses(400, "InvalidBlobOrBlock");
    // A commit or a Put Blob discards the blocks, and with them the length.
    assert_eq!(slot.put_blob("whole", &[]).await.status, 201);
    assert_eq!(slot.put_block("AAAA", "x").await.status, 201);
}

#[tokio::test]
async fn a_list_with_an_unknown_block_changes_nothing() {
    let slot = Slot::new();
    slot.commit("<Latest>AAAA</Latest>").await.refuses(400, "InvalidBlockList");
    list(&slot, "all").await.refuses(404, "BlobNotFound");
    stage(&slot, &[("AAAA", "one")]).await;
    for unknown in ["<Latest>BBBB</Latest>", "<Committed>AAAA</Committed>"] {
        let list_xml = format!("<Latest>AAAA</Latest>{unknown}");
        slot.commit(&list_xml).await.refuses(400, "InvalidBlockList");
    }
    assert!(blocks(&list(&slot, "uncommitted").await).contains("AAAA"));
    assert_eq!(slot.commit("<Uncommitted>AAAA</Uncommitted>").await.status, 201);
}

#[tokio::test]
async fn lists_that_are_no_block_list_are_refused() {
    let slot = Slot::new();
    stage(&slot, &[("AAAA", "one")]).await;
    for body in
        ["", "AAAA", "<BlockList><Latest>AAAA", "<List></List>", "<BlockList><Any/></BlockList>"]
    {
        let answer = slot.send(Method::PUT, "comp=blocklist", &[], body).await;
        answer.refuses(400, "InvalidXmlDocument");
    }
    let too_long = "<Latest>AAAA</Latest>".repeat(50_001);
    slot.commit(&too_long).await.refuses(400, "BlockListTooLong");
    assert_eq!(slot.commit(&"<Latest>AAAA</Latest>".repeat(3)).await.status, 201);
}

#[tokio::test]
async fn an_empty_list_makes_an_empty_blob() {
    let slot = Slot::new();
    let answer = slot.send(Method::PUT, "comp=blocklist", &[], "<BlockList />").await;
    assert_eq!(answer.status, 201);
    assert_eq!(slot.get(&[]).await.text(), "");
}

#[tokio::test]
async fn conditions_hold_for_commits_and_not_for_blocks() {
    let slot = Slot::holding("first").await;
    let query = super::block_query("AAAA");
    let answer = slot.send(Method::PUT, &query, &[("if-match", "*")], "x").await;
    answer.refuses(400, "ConditionHeadersNotSupported");
    stage(&slot, &[("AAAA", "second")]).await;
    let body = "<BlockList><Latest>AAAA</Latest></BlockList>";
    let commit = |condition| slot.send(Method::PUT, "comp=blocklist", condition, body);
    commit(&[("if-none-match", "*")]).await.refuses(409, "BlobAlreadyExists");
    commit(&[("if-match", "\"0x8DEAD\"")]).await.refuses(412, "ConditionNotMet");
    assert_eq!(slot.get(&[]).await.text(), "first");
    let etag = slot.get(&[]).await.header("etag").to_owned();
    assert_eq!(commit(&[("if-match", &etag)]).await.status, 201);
    assert_eq!(slot.get(&[]).await.text(), "second");
}

#[test]
fn a_hundred_thousand_blocks_may_wait() {
    let file = std::sync::Arc::new(tempfile::NamedTempFile::new().unwrap().into_temp_path());
    let mut blob = Blob::default();
    let mut stage = |number: u32| {
        let block = StagedBlock { file: file.clone(), length: 0 };
        blob.stage(STANDARD.encode(number.to_be_bytes()), block)
    };
    for number in 0..100_000 {
        stage(number).unwrap();
    }
    assert_eq!(stage(100_000).unwrap_err().code(), Code::BlockCountExceedsLimit);
    stage(7).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn blocks_may_come_at_the_same_time() {
    const CONTENTS: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7"];
    let slot = std::sync::Arc::new(Slot::new());
    let tasks = CONTENTS.iter().enumerate().map(|(index, content)| {
        let slot = std::sync::Arc::clone(&slot);
        tokio::spawn(async move { slot.put_block(&format!("AAA{index}"), content).await.status })
    });
    for task in tasks.collect::<Vec<_>>() {
        assert_eq!(task.await.unwrap(), 201);
    }
    let list_xml: String =
        (0..8).rev().map(|index| format!("<Latest>AAA{index}</Latest>")).collect();
    assert_eq!(slot.commit(&list_xml).await.status, 201);
    assert_eq!(slot.get(&[]).await.text(), "76543210");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_commits_at_once_a_reader_sees_one_whole() {
    let slot = std::sync::Arc::new(Slot::new());
    stage(&slot, &[("AAAA", "aaa"), ("BBBB", "bbb")]).await;
    let commits = ["AAAA", "BBBB"].map(|id| {
        let slot = std::sync::Arc::clone(&slot);
        let list_xml = format!("<Latest>{id}</Latest><Latest>{id}</Latest>");
        tokio::spawn(async move { slot.commit(&list_xml).await })
    });
    let mut done = Vec::new();
    for commit in commits {
        done.push(commit.await.unwrap());
    }
    // The first commit discards the other's block.
    let won: Vec<_> = done.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(won.len(), 1, "{done:?}");
    let got = slot.get(&[]).await;
    assert_eq!(got.header("etag"), won[0].header("etag"));
    assert!(["aaaaaa", "bbbbbb"].contains(&got.text()));
}
