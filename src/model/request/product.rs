//! Requests about products.

use crate::model::{
    AdditionalAttributes, DeviceType, Guid, NewProduct, OsCode, RaidControllerAttributes,
    StorageControllerAttributes, SvvpAttributes, TestHarness, Timestamp, UpdateProduct,
};

/// ```
/// use hardware_dashboard::model::{DeviceType, NewProduct, StorageControllerAttributes};
///
/// let product = NewProduct::hlk("Contoso SC 9000", vec!["win11-24h2-x64".into()])
///     .device_type(DeviceType::Internal)
///     .firmware_version("4.12")
///     .marketing_names(["Contoso SC 9000 Pro"])
///     .selected_product_types([("Windows_v100_GE", "Storage Controller")])
///     .additional_attributes(StorageControllerAttributes {
///         used_better_boot: Some(true),
///         uefi_version: Some("2.8".to_owned()),
///         acpi_version: Some("6.3".to_owned()),
///         ..Default::default()
///     });
/// assert!(product.check().is_ok());
/// ```
///
/// A package for earlier systems, which nobody hears of before the announcement:
///
/// ```
/// use hardware_dashboard::model::{NewProduct, Timestamp};
///
/// let Ok(date) = "2030-01-31T00:00:00Z".parse::<Timestamp>();
/// let product = NewProduct::hck("Contoso SC 7000", vec!["WINDOWS_7_X64".into()])
///     .announcement_date(date)
///     .device_metadata_category("Storage")
///     .device_metadata_ids(["5b1f0d3e-9a47-5c82-b6d1-7e2f4a90c3b8".parse()?])
///     .is_flight_sign(false)
///     .is_test_sign(true)
///     .package_type("driver");
/// assert_eq!(product.is_test_sign, Some(true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl NewProduct {
    /// A driver that Microsoft signs without tests, for clients with Windows 10 and later. The
    /// package is a signed `.cab` file.
    #[must_use]
    pub fn attestation(name: impl Into<String>, signatures: Vec<OsCode>) -> Self {
        Self::with_harness(name, TestHarness::Attestation, signatures)
    }

    /// A driver tested with the Hardware Lab Kit. The package is an `.hlkx` file.
    #[must_use]
    pub fn hlk(name: impl Into<String>, signatures: Vec<OsCode>) -> Self {
        Self::with_harness(name, TestHarness::Hlk, signatures)
    }

    /// A driver tested with the Hardware Certification Kit. The package is an `.hckx` file.
    #[must_use]
    pub fn hck(name: impl Into<String>, signatures: Vec<OsCode>) -> Self {
        Self::with_harness(name, TestHarness::Hck, signatures)
    }

    fn with_harness(
        name: impl Into<String>,
        test_harness: TestHarness,
        signatures: Vec<OsCode>,
    ) -> Self {
        Self {
            product_name: name.into(),
            test_harness,
            requested_signatures: Some(signatures),
            // Seen in requests that were accepted: empty, not left out.
            selected_product_types: Some(Default::default()),
            additional_attributes: None,
            announcement_date: None,
            device_metadata_category: None,
            device_metadata_ids: None,
            device_type: None,
            firmware_version: None,
            is_flight_sign: None,
            is_test_sign: None,
            marketing_names: None,
            package_type: None,
        }
    }

    /// What storage controllers, RAID controllers and virtualisation hosts need in addition. It is
    /// made from the attributes of one of these.
    #[must_use]
    pub fn additional_attributes(mut self, attributes: impl Into<AdditionalAttributes>) -> Self {
        self.additional_attributes = Some(attributes.into());
        self
    }

    /// When the product shall appear in the Windows Server Catalog.
    #[must_use]
    pub fn announcement_date(mut self, date: impl Into<Timestamp>) -> Self {
        self.announcement_date = Some(date.into());
        self
    }

    /// The category of the device metadata.
    #[must_use]
    pub fn device_metadata_category(mut self, category: impl Into<String>) -> Self {
        self.device_metadata_category = Some(category.into());
        self
    }

    /// The device metadata submissions that belong to the driver.
    #[must_use]
    pub fn device_metadata_ids(mut self, ids: impl IntoIterator<Item = Guid>) -> Self {
        self.device_metadata_ids = Some(ids.into_iter().collect());
        self
    }

    /// Where the device sits.
    #[must_use]
    pub fn device_type(mut self, device_type: DeviceType) -> Self {
        self.device_type = Some(device_type);
        self
    }

    /// The version of the firmware that was tested.
    #[must_use]
    pub fn firmware_version(mut self, version: impl Into<String>) -> Self {
        self.firmware_version = Some(version.into());
        self
    }

    /// Whether the signature shall be for machines of the Windows Insider Program only.
    #[must_use]
    pub fn is_flight_sign(mut self, yes: bool) -> Self {
        self.is_flight_sign = Some(yes);
        self
    }

    /// Whether a test signature is wanted. Such a product takes no derived submission.
    #[must_use]
    pub fn is_test_sign(mut self, yes: bool) -> Self {
        self.is_test_sign = Some(yes);
        self
    }

    /// The names under which the product is sold.
    #[must_use]
    pub fn marketing_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.marketing_names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The type of the package.
    #[must_use]
    pub fn package_type(mut self, package_type: impl Into<String>) -> Self {
        self.package_type = Some(package_type.into());
        self
    }

    /// The product type, such as `Storage Controller`, for each OS family code, such as
    /// `Windows_v100_GE`. Both lists are open.
    #[must_use]
    pub fn selected_product_types(
        mut self,
        types: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        let types = types.into_iter().map(|(family, product)| (family.into(), product.into()));
        self.selected_product_types = Some(types.collect());
        self
    }
}

impl From<StorageControllerAttributes> for AdditionalAttributes {
    fn from(attributes: StorageControllerAttributes) -> Self {
        Self { storage_controller: Some(attributes), ..Self::default() }
    }
}

impl From<RaidControllerAttributes> for AdditionalAttributes {
    fn from(attributes: RaidControllerAttributes) -> Self {
        Self { raid_controller: Some(attributes), ..Self::default() }
    }
}

impl From<SvvpAttributes> for AdditionalAttributes {
    fn from(attributes: SvvpAttributes) -> Self {
        Self { svvp: Some(attributes), ..Self::default() }
    }
}

/// A change of a product: what is not set stays as it is.
///
/// ```
/// use hardware_dashboard::model::{Timestamp, UpdateProduct};
///
/// let change = UpdateProduct::default().product_name("Echo 2").marketing_names(["Contoso Echo"]);
/// assert_eq!(change.announcement_date, None);
///
/// let Ok(date) = "2030-01-31T00:00:00Z".parse::<Timestamp>();
/// assert!(change.announcement_date(date).announcement_date.is_some());
/// ```
impl UpdateProduct {
    /// The new announcement date; not after ingestion has ended.
    #[must_use]
    pub fn announcement_date(mut self, date: impl Into<Timestamp>) -> Self {
        self.announcement_date = Some(date.into());
        self
    }

    /// The new marketing names, all of them.
    #[must_use]
    pub fn marketing_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.marketing_names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The new name.
    #[must_use]
    pub fn product_name(mut self, name: impl Into<String>) -> Self {
        self.product_name = Some(name.into());
        self
    }
}
