//! `hwdash label`, and who labels are for.

use crate::matrix::{row::Row, stage::Stage};

pub(in crate::matrix) fn rows() -> Vec<Row> {
    vec![
        Row::asking("label list", Stage::Label, "{product} {submission}", "listShippingLabels")
            .bad("1463"),
        Row::asking(
            "label get",
            Stage::Published,
            "{product} {submission} {label}",
            "getShippingLabel",
        )
        .bad("1463 1152"),
        Row::asking(
            "label create",
            Stage::Signed,
            "{product} {submission} --name Retail --all",
            "createShippingLabel",
        )
        .bad("1463 1152 --name Retail --go-live tomorrow --all")
        .file("{product} {submission} --from missing.toml --all")
        .refused(Stage::Signed, "{product} {submission} --name Shared --partner 7"),
        Row::asking(
            "label update",
            Stage::Published,
            "{product} {submission} {label} --remove --os *arm64*",
            "updateShippingLabel",
        )
        .bad("1463 1152 2204 --add --remove --all")
        .file("{product} {submission} {label} --from missing.json")
        .refused(Stage::Label, "{product} {submission} {label} --remove --os *arm64*"),
        Row::asking(
            "label cancel",
            Stage::Approval,
            "{product} {submission} {label}",
            "cancelShippingLabel",
        )
        .bad("1463 1152")
        .refused(Stage::Published, "{product} {submission} {label}"),
        Row::asking(
            "label wait",
            Stage::Label,
            "{product} {submission} {label} --poll 10ms",
            "getShippingLabel",
        )
        .bad("1463 1152 2204 --until forever")
        .failed(Stage::FaultyLabel, "{product} {submission} {label} --poll 10ms"),
        Row::asking("audience list", Stage::Nothing, "", "listAudiences").bad("testers"),
        Row::asking(
            "partner lookup",
            Stage::Shared,
            "{owner} {product} {submission}",
            "getPartnerSubmission",
        )
        .bad("27258209 1463")
        .of_partner(),
    ]
}
