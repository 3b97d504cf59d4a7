//! Driver metadata: which hardware ids of a signed package a shipping label may target.
//!
//! The service makes a file of it for every signed submission, the download of type `driverMetadata`.
//! [`DriverMetadata::from_slice`] reads it, [`DriverMetadata::hardware_ids`] flattens it, and
//! [`HardwareIds`] selects what a label shall target:
//!
//! ```
//! use hardware_dashboard::{
//!     metadata::Pattern,
//!     model::{DriverMetadata, NewShippingLabel, NewTargeting, PublishingSpecifications},
//! };
//!
//! let file = br#"{ "BundleInfoMap": { "amd64": { "InfInfoMap": { "echo.inf": { "OSPnPInfoMap": {
//!     "WINDOWS_v100_X64_CO_FULL": { "USB\\VID_1209&PID_0001": {}, "USB\\VID_1209&PID_0002": {} },
//!     "WINDOWS_v100_X64_GE_FULL": { "USB\\VID_1209&PID_0001": {}, "HID\\VID_1209&UP:FF00": {} }
//! } } } } } }"#;
//! let metadata = DriverMetadata::from_slice(file)?;
//! let chosen = metadata
//!     .hardware_ids()
//!     .os("win11-24h2-x64")
//!     .inf("Echo.inf")
//!     .pnp(Pattern::glob(r"usb\vid_1209&pid_*"));
//! for id in chosen.iter() {
//!     println!("{} in {}", id.pnp_string, id.inf_id);
//! }
//! let targets = chosen.targets();
//! assert_eq!(targets.len(), 1);
//! assert_eq!(targets[0].pnp_string, r"usb\vid_1209&pid_0001");
//!
//! let publishing = PublishingSpecifications::manual();
//! let label = NewShippingLabel::windows_update("Retail", NewTargeting::new(targets), publishing);
//! metadata.check_label(&label)?;
//! # Ok::<(), hardware_dashboard::Error>(())
//! ```

mod hardware_id;
mod label;
mod pattern;

use std::collections::BTreeMap;

pub use self::{
    hardware_id::{HardwareId, HardwareIds},
    pattern::Pattern,
};
use crate::{
    client::transport::json_fault,
    error::{Error, Kind, Result, Stage},
    model::DriverMetadata,
};

/// What .NET's writers like to put at the beginning of a file, and JSON does not allow.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The [module](crate::metadata) has an example.
impl DriverMetadata {
    /// Reads a driver metadata file.
    ///
    /// # Errors
    ///
    /// Fails when it is no such file; the error tells where in it the fault is.
    /// [`Error::is_decode`].
    pub fn from_slice(json: &[u8]) -> Result<Self> {
        let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
        serde_json::from_slice(json).map_err(|_| {
            let fault = json_fault::<Self>(json);
            let message = format!("the driver metadata cannot be read: {fault}");
            Error::new(Stage::Download, Kind::Decode, message)
                .with_hint("Is it the file behind the driverMetadata download of a submission?")
        })
    }

    /// All hardware ids of the package, to select from.
    #[must_use]
    pub fn hardware_ids(&self) -> HardwareIds<'_> {
        HardwareIds::new(self)
    }
}

/// The entries of a map of the file. Maps and entries that are missing or null are passed over.
fn entries<T>(map: Option<&BTreeMap<String, Option<T>>>) -> impl Iterator<Item = (&str, &T)> {
    let entries = map.into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.as_str(), value.as_ref()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whatever_is_missing_or_null() {
        for file in [
            "{}",
            r#"{"BundleInfoMap":null}"#,
            r#"{"BundleInfoMap":{"a":null,"b":{}}}"#,
            r#"{"BundleInfoMap":{"a":{"InfInfoMap":null}}}"#,
            r#"{"BundleInfoMap":{"a":{"InfInfoMap":{"e.inf":null}}}}"#,
            r#"{"BundleInfoMap":{"a":{"InfInfoMap":{"e.inf":{"OSPnPInfoMap":null}}}}}"#,
            r#"{"BundleInfoMap":{"a":{"InfInfoMap":{"e.inf":{"OSPnPInfoMap":{"X":null}}}}}}"#,
        ] {
            let metadata = DriverMetadata::from_slice(file.as_bytes()).unwrap();
            assert_eq!(metadata.hardware_ids().iter().count(), 0, "{file}");
        }
        assert!(DriverMetadata::from_slice(b"\xEF\xBB\xBF{}").is_ok());
    }

    #[test]
    fn the_error_tells_the_place_and_not_the_content() {
        for (file, place) in [
            (
                r#"{"BundleInfoMap":{"a":{"InfInfoMap":{"e.inf":"canary"}}}}"#,
                "BundleInfoMap.a.InfInfoMap.e.inf",
            ),
            ("<html>canary", "line 1"),
            ("", "line 1"),
        ] {
            let error = DriverMetadata::from_slice(file.as_bytes()).unwrap_err();
            assert!(error.is_decode() && !error.to_string().contains("canary"), "{error}");
            assert!(error.to_string().contains(place), "{error}");
        }
    }
}
