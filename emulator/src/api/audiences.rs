//! Operation 17: audiences, which every account has from the start.

use serde_json::{Value, json};

use super::{Call, Handled, page::page};

/// Id, name and description of each audience.
const AUDIENCES: [[&str; 3]; 2] = [
    [
        "9f4f44d8-bfec-48c6-a02c-2d9ea220f6e2",
        "Test ring",
        "Machines that get drivers before everybody else.",
    ],
    ["4be12a5c-7c1f-4a55-8d0e-1c5b2f9e7a30", "Pilot customers", "Machines of pilot customers."],
];

pub(super) fn list(call: &Call) -> Handled {
    let numbered = (1_u64..).zip(AUDIENCES);
    page(
        call,
        "audiences",
        |after| numbered.filter(move |(number, _)| *number > after),
        |(number, _)| *number,
        |(_, [id, name, description])| audience_json(id, name, description),
    )
}

fn audience_json(id: &str, name: &str, description: &str) -> Value {
    json!({ "id": id, "name": name, "description": description, "audienceName": name })
}
