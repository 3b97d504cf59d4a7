//! Ids, as every command takes them.

use clap::Args;
use hardware_dashboard::model::{PreprodPackageId, ProductId, ShippingLabelId, SubmissionId};

/// Which product.
#[derive(Clone, Debug, Args)]
pub(crate) struct ProductArg {
    /// The id of the product
    #[arg(value_name = "PRODUCT")]
    pub(crate) product: ProductId,
}

/// Which submission.
#[derive(Clone, Debug, Args)]
pub(crate) struct SubmissionIds {
    /// The id of the product
    #[arg(value_name = "PRODUCT")]
    pub(crate) product: ProductId,

    /// The id of the submission
    #[arg(value_name = "SUBMISSION")]
    pub(crate) submission: SubmissionId,
}

/// Which shipping label.
#[derive(Clone, Debug, Args)]
pub(crate) struct LabelIds {
    #[command(flatten)]
    pub(crate) submission: SubmissionIds,

    /// The id of the shipping label
    #[arg(value_name = "LABEL")]
    pub(crate) label: ShippingLabelId,
}

/// Which preproduction package.
#[derive(Clone, Debug, Args)]
pub(crate) struct PackageArg {
    /// The id of the package
    #[arg(value_name = "PACKAGE")]
    pub(crate) package: PreprodPackageId,
}
