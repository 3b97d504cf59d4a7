//! The operations of the API and how often each may be sent.

use crate::retry::Idempotency::{self, Once, Read, Repeatable};

/// An operation, named by its `operationId` in the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    /// The same as the generated client writes it, but in capitals.
    pub(crate) name: &'static str,
    pub(crate) idempotency: Idempotency,
}

macro_rules! operations {
    ($($name:ident = $id:literal, $idempotency:ident;)+) => {
        impl Operation {
            $(
                #[cfg_attr(not(feature = "unstable-raw"), allow(dead_code))]
                pub(crate) const $name: Self =
                    Self { id: $id, name: stringify!($name), idempotency: $idempotency };
            )+

            #[cfg(feature = "unstable-raw")]
            const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

#[cfg(feature = "unstable-raw")]
impl Operation {
    /// The operation with this `operationId`.
    pub(crate) fn find(id: &str) -> crate::error::Result<Self> {
        let found = Self::ALL.iter().find(|operation| operation.id == id);
        found
            .copied()
            .ok_or_else(|| crate::error::Error::input(format!("the spec has no operation `{id}`")))
    }
}

operations! {
    LIST_PRODUCTS = "listProducts", Read;
    CREATE_PRODUCT = "createProduct", Once;
    GET_PRODUCT = "getProduct", Read;
    UPDATE_PRODUCT = "updateProduct", Repeatable;
    LIST_SUBMISSIONS = "listSubmissions", Read;
    CREATE_SUBMISSION = "createSubmission", Once;
    GET_SUBMISSION = "getSubmission", Read;
    UPDATE_SUBMISSION = "updateSubmission", Repeatable;
    COMMIT_SUBMISSION = "commitSubmission", Once;
    CREATE_PUBLISHER_METADATA = "createPublisherMetadata", Once;
    GET_PARTNER_SUBMISSION = "getPartnerSubmission", Read;
    LIST_SHIPPING_LABELS = "listShippingLabels", Read;
    CREATE_SHIPPING_LABEL = "createShippingLabel", Once;
    GET_SHIPPING_LABEL = "getShippingLabel", Read;
    UPDATE_SHIPPING_LABEL = "updateShippingLabel", Repeatable;
    CANCEL_SHIPPING_LABEL = "cancelShippingLabel", Once;
    LIST_AUDIENCES = "listAudiences", Read;
    SUBMIT_PREPROD_PACKAGE = "submitPreprodPackage", Once;
    GET_PREPROD_PACKAGE = "getPreprodPackage", Read;
    LIST_PREPROD_ASSETS = "listPreprodAssets", Read;
    GET_PREPROD_ASSET = "getPreprodAsset", Read;
    DOWNLOAD_PREPROD_ASSET = "downloadPreprodAsset", Read;
}
