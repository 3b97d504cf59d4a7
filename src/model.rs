//! The objects of the service.
//!
//! The structs are generated from the OpenAPI spec. The service leaves fields out and sends null for
//! any of them, so nearly every field is optional; fields that this version does not know are kept in
//! `extra`. New fields can come with a new minor version: make requests with their constructors, or
//! with `..Default::default()` where a type has one.

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
