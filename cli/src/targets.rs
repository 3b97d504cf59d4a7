//! Hardware ids, chosen from the driver metadata by flags.

use std::path::Path;

use hardware_dashboard::{
    metadata::{HardwareIds, Pattern},
    model::{DriverMetadata, NewHardwareIdTarget, NewShippingLabel, OsCode},
    workflow::Shipment,
};

use crate::{
    App,
    args::{LabelFile, Targets, label::LabelFlags},
    commands::label::create::label,
    failure::Failure,
};

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

/// The order to make this label when the submission is ready, for the hardware ids that fit the flags.
pub(crate) fn shipment(mut label: NewShippingLabel, wanted: &Targets) -> Shipment {
    if !wanted.is_empty() {
        label.targeting.get_or_insert_default().hardware_ids = None;
    }
    let patterns = wanted.systems.iter().flat_map(|system| system_patterns(system));
    let shipment = patterns.fold(Shipment::new(label), Shipment::os);
    let shipment = wanted.infs.iter().fold(shipment, Shipment::inf);
    let shipment = wanted.pnp_strings.iter().fold(shipment, Shipment::pnp);
    wanted.bundles.iter().fold(shipment, Shipment::bundle)
}

/// The same for a label in a file, which targets every hardware id if it names none.
pub(crate) async fn shipment_of_file(
    app: &App,
    from: Option<&Path>,
) -> Result<Option<Shipment>, Failure> {
    let Some(from) = from else { return Ok(None) };
    let file = LabelFile { from: Some(from.to_owned()), name: None };
    let flags = LabelFlags { file, ..LabelFlags::default() };
    let label = label(app, &flags, None, false).await?;
    Ok(Some(shipment(label, &flags.targets)))
}

/// A pattern is held against codes and against their friendly names.
fn systems(text: &str) -> Vec<Pattern> {
    system_patterns(text).iter().map(|pattern| Pattern::glob(pattern)).collect()
}

/// The same as patterns of codes alone.
fn system_patterns(text: &str) -> Vec<String> {
    if !text.contains(['*', '?']) {
        return vec![OsCode::from(text).to_string()];
    }
    let pattern = Pattern::glob(text);
    let is_named = |code: &OsCode| code.friendly_name().is_some_and(|name| pattern.matches(name));
    let named = OsCode::known().filter(is_named).map(|code| code.to_string());
    named.chain([text.to_owned()]).collect()
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
