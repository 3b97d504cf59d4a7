//! What stands in a journal.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::super::{known::Known, order::Order};
use crate::error::{Error, Result};

/// What tells a journal from any other JSON file.
const KIND: &str = "hardware-dashboard run";

/// The version that is written. Every version up to it is read: the second one notes the id of a
/// request before it is sent, and what the package is.
const VERSION: u64 = 2;

/// A run: what was ordered, and what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::workflow) struct Record {
    kind: String,
    version: u64,
    /// The `MS-CorrelationId` of all its calls.
    pub(in crate::workflow) correlation_id: Uuid,
    pub(in crate::workflow) begun: DateTime<Utc>,
    pub(in crate::workflow) order: Order,
    pub(in crate::workflow) known: Known,
}

impl Record {
    pub(in crate::workflow) fn new(correlation_id: Uuid, order: Order, known: Known) -> Self {
        let kind = KIND.to_owned();
        Self { kind, version: VERSION, correlation_id, begun: Utc::now(), order, known }
    }

    /// The text of the file, whose paths are good in any folder.
    pub(super) fn to_json(&self, path: &Path) -> Result<Vec<u8>> {
        let failed = |error| Error::file(format!("{} cannot be written", path.display()), error);
        let order = self.order.clone().with_absolute_paths().map_err(failed)?;
        let record = Self { order, ..self.clone() };
        serde_json::to_vec_pretty(&record).map_err(|error| {
            Error::file(format!("{} cannot be written", path.display()), error.into())
                .with_hint("Are all paths of the order Unicode? A journal holds no others.")
        })
    }

    /// Reads the text of a file. What stands in it is not repeated in the error.
    pub(super) fn read(path: &Path, text: &[u8]) -> Result<Self> {
        let name = path.display();
        let refuse = |why: &str, hint: &str| {
            Err(Error::input(format!("{name} {why}; it was left as it is")).with_hint(hint))
        };
        let Ok(json) = serde_json::from_slice::<Value>(text) else {
            return refuse(
                "is not a whole journal",
                "Name the journal of the run; if it is damaged, go on by the ids of its submission.",
            );
        };
        if json["kind"] != KIND {
            return refuse("is no journal of a run", "Name the file that the run was begun with.");
        }
        match json["version"].as_u64() {
            Some(1..=VERSION) => {}
            Some(newer) if newer > VERSION => {
                return refuse(
                    &format!("is a journal of version {newer}, and this program knows {VERSION}"),
                    "Go on with the newer program that began the run.",
                );
            }
            _ => return refuse("is a journal without a version", "Name another file."),
        }
        match serde_path_to_error::deserialize(json) {
            Ok(record) => Ok(Self { version: VERSION, ..record }),
            Err(error) => refuse(
                &format!("is a damaged journal: unexpected value at {}", error.path()),
                "Go on by the ids of its submission.",
            ),
        }
    }
}
