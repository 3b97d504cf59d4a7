//! The objects of the service.
//!
//! The structs are generated from the OpenAPI spec. The service leaves fields out and sends null for
//! any of them, so nearly every field is optional; fields that this version does not know are kept in
//! `extra`. New fields can come with a new minor version: make requests with their constructors, or
//! with `..Default::default()` where a type has one.
//!
//! One example stands for all of them:
//!
//! ```
//! use hardware_dashboard::model::{Product, Submission, WorkflowStep};
//!
//! // Read: ids as number or text, values in any case, fields that nobody has heard of.
//! let submission: Submission = serde_json::from_str(
//!     r#"{
//!         "id": "1152921504621442000",
//!         "productId": 14631253285588838,
//!         "name": "Echo 1.2",
//!         "workflowStatus": { "currentStep": "Scanning", "state": "started" },
//!         "reviewPriority": "high"
//!     }"#,
//! )?;
//! let step = submission.workflow_status.as_ref().and_then(|status| status.current_step.as_ref());
//! assert_eq!(step, Some(&WorkflowStep::Scanning));
//! assert_eq!(submission.extra["reviewPriority"], "high");
//!
//! // Change: the fields are public.
//! let mut renamed = submission.clone();
//! renamed.name = Some("Echo 1.2, second try".to_owned());
//! assert_ne!(renamed, submission);
//!
//! // Write: as the service does, unknown fields included and absent ones left out.
//! let json = serde_json::to_value(&renamed)?;
//! assert_eq!(json["productId"], 14631253285588838_u64);
//! assert_eq!(json["reviewPriority"], "high");
//! assert!(json.get("commitStatus").is_none());
//!
//! // Make: what is not said is not there. The JSON schema of each type is at hand too.
//! let product = Product { product_name: Some("Echo".to_owned()), ..Default::default() };
//! assert_eq!(product.id_or_link(), None);
//! assert_eq!(schemars::schema_for!(Product).get("title").unwrap(), "Product");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Requests have constructors and examples of their own: [`NewProduct`], [`UpdateProduct`],
//! [`NewSubmission`], [`NewShippingLabel`], [`NewTargeting`], [`PublishingSpecifications`] and
//! [`ShippingLabelUpdate`]. What is asked of answers again and again has a method: see
//! [`Submission`].

mod extra;
pub(crate) mod generated;
mod guid;
mod id;
mod lenient;
mod open_enum;
mod os_code;
mod request;
mod time;
mod views;

pub use self::{
    extra::Extra,
    generated::*,
    guid::{Guid, ParseGuidError},
    id::{
        AudienceId, ParseIdError, PreprodAssetId, PreprodPackageId, ProductId, PublisherId,
        ReceiverPublisherId, SellerId, ShippingLabelId, SubmissionId,
    },
    lenient::{LenientInteger, PreprodAssetList, Recipients},
    open_enum::{
        ChidDistributionState, CommitStatus, DeviceType, DownloadType, HardwareIdDistributionState,
        PreprodAssetType, PreprodSigningStatus, ShippingDestination, SubmissionType,
        TargetingAction, TestHarness, WorkflowState, WorkflowStep,
    },
    os_code::{Architecture, OsCode},
    request::{AudienceChange, ShippingLabelUpdate},
    time::{GoLiveDate, Timestamp},
};
pub use crate::redact::SafeUrl;
