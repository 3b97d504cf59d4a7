//! `hwdash product`

use crate::matrix::{row::Row, stage::Stage};

pub(in crate::matrix) fn rows() -> Vec<Row> {
    vec![
        Row::asking("product list", Stage::Product, "--limit 1", "listProducts").bad("--limit 0"),
        Row::asking("product get", Stage::Product, "{product}", "getProduct").bad("echo"),
        Row::asking(
            "product create",
            Stage::Nothing,
            "--name Echo --harness attestation --signature win11-24h2-x64",
            "createProduct",
        )
        .bad("--name Echo")
        .file("--from missing.json")
        .refused(
            Stage::Nothing,
            "--name Echo --harness attestation --signature WINDOWS_v100_X64_ZZ_FULL",
        ),
        Row::asking("product update", Stage::Open, "{product} --name Other", "updateProduct")
            .bad("1463")
            .file("{product} --from missing.toml")
            .refused_by_order("updateProduct"),
    ]
}
