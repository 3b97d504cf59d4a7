//! Hardware ids, chosen from the driver metadata by flags.

use hardware_dashboard::{
    metadata::{HardwareIds, Pattern},
    model::{DriverMetadata, NewHardwareIdTarget, OsCode},
};

use crate::{args::Targets, failure::Failure};

/// The hardware ids that fit the flags.
pub(crate) fn choose<'a>(metadata: &'a DriverMetadata, wanted: &Targets) -> HardwareIds<'a> {
    let mut ids = metadata.hardware_ids();
    for system in &wanted.systems {
        ids = systems(system).into_iter().fold(ids, HardwareIds::os);
    }
    ids = wanted.infs.iter().map(|name| Pattern::glob(name)).fold(ids, HardwareIds::inf);
    ids = wanted.bundles.iter().map(|id| Pattern::glob(id)).fold(ids, HardwareIds::bundle);
    wanted.pnp_strings.iter().map(|id| Pattern::glob(id)).fold(ids, HardwareIds::pnp)
}

/// The same as targets of a label. None at all is never what was meant.
pub(crate) fn choose_some(
    metadata: &DriverMetadata,
    wanted: &Targets,
) -> Result<Vec<NewHardwareIdTarget>, Failure> {
    let chosen = choose(metadata, wanted).targets();
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    let all = metadata.hardware_ids().targets().len();
    Err(Failure::input(
        format!("none of the {all} hardware ids of the driver metadata fits"),
        "See what there is with: hwdash submission metadata.",
    ))
}

/// A pattern is held against codes and against their friendly names.
fn systems(text: &str) -> Vec<Pattern> {
    if !text.contains(['*', '?']) {
        return vec![text.into()];
    }
    let pattern = Pattern::glob(text);
    let is_named = |code: &OsCode| code.friendly_name().is_some_and(|name| pattern.matches(name));
    let named: Vec<_> = OsCode::known().filter(is_named).collect();
    let named = named.iter().map(Pattern::from);
    named.chain([pattern.clone()]).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn chosen(wanted: &Targets) -> Vec<String> {
        let ids = json!({ "USB\\VID_1": {}, "*PNP0501": {} });
        let systems = json!({
            "WINDOWS_v100_X64_CO_FULL": ids,
            "WINDOWS_v100_X64_GE_FULL": ids,
            "WINDOWS_v100_ARM64_GE_FULL": ids,
        });
        let metadata: DriverMetadata = serde_json::from_value(json!({ "BundleInfoMap": {
            "b": { "InfInfoMap": { "echo.inf": { "OSPnPInfoMap": systems } } } } }))
        .unwrap();
        let targets = choose_some(&metadata, wanted);
        let line =
            |id: &NewHardwareIdTarget| format!("{} {}", id.operating_system_code, id.pnp_string);
        targets.map_or_else(|failure| vec![failure.message], |ids| ids.iter().map(line).collect())
    }

    fn os(systems: &[&str]) -> Targets {
        Targets { systems: systems.iter().map(|&s| s.to_owned()).collect(), ..Targets::default() }
    }

    #[test]
    fn systems_are_named_by_code_by_friendly_name_and_by_patterns_of_both() {
        for (systems, count) in [
            (vec!["win11-24h2-x64"], 2),
            (vec!["win11-24h2-*"], 4),
            (vec!["win11-*"], 6),
            (vec!["windows_v100_x64_*"], 4),
            (vec!["WINDOWS_v100_X64_CO_FULL", "*arm64*"], 4),
        ] {
            assert_eq!(
                chosen(&os(&systems)).len(),
                count,
                "{systems:?}: {:?}",
                chosen(&os(&systems))
            );
        }
    }

    #[test]
    fn kinds_of_flags_must_all_fit_and_nothing_at_all_is_told() {
        let usb = Targets { pnp_strings: vec!["usb\\*".into()], ..os(&["*GE*"]) };
        assert_eq!(chosen(&usb).len(), 2);
        let none = Targets { infs: vec!["tone*".into()], ..os(&["*GE*"]) };
        assert_eq!(chosen(&none), ["none of the 6 hardware ids of the driver metadata fits"]);
    }
}
