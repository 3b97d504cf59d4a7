//! The rows, by what the commands are about.

pub(super) mod follow;
pub(super) mod label;
pub(super) mod preprod;
pub(super) mod product;
pub(super) mod submission;
pub(super) mod tools;
pub(super) mod whole;

use super::row::Row;

pub(super) fn all() -> Vec<Row> {
    [
        whole::rows(),
        follow::rows(),
        product::rows(),
        submission::rows(),
        label::rows(),
        preprod::rows(),
        tools::rows(),
    ]
    .concat()
}
