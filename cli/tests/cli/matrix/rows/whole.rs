//! One-shot commands.

use crate::matrix::{row::Row, stage::Stage};

pub(in crate::matrix) fn rows() -> Vec<Row> {
    vec![
        Row::asking(
            "sign",
            Stage::Nothing,
            "echo.cab --name Echo --signature win11-24h2-x64 --out signed.zip --poll 10ms",
            "listProducts",
        )
        .bad("echo.cab --name Echo --out signed.zip")
        .file("missing.cab --name Echo --signature win11-24h2-x64 --out signed.zip")
        .refused(
            Stage::Nothing,
            "echo.cab --name Echo --signature WINDOWS_v100_X64_ZZ_FULL --out signed.zip",
        )
        .failed(
            Stage::Nothing,
            "faulty.cab --name Echo --signature win11-24h2-x64 --out signed.zip --poll 10ms",
        ),
        Row::asking(
            "update",
            Stage::SignedHlk,
            "{product} echo.hlkx --name More --out more.zip --poll 10ms",
            "listSubmissions",
        )
        .bad("echo.hlkx --name More --out more.zip")
        .file("{product} missing.hlkx --name More --out more.zip")
        .refused(Stage::Signed, "{product} echo.cab --name More --out more.zip")
        .failed(Stage::SignedHlk, "{product} faulty.hlkx --name More --out more.zip --poll 10ms"),
        Row::asking(
            "publish",
            Stage::Signed,
            "{product} {submission} --all --name Retail --until end --poll 10ms",
            "getSubmission",
        )
        .bad("1463 1152 --all --os win11-* --name Retail")
        .file("{product} {submission} --from missing.json --all")
        .refused_by_order("createShippingLabel")
        .failed(Stage::CommittedFaulty, "{product} {submission} --all --name Retail --poll 10ms"),
        Row::asking(
            "share",
            Stage::Signed,
            "{product} {submission} --partner {partner} --name Shared --poll 10ms",
            "getSubmission",
        )
        .bad("1463 1152 --name Shared")
        .file("{product} {submission} --partner {partner} --from missing.json")
        .refused(Stage::Signed, "{product} {submission} --partner 7 --name Shared")
        .failed(
            Stage::CommittedFaulty,
            "{product} {submission} --partner {partner} --name Shared --poll 10ms",
        ),
    ]
}
