//! What a recorded request asks for, as the arguments of a call.

use std::{fmt::Debug, io::Write as _, str::FromStr};

use bytes::Bytes;
use hardware_dashboard::model::{
    PreprodAssetId, PreprodPackageId, ProductId, ShippingLabelId, SubmissionId,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::NamedTempFile;
use url::form_urlencoded;

use crate::replay::Request;

/// A recorded request, taken apart.
pub(super) struct Recorded {
    segments: Vec<String>,
    query: Option<String>,
    body: Option<Value>,
    bytes: Bytes,
}

impl Recorded {
    pub(super) fn read(request: &Request) -> Self {
        let (path, query) = match request.path.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (request.path.as_str(), None),
        };
        Self {
            segments: path.split('/').map(str::to_owned).collect(),
            query,
            body: request.body.clone(),
            bytes: request.base64.as_ref().map(|bytes| bytes.0.clone()).unwrap_or_default(),
        }
    }

    /// The id that stands in the path behind this segment.
    pub(super) fn id<T: FromStr<Err: Debug>>(&self, collection: &str) -> T {
        let mut segments = self.segments.iter().skip_while(|segment| *segment != collection);
        let id = segments.nth(1).unwrap_or_else(|| panic!("the path has no id of {collection}"));
        id.parse().unwrap_or_else(|error| panic!("{id}: {error:?}"))
    }

    pub(super) fn product(&self) -> ProductId {
        self.id("products")
    }

    pub(super) fn submission(&self) -> SubmissionId {
        self.id("submissions")
    }

    pub(super) fn label(&self) -> ShippingLabelId {
        self.id("shippingLabels")
    }

    pub(super) fn package(&self) -> PreprodPackageId {
        self.id("packages")
    }

    pub(super) fn asset(&self) -> PreprodAssetId {
        self.id("assets")
    }

    pub(super) fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    pub(super) fn targeting(&self) -> Option<bool> {
        let query = self.query.as_deref().unwrap_or_default();
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let (_, wanted) = pairs.find(|(name, _)| name == "includeTargetingInfo")?;
        Some(wanted.parse().expect("includeTargetingInfo is true or false"))
    }

    /// The body as the object that a program would send.
    pub(super) fn body<T: DeserializeOwned>(&self) -> T {
        let body = self.body.clone().expect("the recorded request has a JSON body");
        serde_json::from_value(body).expect("the recorded request fits the spec")
    }

    /// The bytes of the body, in a file as a program would have them.
    pub(super) fn file(&self) -> NamedTempFile {
        let mut file = NamedTempFile::new().expect("a temporary file can be made");
        file.write_all(&self.bytes).expect("there is room on the disk");
        file
    }
}
