//! The driver metadata: every hardware id that a shipping label may target.

use serde_json::{Map, Value, json};

use super::{DriverFolder, InfFile, Kind, Package, PackageError, os::Os};

/// Makes the file behind the `driverMetadata` download, for the operating systems that the
/// product asked signatures for.
pub(crate) fn driver_metadata(
    package: &Package,
    os_codes: &[String],
) -> Result<Value, PackageError> {
    // An HLK package may be for a system that brings no driver.
    if package.kind() == Kind::Cab && package.drivers().is_empty() {
        return Err(PackageError::Corrupt("it holds no INF.".to_owned()));
    }
    let bundles = package.drivers().iter();
    let bundles: Map<_, _> =
        bundles.map(|driver| (driver.bundle_id().to_string(), bundle(driver, os_codes))).collect();
    Ok(json!({ "BundleInfoMap": bundles }))
}

fn bundle(driver: &DriverFolder, os_codes: &[String]) -> Value {
    let mut locales: Vec<&String> = driver.infs.iter().flat_map(|inf| &inf.inf.locales).collect();
    locales.sort();
    locales.dedup();
    let infs = driver.infs.iter();
    let infs: Map<_, _> = infs.map(|inf| (inf.name.clone(), details(inf, os_codes))).collect();
    json!({ "Locales": locales, "InfInfoMap": infs })
}

fn details(InfFile { name, inf, .. }: &InfFile, os_codes: &[String]) -> Value {
    let provider = inf.provider.as_deref().unwrap_or_default();
    let date = inf.driver_date.as_ref().map(|date| format!("{date}T00:00:00"));
    let systems: Map<_, _> = os_codes
        .iter()
        .filter_map(|code| {
            let devices = devices(inf, &Os::parse(code)?);
            (!devices.is_empty()).then(|| (code.clone(), Value::Object(devices)))
        })
        .collect();
    json!({
        "DriverPackageFamilyId": format!("{provider}-{name}"),
        "InfClass": inf.class,
        "DriverVersion": inf.driver_version,
        "DriverDate": date,
        "ExtensionId": inf.extension_id,
        "Provider": inf.provider,
        "ClassGuid": inf.class_guid,
        "InstallationComputerHardwareIds": [],
        "OSPnPInfoMap": systems,
    })
}

fn devices(inf: &super::Inf, os: &Os) -> Map<String, Value> {
    let mut devices = Map::new();
    for (manufacturer, device) in inf.devices_on(os) {
        for id in &device.pnp_ids {
            // The first line that names an id is the one that Windows prefers.
            devices.entry(id.to_lowercase()).or_insert_with(|| {
                json!({
                    "Manufacturer": manufacturer,
                    "DeviceDescription": device.description,
                    "FeatureScore": device.feature_score,
                })
            });
        }
    }
    devices
}
