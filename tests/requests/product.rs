//! Products.

use hardware_dashboard::model::{
    DeviceType, NewProduct, RaidControllerAttributes, SvvpAttributes, Timestamp, UpdateProduct,
    UpdateSubmission,
};
use serde_json::json;

use super::{CHID, chid, wire};

fn date() -> Timestamp {
    let Ok(date) = "2026-02-01T00:00:00Z".parse();
    date
}

#[test]
fn every_field_has_its_setter() {
    let product = NewProduct::hck("Echo", vec!["win10-1809-x86".into()])
        .additional_attributes(SvvpAttributes { max_memory: Some(64.into()), ..Default::default() })
        .announcement_date(date())
        .device_metadata_category("Input")
        .device_metadata_ids([chid()])
        .device_type(DeviceType::InternalExternal)
        .firmware_version("4.12")
        .is_flight_sign(false)
        .is_test_sign(true)
        .marketing_names(["Echo One", "Echo Two"])
        .package_type("driver")
        .selected_product_types([("Windows_v100_RS5", "Audio Device")]);
    assert_eq!(
        wire(&product),
        json!({
            "productName": "Echo",
            "testHarness": "hck",
            "requestedSignatures": ["WINDOWS_v100_RS5_FULL"],
            "additionalAttributes": { "svvp": { "maxMemory": 64 } },
            "announcementDate": "2026-02-01T00:00:00Z",
            "deviceMetadataCategory": "Input",
            "deviceMetadataIds": [CHID],
            "deviceType": "internalExternal",
            "firmwareVersion": "4.12",
            "isFlightSign": false,
            "isTestSign": true,
            "marketingNames": ["Echo One", "Echo Two"],
            "packageType": "driver",
            "selectedProductTypes": { "Windows_v100_RS5": "Audio Device" },
        })
    );
}

#[test]
fn what_is_not_set_is_left_out() {
    let product = NewProduct::attestation("Echo", vec![]);
    let least = json!({
        "productName": "Echo", "testHarness": "attestation",
        "requestedSignatures": [], "selectedProductTypes": {},
    });
    assert_eq!(wire(&product), least);
    let raid = product.additional_attributes(RaidControllerAttributes::default());
    assert_eq!(wire(&raid)["additionalAttributes"], json!({ "raidController": {} }));
}

#[test]
fn a_change_holds_what_changes() {
    let change = UpdateProduct::default().product_name("Echo 2").announcement_date(date());
    assert_eq!(
        wire(&change),
        json!({ "productName": "Echo 2", "announcementDate": "2026-02-01T00:00:00Z" })
    );
    let change = UpdateProduct::default().marketing_names([String::from("Echo Two")]);
    assert_eq!(wire(&change), json!({ "marketingNames": ["Echo Two"] }));
    assert_eq!(wire(&UpdateSubmission::rename("Second")), json!({ "name": "Second" }));
}
