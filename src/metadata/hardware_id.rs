//! The metadata, flattened.

use std::borrow::Cow;

use super::{Pattern, entries};
use crate::model::{BundleInfo, DriverInfo, DriverMetadata, InfInfo, NewHardwareIdTarget, OsCode};

/// A hardware id of a signed package: what a shipping label may target.
///
/// ```
/// use hardware_dashboard::metadata::HardwareIds;
///
/// fn print(ids: &HardwareIds<'_>) {
///     for id in ids.iter() {
///         println!("{} in {} for {}", id.pnp_string, id.inf_id, id.operating_system_code);
///         println!("  in bundle {}: {:?}", id.bundle_id, id.to_target());
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct HardwareId<'a> {
    /// The bundle that holds the INF.
    pub bundle_id: &'a str,
    /// The name of the INF file.
    pub inf_id: &'a str,
    /// The OS code for which the INF names the hardware id.
    pub operating_system_code: &'a str,
    /// The hardware id, as the INF writes it.
    pub pnp_string: &'a str,
    /// What the INF says about it.
    pub info: Option<&'a DriverInfo>,
}

impl HardwareId<'_> {
    /// The target for a shipping label, with the hardware id in lower case.
    #[must_use]
    pub fn to_target(&self) -> NewHardwareIdTarget {
        Combination::from(*self).into()
    }
}

/// A selection of the hardware ids of a driver metadata file. Nothing is done before it is asked for.
///
/// A filter that is said several times lets through what fits any of its patterns; different filters
/// must all fit. The [module](super) has an example; to name the bundle, too:
///
/// ```
/// use hardware_dashboard::{metadata::HardwareIds, model::NewHardwareIdTarget};
///
/// fn targets(ids: HardwareIds<'_>) -> Vec<NewHardwareIdTarget> {
///     ids.bundle("amd64").iter().map(|id| id.to_target()).collect()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct HardwareIds<'a> {
    metadata: &'a DriverMetadata,
    bundles: Filter,
    infs: Filter,
    systems: Filter,
    pnp_strings: Filter,
}

impl<'a> HardwareIds<'a> {
    pub(super) fn new(metadata: &'a DriverMetadata) -> Self {
        let (bundles, infs, systems, pnp_strings) = Default::default();
        Self { metadata, bundles, infs, systems, pnp_strings }
    }

    /// Only those in this bundle.
    #[must_use]
    pub fn bundle(mut self, id: impl Into<Pattern>) -> Self {
        self.bundles.0.push(id.into());
        self
    }

    /// Only those in the INF file of this name.
    #[must_use]
    pub fn inf(mut self, name: impl Into<Pattern>) -> Self {
        self.infs.0.push(name.into());
        self
    }

    /// Only those for the system with this OS code or friendly name.
    #[must_use]
    pub fn os(mut self, code: impl Into<Pattern>) -> Self {
        self.systems.0.push(code.into().of_os_code());
        self
    }

    /// Only this hardware id, or those that fit this pattern.
    #[must_use]
    pub fn pnp(mut self, id: impl Into<Pattern>) -> Self {
        self.pnp_strings.0.push(id.into());
        self
    }

    /// The hardware ids of the selection, sorted by bundle, INF, OS code and hardware id.
    pub fn iter(&self) -> impl Iterator<Item = HardwareId<'a>> {
        let bundles = entries(self.metadata.bundle_info_map.as_ref());
        let bundles = bundles.filter(|(id, _)| self.bundles.lets_through(id));
        bundles.flat_map(|(bundle_id, bundle)| self.in_bundle(bundle_id, bundle))
    }

    fn in_bundle(
        &self,
        bundle_id: &'a str,
        bundle: &'a BundleInfo,
    ) -> impl Iterator<Item = HardwareId<'a>> {
        let infs = entries(bundle.inf_info_map.as_ref());
        let infs = infs.filter(|(name, _)| self.infs.lets_through(name));
        infs.flat_map(move |(inf_id, inf)| self.in_inf(bundle_id, inf_id, inf))
    }

    fn in_inf(
        &self,
        bundle_id: &'a str,
        inf_id: &'a str,
        inf: &'a InfInfo,
    ) -> impl Iterator<Item = HardwareId<'a>> {
        let systems = entries(inf.os_pn_p_info_map.as_ref());
        let systems = systems.filter(|(code, _)| self.systems.lets_through(code));
        systems.flat_map(move |(operating_system_code, ids)| {
            let ids = ids.iter().filter(|(id, _)| self.pnp_strings.lets_through(id));
            ids.map(move |(pnp_string, info)| HardwareId {
                bundle_id,
                inf_id,
                operating_system_code,
                pnp_string,
                info: info.as_ref(),
            })
        })
    }

    /// The selection as targets for a shipping label: hardware ids in lower case, each once, sorted
    /// by bundle, INF, OS code and hardware id.
    #[must_use]
    pub fn targets(&self) -> Vec<NewHardwareIdTarget> {
        self.combinations().into_iter().map(Into::into).collect()
    }

    /// The selection in lower case: sorted, each once.
    pub(super) fn combinations(&self) -> Vec<Combination<'a>> {
        let mut combinations: Vec<_> = self.iter().map(Combination::from).collect();
        combinations.sort_unstable();
        combinations.dedup();
        combinations
    }
}

/// What a shipping label names of a hardware id, in the order in which it is sorted.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Combination<'a> {
    bundle_id: &'a str,
    inf_id: &'a str,
    operating_system_code: &'a str,
    /// In lower case; most INF files do not write it so.
    pnp_string: Cow<'a, str>,
}

impl<'a> From<HardwareId<'a>> for Combination<'a> {
    fn from(id: HardwareId<'a>) -> Self {
        let HardwareId { bundle_id, inf_id, operating_system_code, pnp_string, .. } = id;
        let pnp_string = pnp_string.to_lowercase().into();
        Self { bundle_id, inf_id, operating_system_code, pnp_string }
    }
}

impl<'a> From<&'a NewHardwareIdTarget> for Combination<'a> {
    fn from(target: &'a NewHardwareIdTarget) -> Self {
        Self {
            bundle_id: &target.bundle_id,
            inf_id: &target.inf_id,
            operating_system_code: target.operating_system_code.as_str(),
            pnp_string: target.pnp_string.as_str().into(),
        }
    }
}

impl From<Combination<'_>> for NewHardwareIdTarget {
    fn from(of: Combination<'_>) -> Self {
        let code = OsCode::verbatim(of.operating_system_code);
        Self::new(of.bundle_id, of.inf_id, code, of.pnp_string)
    }
}

/// Lets through what fits one of the patterns; without any, everything.
#[derive(Clone, Debug, Default)]
struct Filter(Vec<Pattern>);

impl Filter {
    fn lets_through(&self, text: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| pattern.matches(text))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn metadata() -> DriverMetadata {
        let systems = json!({
            "WINDOWS_v100_X64_CO_FULL": { "USB\\VID_1": {}, "usb\\vid_1": {}, "*PNP0501": {} },
            "WINDOWS_v100_X64_GE_FULL": { "USB\\VID_1": null, "HID\\VID_2": { "Manufacturer": "C" } },
        });
        let infs = json!({ "Echo.inf": { "OSPnPInfoMap": systems }, "tone.inf": {} });
        let other =
            json!({ "echo.inf": { "OSPnPInfoMap": { "WINDOWS_7": { "PCI\\VEN_3": {} } } } });
        serde_json::from_value(json!({ "BundleInfoMap": {
            "b-2": { "InfInfoMap": infs }, "a-1": { "InfInfoMap": other } } }))
        .unwrap()
    }

    fn chosen(ids: &HardwareIds<'_>) -> Vec<String> {
        let line = |id: HardwareId<'_>| format!("{} {}", id.operating_system_code, id.pnp_string);
        ids.iter().map(line).collect()
    }

    #[test]
    fn filters_narrow_the_selection() {
        let metadata = metadata();
        let all = || metadata.hardware_ids();
        for (ids, count) in [
            (all(), 6),
            (all().bundle("A-1"), 1),
            (all().inf("ECHO.INF"), 6),
            (all().inf("tone.inf"), 0),
            (all().os("win11-24h2-x64"), 2),
            (all().os("WINDOWS_v100_X64_GE_FULL").os("WINDOWS_7"), 3),
            (all().os(Pattern::glob("windows_v100_*")), 5),
            (all().pnp(r"usb\vid_1"), 3),
            (all().pnp("*pnp0501"), 1),
            (all().pnp(Pattern::glob("*vid_?")), 4),
            (all().os("win11-21h2-x64").pnp(r"hid\vid_2"), 0),
        ] {
            assert_eq!(ids.iter().count(), count, "{ids:?}: {:?}", chosen(&ids));
        }
        let ge = all().os("win11-24h2-x64");
        assert_eq!(
            chosen(&ge),
            [r"WINDOWS_v100_X64_GE_FULL HID\VID_2", r"WINDOWS_v100_X64_GE_FULL USB\VID_1"]
        );
        let infos: Vec<_> = ge.iter().map(|id| id.info.is_some()).collect();
        assert_eq!(infos, [true, false]);
    }

    #[test]
    fn targets_are_in_lower_case_and_in_order_each_once() {
        let metadata = metadata();
        let targets = metadata.hardware_ids().targets();
        let lines: Vec<_> = targets
            .iter()
            .map(|of| {
                format!(
                    "{} {} {} {}",
                    of.bundle_id, of.inf_id, of.operating_system_code, of.pnp_string
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                r"a-1 echo.inf WINDOWS_7 pci\ven_3",
                "b-2 Echo.inf WINDOWS_v100_X64_CO_FULL *pnp0501",
                r"b-2 Echo.inf WINDOWS_v100_X64_CO_FULL usb\vid_1",
                r"b-2 Echo.inf WINDOWS_v100_X64_GE_FULL hid\vid_2",
                r"b-2 Echo.inf WINDOWS_v100_X64_GE_FULL usb\vid_1",
            ]
        );
        let first = metadata.hardware_ids().iter().next().unwrap();
        assert_eq!(first.to_target(), targets[0]);
    }

    /// 10 bundles of 10 INF files for 10 systems with 100 hardware ids each, half of which differ
    /// from the other half by their case only.
    fn large() -> Vec<u8> {
        let systems: Vec<_> = OsCode::known().skip(40).take(10).collect();
        let ids: BTreeMap<_, _> = (0..50)
            .flat_map(|n| {
                [format!("usb\\vid_1209&pid_a{n:03}"), format!("USB\\VID_1209&PID_A{n:03}")]
            })
            .map(|id| (id, json!({ "Manufacturer": "Contoso", "FeatureScore": null })))
            .collect();
        let systems: BTreeMap<_, _> = systems.iter().map(|code| (code.as_str(), &ids)).collect();
        let inf = json!({ "OSPnPInfoMap": systems });
        let infs: BTreeMap<_, _> = (0..10).map(|n| (format!("echo{n}.inf"), &inf)).collect();
        let bundles: BTreeMap<_, _> =
            (0..10).map(|n| (format!("bundle-{n}"), json!({ "InfInfoMap": infs }))).collect();
        serde_json::to_vec(&json!({ "BundleInfoMap": bundles })).unwrap()
    }

    #[test]
    fn a_hundred_thousand_hardware_ids_are_flattened() {
        let metadata = DriverMetadata::from_slice(&large()).unwrap();
        assert_eq!(metadata.hardware_ids().iter().count(), 100_000);
        let targets = metadata.hardware_ids().targets();
        assert_eq!(targets.len(), 50_000);
        let is_sorted = targets.is_sorted_by_key(|of| {
            let code = of.operating_system_code.as_str().to_owned();
            (of.bundle_id.clone(), of.inf_id.clone(), code, of.pnp_string.clone())
        });
        assert!(is_sorted);
        let one = metadata
            .hardware_ids()
            .bundle("bundle-3")
            .inf("echo7.inf")
            .pnp(r"usb\vid_1209&pid_a007");
        assert_eq!(one.iter().count(), 20);
    }
}
