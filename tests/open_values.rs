//! The open enumerations of the spec and the hand-written ones are the same.

use std::collections::BTreeSet;

use hardware_dashboard::model::{
    ChidDistributionState, CommitStatus, DeviceType, DownloadType, HardwareIdDistributionState,
    PreprodAssetType, PreprodSigningStatus, ShippingDestination, SubmissionType, TargetingAction,
    TestHarness, WorkflowState, WorkflowStep,
};

use crate::spec::Spec;

/// A hand-written open enumeration.
pub(crate) struct OpenEnum {
    name: &'static str,
    known: &'static [&'static str],
    /// Reads a value and writes it again: a known one in its own spelling, another one unchanged.
    pub(crate) respell: fn(&str) -> String,
}

macro_rules! open_enums {
    ($($name:ident,)+) => {
        &[$(OpenEnum {
            name: stringify!($name),
            known: $name::KNOWN,
            respell: |value| $name::from(value).as_str().to_owned(),
        }),+]
    };
}

pub(crate) const OPEN_ENUMS: &[OpenEnum] = open_enums![
    ChidDistributionState,
    CommitStatus,
    DeviceType,
    DownloadType,
    HardwareIdDistributionState,
    PreprodAssetType,
    PreprodSigningStatus,
    ShippingDestination,
    SubmissionType,
    TargetingAction,
    TestHarness,
    WorkflowState,
    WorkflowStep,
];

#[test]
fn the_spec_and_the_types_know_the_same_values() {
    let spec = Spec::read();
    let mut in_spec = spec.open_values();
    for OpenEnum { name, known, .. } in OPEN_ENUMS {
        let values = in_spec.remove(name).unwrap_or_default();
        let known: BTreeSet<_> = known.iter().copied().collect();
        let (only_spec, only_type) = (&values - &known, &known - &values);
        assert!(
            only_spec.is_empty() && only_type.is_empty(),
            "{name}: only the spec has {only_spec:?}, only the type has {only_type:?}"
        );
    }
    assert!(in_spec.is_empty(), "put these into the table above: {:?}", in_spec.keys());
}

#[test]
fn every_known_value_is_recognised_in_any_case() {
    for OpenEnum { name, known, respell } in OPEN_ENUMS {
        for value in *known {
            assert_eq!(respell(value), *value, "{name}");
            assert_eq!(respell(&value.to_uppercase()), *value, "{name}");
        }
    }
}
