//! What comes back.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::{INF, Workshop, inspected};
use crate::package::{Package, write_signed};

/// The files of the signed package, in its order.
fn signed(package: &Package) -> Vec<(String, Vec<u8>)> {
    let mut bytes = Cursor::new(Vec::new());
    write_signed(package, &mut bytes).unwrap();
    let mut zip = ZipArchive::new(bytes).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (name, content)
        })
        .collect()
}

fn names(files: &[(String, Vec<u8>)]) -> Vec<&str> {
    files.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn drivers_come_back_with_new_catalogs_and_without_symbols() {
    let workshop = Workshop::new();
    let binary: Vec<u8> = (0..60_000_u32).flat_map(u32::to_le_bytes).collect();
    let files = signed(&inspected(&workshop.cab(&[
        (r"device\device.inf", INF.as_bytes()),
        (r"device\x64\device.sys", &binary),
        (r"device\device.pdb", b"symbols"),
        (r"device\Device.cat", b"the submitter's own"),
    ])));
    assert_eq!(
        names(&files),
        ["drivers/device/device.inf", "drivers/device/x64/device.sys", "drivers/device/device.cat"]
    );
    assert_eq!(files[0].1, INF.as_bytes());
    assert!(files[1].1 == binary);
    let catalog = String::from_utf8(files[2].1.clone()).unwrap();
    assert!(catalog.contains("An emulator of the Hardware dashboard made it."), "{catalog}");
    for (name, content) in [("device.inf", INF.as_bytes()), ("x64/device.sys", &binary)] {
        let digest: String = Sha256::digest(content).iter().map(|b| format!("{b:02x}")).collect();
        assert!(catalog.contains(&format!("{digest}  {name}\r\n")), "{catalog}");
    }
}

#[test]
fn every_folder_has_the_catalogs_that_its_infs_name() {
    let workshop = Workshop::new();
    let other = INF.replace("Device.cat", "Other.cat");
    let unnamed = INF.replace("CatalogFile", "Catalogue");
    let files = signed(&inspected(&workshop.cab(&[
        (r"one\device.inf", INF.as_bytes()),
        (r"one\again.inf", INF.as_bytes()),
        (r"one\other.inf", other.as_bytes()),
        (r"two\Unnamed.inf", unnamed.as_bytes()),
    ])));
    let catalogs: Vec<_> = names(&files).into_iter().filter(|name| name.ends_with("cat")).collect();
    let expected = ["drivers/one/device.cat", "drivers/one/other.cat", "drivers/two/unnamed.cat"];
    assert_eq!(catalogs, expected);
}

#[test]
fn of_an_hlk_package_the_drivers_come_back_by_guid() {
    const GUID: &str = "2f5a8c1e-8d0b-4c53-9f5e-6b1f0a7d3c21";
    let workshop = Workshop::new();
    let by_guid = format!("hck/drivers/{GUID}/device.inf");
    let package = inspected(&workshop.zip(&[
        ("hck/data/PackageInfo.xml", b"<Package/>"),
        (&by_guid, INF.as_bytes()),
        ("hck/drivers/plain/device.inf", INF.as_bytes()),
        ("hck/drivers/plain/device.sys", b"code"),
    ]));
    let files: BTreeMap<_, _> = signed(&package).into_iter().collect();
    let plain = package.drivers().iter().find(|driver| driver.path.ends_with("plain")).unwrap();
    let plain = plain.bundle_id();
    let mut expected = [
        format!("drivers/{GUID}/device.cat"),
        format!("drivers/{GUID}/device.inf"),
        format!("drivers/{plain}/device.cat"),
        format!("drivers/{plain}/device.inf"),
        format!("drivers/{plain}/device.sys"),
    ];
    expected.sort();
    assert_eq!(files.keys().collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
    assert_eq!(files[&format!("drivers/{GUID}/device.inf")], INF.as_bytes());
}
