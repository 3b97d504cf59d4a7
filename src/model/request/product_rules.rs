//! The documented rules of a new product.

use crate::{
    error::{Error, Result},
    model::{
        AdditionalAttributes, NewProduct, RaidControllerAttributes, StorageControllerAttributes,
        TestHarness,
    },
};

impl NewProduct {
    /// Checks the rules that the service documents, as far as they can be seen in the request: a
    /// product that was made wrongly cannot be deleted.
    ///
    /// # Errors
    ///
    /// Tells the first rule that is broken; [`Error::is_input`].
    pub fn check(&self) -> Result<()> {
        if self.product_name.trim().is_empty() {
            return Err(Error::input("the name of the product is empty")
                .with_hint("Give it a name by which you find it on the dashboard."));
        }
        self.check_signatures()?;
        self.additional_attributes.as_ref().map_or(Ok(()), check_attributes)
    }

    fn check_signatures(&self) -> Result<()> {
        let codes = self.requested_signatures.as_deref().unwrap_or_default();
        if codes.iter().any(|code| code.as_str().is_empty()) {
            return Err(Error::input("one of the OS codes is empty")
                .with_hint("Name OS codes such as WINDOWS_v100_X64_GE_FULL."));
        }
        if self.test_harness != TestHarness::Attestation {
            return Ok(());
        }
        match codes.iter().find(|code| !code.supports_attestation()) {
            Some(code) if code.is_server() => Err(Error::input(format!(
                "attestation signing is not for servers: {code} would be accepted and then fail"
            ))
            .with_hint("Leave the server codes out, or submit an HLK package.")),
            Some(code) => Err(Error::input(format!(
                "attestation signing is for Windows 10 and later, and not for {code}"
            ))
            .with_hint("Leave the codes of earlier systems out, or submit an HLK package.")),
            None => Ok(()),
        }
    }
}

fn check_attributes(attributes: &AdditionalAttributes) -> Result<()> {
    let AdditionalAttributes { storage_controller, raid_controller, svvp, .. } = attributes;
    let given = [storage_controller.is_some(), raid_controller.is_some(), svvp.is_some()];
    if given.into_iter().filter(|given| *given).count() > 1 {
        return Err(Error::input(
            "additionalAttributes holds more than one of storageController, raidController and svvp",
        )
        .with_hint("A product has the attributes of one of them at most: leave the others out."));
    }
    storage_controller.as_ref().map_or(Ok(()), check_storage_controller)?;
    raid_controller.as_ref().map_or(Ok(()), check_raid_controller)
}

fn check_storage_controller(of: &StorageControllerAttributes) -> Result<()> {
    let proprietary = [
        ("proprietaryName", &of.proprietary_name),
        ("proprietaryVersion", &of.proprietary_version),
    ];
    let microsoft =
        [("microsoftName", &of.microsoft_name), ("microsoftVersion", &of.microsoft_version)];
    let boot = [("uefiVersion", &of.uefi_version), ("acpiVersion", &of.acpi_version)];
    needs("storageController.usedProprietary", of.used_proprietary, proprietary)?;
    needs("storageController.usedMicrosoft", of.used_microsoft, microsoft)?;
    needs("storageController.usedBetterBoot", of.used_better_boot, boot)
}

fn check_raid_controller(of: &RaidControllerAttributes) -> Result<()> {
    let proprietary = [
        ("proprietaryName", &of.proprietary_name),
        ("proprietaryVersion", &of.proprietary_version),
    ];
    let microsoft =
        [("microsoftName", &of.microsoft_name), ("microsoftVersion", &of.microsoft_version)];
    needs("raidController.usedProprietary", of.used_proprietary, proprietary)?;
    needs("raidController.usedMicrosoft", of.used_microsoft, microsoft)
}

/// A flag that is true needs these fields beside it.
fn needs(flag: &str, is_set: Option<bool>, fields: [(&str, &Option<String>); 2]) -> Result<()> {
    if is_set != Some(true) {
        return Ok(());
    }
    let is_missing =
        |value: &Option<String>| value.as_deref().unwrap_or_default().trim().is_empty();
    match fields.into_iter().find(|(_, value)| is_missing(value)) {
        Some((field, _)) => Err(Error::input(format!("{flag} is true, which needs {field}"))
            .with_hint(format!("Set {field}, or set the flag to false."))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with_attributes(attributes: serde_json::Value) -> NewProduct {
        let attributes: AdditionalAttributes = serde_json::from_value(attributes).unwrap();
        NewProduct::hlk("Echo", vec!["win10-1809-x64".into()]).additional_attributes(attributes)
    }

    #[test]
    fn what_keeps_the_rules_is_let_through() {
        for attributes in [
            json!({}),
            json!({ "svvp": {} }),
            json!({ "storageController": {
                "usedProprietary": true, "proprietaryName": "a", "proprietaryVersion": "1",
                "usedMicrosoft": true, "microsoftName": "b", "microsoftVersion": "2",
                "usedBetterBoot": true, "uefiVersion": "2.8", "acpiVersion": "6.3" } }),
            json!({ "raidController": { "usedProprietary": false, "usedMicrosoft": null } }),
        ] {
            assert!(with_attributes(attributes.clone()).check().is_ok(), "{attributes}");
        }
        let unknown = NewProduct::attestation("Echo", vec!["WINDOWS_v100_X64_27H2_FULL".into()]);
        assert!(unknown.check().is_ok());
        assert!(NewProduct::hlk("Echo", vec!["server-2012-x64".into()]).check().is_ok());
        assert!(NewProduct::hlk("Echo", vec![]).check().is_ok());
    }

    #[test]
    fn each_rule_is_told_by_its_own_text() {
        let storage = |of| with_attributes(json!({ "storageController": of }));
        let raid = |of| with_attributes(json!({ "raidController": of }));
        let attestation = |code: &str| NewProduct::attestation("Echo", vec![code.into()]);
        for (product, text) in [
            (NewProduct::hlk(" ", vec![]), "the name of the product is empty"),
            (NewProduct::hlk("Echo", vec!["".into()]), "one of the OS codes is empty"),
            (attestation("server-2025-x64"), "attestation signing is not for servers"),
            (attestation("win7-x64"), "for Windows 10 and later, and not for WINDOWS_7_X64"),
            (
                with_attributes(json!({ "storageController": {}, "raidController": {} })),
                "more than one of",
            ),
            (with_attributes(json!({ "svvp": {}, "raidController": {} })), "more than one of"),
            (
                storage(json!({ "usedProprietary": true, "proprietaryVersion": "1" })),
                "storageController.usedProprietary is true, which needs proprietaryName",
            ),
            (
                storage(json!({ "usedMicrosoft": true, "microsoftName": "a" })),
                "storageController.usedMicrosoft is true, which needs microsoftVersion",
            ),
            (
                storage(json!({ "usedBetterBoot": true, "uefiVersion": "2.8", "acpiVersion": "" })),
                "storageController.usedBetterBoot is true, which needs acpiVersion",
            ),
            (
                raid(json!({ "usedProprietary": true, "proprietaryName": "a" })),
                "raidController.usedProprietary is true, which needs proprietaryVersion",
            ),
            (
                raid(json!({ "usedMicrosoft": true, "microsoftVersion": "1" })),
                "raidController.usedMicrosoft is true, which needs microsoftName",
            ),
        ] {
            let error = product.check().unwrap_err();
            assert!(error.to_string().contains(text), "{error} is not {text}");
            assert!(error.is_input(), "{error}");
        }
    }
}
