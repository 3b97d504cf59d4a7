//! Results of operations to which the service gives no document back.

use hardware_dashboard::{
    blob::{Downloaded, Uploaded},
    model::{ProductId, ShippingLabelId, SubmissionId},
};
use serde::Serialize;

use crate::{
    App,
    failure::Failure,
    output::{data, summarise, table::Fields},
};

/// What was done, and to what. The names are those of the API.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    /// The `operationId` of what was done.
    pub(crate) operation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) product_id: Option<ProductId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) submission_id: Option<SubmissionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipping_label_id: Option<ShippingLabelId>,
}

impl Receipt {
    pub(crate) fn product(operation: &'static str, product: ProductId) -> Self {
        Self { operation, product_id: Some(product), ..Self::default() }
    }

    pub(crate) fn submission(
        operation: &'static str,
        product: ProductId,
        submission: SubmissionId,
    ) -> Self {
        Self { submission_id: Some(submission), ..Self::product(operation, product) }
    }
}

/// A file that is complete on disk.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) md5: String,
}

impl From<&Downloaded> for File {
    fn from(file: &Downloaded) -> Self {
        let md5 = hex(&file.md5);
        Self { path: file.path.display().to_string(), bytes: file.bytes, md5 }
    }
}

/// A package that has arrived at blob storage.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sent {
    pub(crate) bytes: u64,
    /// Less than `bytes` when some of it had arrived before.
    pub(crate) sent: u64,
    /// The CRC-64/NVME.
    pub(crate) crc64: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) md5: Option<String>,
}

impl From<&Uploaded> for Sent {
    fn from(file: &Uploaded) -> Self {
        let md5 = file.md5.map(|md5| hex(&md5));
        Self { bytes: file.bytes, sent: file.sent, crc64: format!("{:016x}", file.crc64), md5 }
    }
}

/// Shows a file that was downloaded; a person sees its path.
pub(crate) fn show(app: &App, file: &Downloaded) -> Result<(), Failure> {
    summarise(&sentence(file));
    if app.console.is_for_people() {
        return data(&file.path.display().to_string());
    }
    app.console.result(&File::from(file), Fields::default)
}

/// What is said of a file that was downloaded.
pub(crate) fn sentence(file: &Downloaded) -> String {
    format!("{} is complete on disk: {} bytes", file.path.display(), file.bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
