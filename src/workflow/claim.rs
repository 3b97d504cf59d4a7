//! What a run has to itself: of two that share it, one could take the other's results for its own.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::order::Order;
use crate::model::{ProductId, SubmissionId};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// Makes a product of this name.
    Product(String),
    /// Makes a submission of this name in a product that is there.
    Submission(ProductId, String),
    /// Makes a shipping label of this name for a submission that is there.
    Label(SubmissionId, String),
    /// Writes this file.
    File(PathBuf),
}

impl Claim {
    /// What an order claims, as far as it is known where it will be made.
    pub(super) fn of(
        order: &Order,
        product: Option<ProductId>,
        submission: Option<SubmissionId>,
        journal: Option<&Path>,
    ) -> Vec<Self> {
        let mut claims = Vec::new();
        match (&order.product, &order.submission, product) {
            (Some(new), ..) => claims.push(Self::Product(new.product_name.clone())),
            (None, Some(new), Some(product)) => {
                claims.push(Self::Submission(product, new.name.clone()));
            }
            _ => {}
        }
        if let (Some(shipment), Some(submission)) = (&order.shipment, submission) {
            claims.push(Self::Label(submission, shipment.label.name.clone()));
        }
        let targets = [&order.target, &order.shell].into_iter().flatten();
        let files = targets.map(|target| target.path.as_path()).chain(journal);
        claims.extend(files.map(whole).map(Self::File));
        claims
    }

    /// What to do about two runs that claim the same.
    pub(super) fn advice(&self) -> &'static str {
        match self {
            Self::Product(_) => "Give each product a name of its own.",
            Self::Submission(..) => "Give each submission of a product a name of its own.",
            Self::Label(..) => "Give each shipping label of a submission a name of its own.",
            Self::File(_) => "Give each run files of its own.",
        }
    }
}

/// What two runs do, for an error that says so.
impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Product(name) => write!(f, "make a product {name:?}"),
            Self::Submission(product, name) => {
                write!(f, "make a submission {name:?} of the product {product}")
            }
            Self::Label(submission, name) => {
                write!(f, "make a shipping label {name:?} of the submission {submission}")
            }
            Self::File(path) => write!(f, "write to {}", path.display()),
        }
    }
}

/// The path of a file that need not be there, the same by whatever way its folder is named.
pub(super) fn whole(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

/// Whether two paths are one file, by another name of it too.
pub(super) fn is_one_file(one: &Path, other: &Path) -> bool {
    let is_one = |(one, other): (PathBuf, PathBuf)| one == other;
    whole(one) == whole(other)
        || one.canonicalize().ok().zip(other.canonicalize().ok()).is_some_and(is_one)
}
