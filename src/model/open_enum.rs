//! Enums that stay open: values are compared without case, and one that we do not know is kept.

use std::{borrow::Cow, convert::Infallible, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Accepts text, and the numbers that the service has sent in its place.
struct ValueVisitor;

impl de::Visitor<'_> for ValueVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value as text or number")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<String, E> {
        Ok(value.to_owned())
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<String, E> {
        Ok(value)
    }
}

macro_rules! open_enum {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $wire:literal,)+
        }
    ) => {
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("use hardware_dashboard::model::", stringify!($name), ";")]
        ///
        /// // Case does not matter.
        #[doc = concat!("let known = ", stringify!($name), "::KNOWN[0];")]
        /// let shouted = known.to_uppercase();
        #[doc = concat!("assert_eq!(", stringify!($name), "::from(&*shouted).as_str(), known);")]
        ///
        /// // What is unknown is kept.
        #[doc = concat!("let newer = ", stringify!($name), "::from(\"somethingNew\");")]
        /// assert_eq!(newer.as_str(), "somethingNew");
        #[doc = concat!("assert!(matches!(newer, ", stringify!($name), "::Other(_)));")]
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A value that this version does not know, as it arrived.
            Other(Box<str>),
        }

        impl $name {
            /// The values that this version knows, as the wire writes them.
            pub const KNOWN: &[&str] = &[$($wire),+];

            /// The value as the wire writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Other(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                $(if value.eq_ignore_ascii_case($wire) {
                    return Self::$variant;
                })+
                Self::Other(value.into())
            }
        }

        impl FromStr for $name {
            type Err = Infallible;

            fn from_str(value: &str) -> Result<Self, Infallible> {
                Ok(value.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = deserializer.deserialize_any(ValueVisitor)?;
                Ok(value.as_str().into())
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "examples": Self::KNOWN })
            }
        }
    };
}

open_enum! {
    /// How far the commit of a submission has come.
    CommitStatus {
        /// Not committed yet: the package may still be uploaded.
        CommitPending = "commitPending",
        /// The commit has begun.
        CommitStarted = "commitStarted",
        /// The commit has arrived and waits to be handled.
        CommitReceived = "commitReceived",
        /// Committed: the workflow runs from here on.
        CommitComplete = "commitComplete",
        /// The commit failed; the submission will never be signed.
        CommitFailed = "commitFailed",
    }
}

open_enum! {
    /// Whether a submission is the first of its product or changes an earlier one.
    SubmissionType {
        /// The first submission of a product.
        Initial = "initial",
        /// An update (DUA) of a finished initial submission.
        Derived = "derived",
    }
}

open_enum! {
    /// The state of the current step of a workflow, and of that step alone.
    WorkflowState {
        /// The step has not begun.
        NotStarted = "notStarted",
        /// The step runs.
        Started = "started",
        /// The step, and with it the workflow, has failed.
        Failed = "failed",
        /// The step is over. This is the end only where the step is the last one.
        Completed = "completed",
    }
}

open_enum! {
    /// A step of the workflow of a submission or of a shipping label.
    WorkflowStep {
        /// Submission: the package is opened and looked at.
        PackageInfoValidation = "packageInfoValidation",
        /// Submission: the package is prepared.
        Preparation = "preparation",
        /// Submission: the files are scanned for malware.
        Scanning = "scanning",
        /// Submission: the package is checked against the rules.
        Validation = "validation",
        /// Submission: the catalogs are made.
        CatalogCreation = "catalogCreation",
        /// Submission: a person looks at it; this may take days.
        ManualReview = "manualReview",
        /// Submission: the files are signed.
        Signing = "signing",
        /// Submission: the result is stored.
        FinalizeIngestion = "finalizeIngestion",
        /// Label: made.
        Created = "created",
        /// Label: being prepared.
        PreProcessShippingLabel = "preProcessShippingLabel",
        /// Label: prepared.
        FinalizePreProcessing = "finalizePreProcessing",
        /// Label: the publishing is checked.
        PublishJobValidation = "publishJobValidation",
        /// Label: the update is made.
        UpdateGeneration = "updateGeneration",
        /// Label: a person at Microsoft approves it.
        MicrosoftApproval = "microsoftApproval",
        /// Label: going out to Windows Update.
        Publishing = "publishing",
        /// Label: out on Windows Update.
        FinalizePublishing = "finalizePublishing",
        /// Label: being shared with the partner.
        ProcessSharing = "processSharing",
        /// Label: shared with the partner.
        FinalizeSharing = "finalizeSharing",
    }
}

open_enum! {
    /// What a download item of a submission is.
    DownloadType {
        /// The package as submitted; before the commit, the place to upload it to.
        InitialPackage = "initialPackage",
        /// The shell that an update (DUA) starts from.
        DerivedPackage = "derivedPackage",
        /// The signed package: the one proof that a submission succeeded.
        SignedPackage = "signedPackage",
        /// A page of the dashboard with the certification report.
        CertificationReport = "certificationReport",
        /// The driver metadata file that shipping labels are targeted with.
        DriverMetadata = "driverMetadata",
        /// Notes of the reviewers.
        ExternalNotes = "externalNotes",
        /// The service itself does not say what it is.
        Unknown = "unknown",
    }
}

open_enum! {
    /// The harness that a product is tested with.
    TestHarness {
        /// Hardware Lab Kit: the package is an `.hlkx` file.
        Hlk = "hlk",
        /// Hardware Certification Kit: the package is an `.hckx` file.
        Hck = "hck",
        /// No tests, attestation signing: the package is a signed `.cab` file.
        Attestation = "attestation",
        /// Not set.
        NotSet = "notset",
    }
}

open_enum! {
    /// Where a device sits.
    DeviceType {
        /// Inside the computer.
        Internal = "internal",
        /// Outside the computer.
        External = "external",
        /// Either.
        InternalExternal = "internalExternal",
        /// Not set.
        NotSet = "notSet",
    }
}

open_enum! {
    /// Where a shipping label sends a driver.
    ShippingDestination {
        /// To Windows Update.
        WindowsUpdate = "windowsUpdate",
        /// To the account of a partner.
        AnotherPartner = "anotherPartner",
        /// Not set.
        NotSet = "notSet",
    }
}

open_enum! {
    /// How far a hardware id of a shipping label has come.
    HardwareIdDistributionState {
        /// Will be added.
        PendingAdd = "pendingAdd",
        /// Will be removed.
        PendingRemove = "pendingRemove",
        /// Is targeted.
        Added = "added",
        /// Not set.
        NotSet = "notSet",
    }
}

open_enum! {
    /// How far a CHID of a shipping label has come.
    ChidDistributionState {
        /// The service itself does not know.
        Unknown = "unknown",
        /// Will be added.
        PendingAdd = "pendingAdd",
        /// Is targeted.
        Added = "added",
        /// Will be removed.
        PendingRemove = "pendingRemove",
        /// Will be restored.
        PendingRecovery = "pendingRecovery",
        /// Was restored.
        Recovered = "recovered",
        /// Not set. The service refuses it in a request.
        NotSet = "notSet",
    }
}

open_enum! {
    /// What an update of a shipping label does with a hardware id or CHID.
    TargetingAction {
        /// Target it.
        Add = "add",
        /// Target it no longer.
        Remove = "remove",
    }
}

open_enum! {
    /// How far the signing of a preproduction package has come.
    PreprodSigningStatus {
        /// Not begun.
        NotStarted = "notStarted",
        /// Being signed.
        Processing = "processing",
        /// Signed.
        Succeeded = "succeeded",
        /// Failed.
        Failed = "failed",
    }
}

open_enum! {
    /// What an asset of a preproduction package is.
    PreprodAssetType {
        /// A zip with the signed files.
        SignedFilesZip = "signedFilesZip",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_without_case() {
        for json in [r#""commitPending""#, r#""CommitPending""#, r#""COMMITPENDING""#] {
            let status: CommitStatus = serde_json::from_str(json).unwrap();
            assert_eq!(status, CommitStatus::CommitPending, "{json}");
        }
    }

    #[test]
    fn an_unknown_value_survives_a_round_trip() {
        let step: WorkflowStep = serde_json::from_str(r#""quantumReview""#).unwrap();
        assert_eq!(step, WorkflowStep::Other("quantumReview".into()));
        assert_eq!(serde_json::to_string(&step).unwrap(), r#""quantumReview""#);
    }

    #[test]
    fn a_number_is_an_unknown_value() {
        let step: WorkflowStep = serde_json::from_str("7").unwrap();
        assert_eq!(step, WorkflowStep::Other("7".into()));
    }

    #[test]
    fn what_is_neither_text_nor_number_is_refused() {
        for json in ["{}", "[]", "true", "null"] {
            assert!(serde_json::from_str::<DownloadType>(json).is_err(), "{json}");
        }
    }
}
