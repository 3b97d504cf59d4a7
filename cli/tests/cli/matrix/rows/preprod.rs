//! `hwdash preprod`

use crate::matrix::{row::Row, stage::Stage};

pub(in crate::matrix) fn rows() -> Vec<Row> {
    vec![
        Row::asking(
            "preprod sign",
            Stage::Nothing,
            "echo.cab --out test.zip --poll 10ms",
            "submitPreprodPackage",
        )
        .bad("echo.cab")
        .file("missing.cab --out test.zip")
        .refused_by_order("submitPreprodPackage")
        .failed(Stage::Nothing, "faulty.cab --out test.zip --poll 10ms"),
        Row::asking("preprod submit", Stage::Nothing, "echo.cab", "submitPreprodPackage")
            .bad("")
            .file("missing.cab")
            .refused_by_order("submitPreprodPackage"),
        Row::asking("preprod get", Stage::SignedPackage, "{package}", "getPreprodPackage").bad(""),
        Row::asking("preprod assets", Stage::SignedPackage, "{package}", "listPreprodAssets")
            .bad(""),
        Row::asking(
            "preprod download",
            Stage::SignedPackage,
            "{package} --out test.zip --overwrite",
            "listPreprodAssets",
        )
        .bad("0e4c7a1b")
        .file("{package} --out missing/test.zip"),
        Row::asking("preprod wait", Stage::Package, "{package} --poll 10ms", "getPreprodPackage")
            .bad("")
            .failed(Stage::FaultyPackage, "{package} --poll 10ms"),
    ]
}
