//! The driver metadata of real INFs.

use serde_json::json;

use super::{INF, Workshop, inspected};
use crate::package::{Rule, driver_metadata};

const SAMPLE: &[u8] = include_bytes!("../../../../samples/echo-driver/echo/echo.inf");

fn codes(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

#[test]
fn the_metadata_has_the_documented_form() {
    let workshop = Workshop::new();
    let package = inspected(&workshop.cab(&[(r"device\device.inf", INF.as_bytes())]));
    let bundle = package.drivers()[0].bundle_id().to_string();
    let codes = codes(&["WINDOWS_v100_X64_RS5_FULL", "WINDOWS_v100_RS5_FULL"]);
    assert_eq!(
        driver_metadata(&package, &codes).unwrap(),
        json!({ "BundleInfoMap": { bundle: {
            "Locales": ["English"],
            "InfInfoMap": { "device.inf": {
                "DriverPackageFamilyId": "Example-device.inf",
                "InfClass": "Net",
                "DriverVersion": "1.2.3.4",
                "DriverDate": "2025-03-04T00:00:00",
                "ExtensionId": null,
                "Provider": "Example",
                "ClassGuid": "{4d36e972-e325-11ce-bfc1-08002be10318}",
                "InstallationComputerHardwareIds": [],
                "OSPnPInfoMap": { "WINDOWS_v100_X64_RS5_FULL": {
                    "pci\\ven_1234&dev_abcd": {
                        "Manufacturer": "Example",
                        "DeviceDescription": "Example Device",
                        "FeatureScore": null,
                    },
                } },
            } },
        } } })
    );
}

#[test]
fn a_bundle_is_a_folder_and_keeps_its_id() {
    let workshop = Workshop::new();
    let files = [(r"one\device.inf", INF.as_bytes()), (r"two\device.inf", INF.as_bytes())];
    let ids = || {
        let package = inspected(&workshop.cab(&files));
        package.drivers().iter().map(|driver| driver.bundle_id()).collect::<Vec<_>>()
    };
    let first = ids();
    assert_eq!(first, ids());
    assert_ne!(first[0], first[1]);
    let metadata = driver_metadata(&inspected(&workshop.cab(&files)), &[]).unwrap();
    assert_eq!(metadata["BundleInfoMap"].as_object().unwrap().len(), 2);
}

#[test]
fn the_sample_package_is_for_x64_and_arm64() {
    let workshop = Workshop::new();
    let package = inspected(&workshop.cab(&[(r"echo\echo.inf", SAMPLE)]));
    let broken: Vec<_> = package.breaches().iter().map(|breach| breach.rule).collect();
    assert_eq!(broken, [Rule::Signed], "{:?}", package.breaches());
    let asked = [
        "WINDOWS_v100_X64_RS2_FULL",
        "WINDOWS_v100_X64_RS3_FULL",
        "WINDOWS_v100_ARM64_NI_FULL",
        "WINDOWS_v100_VB_FULL",
    ];
    let metadata = driver_metadata(&package, &codes(&asked)).unwrap();
    let bundle = package.drivers()[0].bundle_id().to_string();
    let systems = &metadata["BundleInfoMap"][bundle]["InfInfoMap"]["echo.inf"]["OSPnPInfoMap"];
    let targeted: Vec<_> = systems.as_object().unwrap().keys().collect();
    assert_eq!(targeted, ["WINDOWS_v100_ARM64_NI_FULL", "WINDOWS_v100_X64_RS3_FULL"]);
    for system in targeted {
        let description = &systems[system][r"root\hwdashecho"]["DeviceDescription"];
        assert_eq!(description, "Hwdash Echo Device");
    }
}

#[test]
fn only_an_hlk_package_may_have_no_infs() {
    let workshop = Workshop::new();
    let hlkx = inspected(&workshop.zip(&[("hck/data/PackageInfo.xml", b"<Package/>")]));
    assert_eq!(driver_metadata(&hlkx, &[]).unwrap(), json!({ "BundleInfoMap": {} }));
    let cab = inspected(&workshop.cab(&[(r"device\device.sys", b"code")]));
    let error = driver_metadata(&cab, &[]).unwrap_err();
    assert!(error.to_string().contains("it holds no INF"), "{error}");
}
