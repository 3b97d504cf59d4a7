//! `hwdash submission`

use crate::matrix::{row::Row, stage::Stage};

pub(in crate::matrix) fn rows() -> Vec<Row> {
    vec![
        Row::asking("submission list", Stage::Signed, "{product}", "listSubmissions").bad(""),
        Row::asking("submission get", Stage::Signed, "{product} {submission}", "getSubmission")
            .bad("1463"),
        Row::asking(
            "submission create",
            Stage::Product,
            "{product} --name Echo",
            "createSubmission",
        )
        .bad("1463")
        .file("{product} --from missing.json")
        .refused(Stage::Open, "{product} --name Another"),
        Row::asking(
            "submission rename",
            Stage::Open,
            "{product} {submission} Other",
            "updateSubmission",
        )
        .bad("1463 1152")
        .refused_by_order("updateSubmission"),
        Row::asking(
            "submission upload",
            Stage::Open,
            "{product} {submission} echo.cab",
            "getSubmission",
        )
        .bad("1463 1152")
        .file("{product} {submission} missing.cab"),
        Row::asking(
            "submission commit",
            Stage::Uploaded,
            "{product} {submission}",
            "commitSubmission",
        )
        .bad("1463")
        .refused(Stage::Open, "{product} {submission}"),
        Row::asking(
            "submission download",
            Stage::Signed,
            "{product} {submission} --out signed.zip --overwrite",
            "getSubmission",
        )
        .bad("1463 1152 --kind everything --out signed.zip")
        .file("{product} {submission} --out missing/signed.zip"),
        Row::asking(
            "submission metadata",
            Stage::Signed,
            "{product} {submission} --os win11-*",
            "getSubmission",
        )
        .bad("1463 1152 --request --os win11-*"),
    ]
}
