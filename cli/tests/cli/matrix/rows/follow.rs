//! What goes on with runs, and follows them.

use crate::matrix::{row::Row, stage::Stage};

pub(in crate::matrix) fn rows() -> Vec<Row> {
    vec![
        Row::asking("resume", Stage::Run, "{journal} --poll 10ms", "getSubmission")
            .bad("kept.run.json --max-wait soon")
            .file("missing.run.json")
            .refused(Stage::RefusedRun, "{journal} --poll 10ms")
            .failed(Stage::FaultyRun, "{journal} --poll 10ms"),
        Row::local("runs", Stage::Run, "").bad("--limit 3").file("missing"),
        Row::asking(
            "wait",
            Stage::Committed,
            "{product} {submission} --out signed.zip --poll 10ms",
            "getSubmission",
        )
        .bad("1463 1152 --overwrite")
        .file("{product} {submission} --out missing/signed.zip --poll 10ms")
        .failed(Stage::CommittedFaulty, "{product} {submission} --poll 10ms"),
        Row::asking("log", Stage::Signed, "{product} {submission}", "getSubmission").bad("1463"),
    ]
}
