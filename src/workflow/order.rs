//! An order as data: what a run makes, from what, and where the results go.

use std::{
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{plan::Wanted, shipment::Shipment};
use crate::model::{NewProduct, NewSubmission};

/// What a run does. The parts that are not there are not done; ids that are given stand in what the
/// run knows from the beginning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Order {
    /// The package goes to preproduction signing.
    pub(super) preprod: bool,
    pub(super) product: Option<NewProduct>,
    pub(super) submission: Option<NewSubmission>,
    /// Where the shell of an update goes; the package is made from it meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) shell: Option<Target>,
    pub(super) package: Option<PathBuf>,
    pub(super) target: Option<Target>,
    pub(super) shipment: Option<Shipment>,
}

/// Where the signed file goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Target {
    pub(super) path: PathBuf,
    pub(super) overwrite: bool,
}

impl Target {
    pub(super) fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), overwrite: false }
    }
}

impl Order {
    /// What decides the next step.
    pub(super) fn wanted(&self) -> Wanted {
        Wanted {
            preprod: self.preprod,
            shell: self.shell.is_some(),
            upload: self.package.is_some(),
            file: self.target.is_some(),
            label: self.shipment.as_ref().map(Shipment::wanted),
        }
    }

    /// The same whose paths are good in any folder.
    pub(super) fn with_absolute_paths(mut self) -> io::Result<Self> {
        self.package = self.package.as_deref().map(std::path::absolute).transpose()?;
        for target in [&mut self.target, &mut self.shell].into_iter().flatten() {
            target.path = std::path::absolute(&target.path)?;
        }
        Ok(self)
    }

    /// The name of what `operation` makes.
    pub(super) fn name_of(&self, operation: &str) -> &str {
        let product = self.product.as_ref().map(|product| product.product_name.as_str());
        let submission = self.submission.as_ref().map(|submission| submission.name.as_str());
        let label = self.shipment.as_ref().map(|shipment| shipment.label.name.as_str());
        let name = match operation {
            "createProduct" => product,
            "createSubmission" => submission,
            "createShippingLabel" => label,
            _ => None,
        };
        name.unwrap_or_default()
    }

    pub(super) fn package(&self) -> &Path {
        self.package.as_deref().unwrap_or(Path::new(""))
    }
}
