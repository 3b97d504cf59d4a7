//! Tools.

use crate::matrix::{row::Row, stage::Stage};

pub(in crate::matrix) fn rows() -> Vec<Row> {
    vec![
        Row::asking("doctor", Stage::Nothing, "", "listProducts").bad("--fix"),
        Row::local("emulator", Stage::Nothing, "--stepped")
            .bad("--speed 0")
            .file("--record echo.cab/recordings")
            .ends_by_interruption(),
        Row::local("schema", Stage::Nothing, "product-update").bad("planet"),
        Row::local("completions", Stage::Nothing, "bash").bad("cmd"),
        Row::local("man", Stage::Nothing, "").bad("pages").file("--dir echo.cab/pages"),
    ]
}
