//! Every command in every form of output, and in every trouble that it can meet: a document each.
//!
//! A command has a row in `rows`. What a row has to try follows from what the command takes and from
//! what it is seen to do, so that a new command fails here until there is a row of it, and an old one
//! that learns to wait or to write until that is tried, too.

mod attempt;
mod coverage;
mod document;
mod family;
mod play;
mod row;
mod rows;
mod stage;

use self::play::show;

#[tokio::test(flavor = "multi_thread")]
async fn whole_ways() {
    show(rows::whole::rows()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn following() {
    show(rows::follow::rows()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn products() {
    show(rows::product::rows()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn submissions() {
    show(rows::submission::rows()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn labels() {
    show(rows::label::rows()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn preproduction() {
    show(rows::preprod::rows()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tools() {
    show(rows::tools::rows()).await;
}
