//! INFs as people write them.

use super::{Inf, syntax};
use crate::package::os::{Architecture, Os};

const MINIMAL: &str = r#"
[version] ; names are compared without case
Signature="$Windows NT$"
CLASS=Net
ClassGuid={4d36e972-e325-11ce-bfc1-08002be10318}
Provider=%Vendor%
DriverVer=02/29/2024, 10.1.2.3
CatalogFile=Net.CAT

[Manufacturer]
%Vendor%=Models,NTamd64,NTarm64.10.0...22000

[Models.NTamd64]
%Card%=Install_x64, PCI\VEN_1234&DEV_0001, PCI\VEN_1234
"Plain; name"=Install_x64,,USB\VID_1234

[Models.NTarm64.10.0...22000]
%Card% = Install, \
         PCI\VEN_1234&DEV_0001 ; goes on from the line before

[Install_x64.NT]
FeatureScore=FE

[Install]
CopyFiles=@net.sys

[Strings]
Vendor="Example, ""Inc."""
Card="Example 100% Card"

[Strings.0407]
Card="Beispielkarte"
Extra="nur hier"
"#;

fn devices(inf: &Inf, code: &str) -> Vec<(String, String, Vec<String>, Option<String>)> {
    inf.devices_on(&Os::parse(code).unwrap())
        .map(|(manufacturer, device)| {
            let device = device.clone();
            (manufacturer.to_owned(), device.description, device.pnp_ids, device.feature_score)
        })
        .collect()
}

#[test]
fn the_version_section_is_read() {
    let inf = Inf::parse(MINIMAL.as_bytes());
    assert_eq!(inf.problems(), [] as [&str; 0]);
    assert_eq!(inf.class.as_deref(), Some("Net"));
    assert_eq!(inf.class_guid.as_deref(), Some("{4d36e972-e325-11ce-bfc1-08002be10318}"));
    assert_eq!(inf.provider.as_deref(), Some("Example, \"Inc.\""));
    assert_eq!(inf.driver_date.as_deref(), Some("2024-02-29"));
    assert_eq!(inf.driver_version.as_deref(), Some("10.1.2.3"));
    assert_eq!(inf.catalog_file.as_deref(), Some("Net.CAT"));
    assert_eq!(inf.extension_id, None);
    assert_eq!(inf.locales, ["English", "German"]);
}

#[test]
fn every_encoding_of_an_inf_reads_the_same() {
    let plain = format!("{:?}", Inf::parse(MINIMAL.as_bytes()));
    let utf8 = format!("\u{feff}{MINIMAL}");
    assert_eq!(format!("{:?}", Inf::parse(utf8.as_bytes())), plain);
    let utf16: Vec<u8> = utf8.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(format!("{:?}", Inf::parse(&utf16)), plain);
    let crlf = MINIMAL.replace('\n', "\r\n");
    assert_eq!(format!("{:?}", Inf::parse(crlf.as_bytes())), plain);
    let windows_1252 = syntax::decode(b"[Strings]\r\nName=\"M\xFCller\"\r\n");
    assert!(windows_1252.contains("M\u{fffd}ller"));
}

#[test]
fn models_sections_go_by_architecture() {
    let inf = Inf::parse(MINIMAL.as_bytes());
    let vendor = "Example, \"Inc.\"".to_owned();
    let card = "Example 100% Card".to_owned();
    let id = r"PCI\VEN_1234&DEV_0001".to_owned();
    assert_eq!(
        devices(&inf, "WINDOWS_v100_X64_RS3_FULL"),
        [
            (
                vendor.clone(),
                card.clone(),
                vec![id.clone(), r"PCI\VEN_1234".to_owned()],
                Some("FE".to_owned())
            ),
            (
                vendor.clone(),
                "Plain; name".to_owned(),
                vec![r"USB\VID_1234".to_owned()],
                Some("FE".to_owned())
            ),
        ]
    );
    assert_eq!(devices(&inf, "WINDOWS_v100_ARM64_NI_FULL"), [(vendor, card, vec![id], None)]);
    assert_eq!(devices(&inf, "WINDOWS_v100_NI_FULL"), []);
    assert_eq!(
        inf.architectures().into_iter().collect::<Vec<_>>(),
        [Architecture::X64, Architecture::Arm64]
    );
}

#[test]
fn a_decoration_may_ask_for_a_newer_windows() {
    let inf = Inf::parse(MINIMAL.as_bytes());
    for (code, count) in [
        ("WINDOWS_v100_ARM64_RS5_FULL", 0),
        ("WINDOWS_v100_ARM64_VB_FULL", 0),
        ("WINDOWS_v100_ARM64_CO_FULL", 1),
        ("WINDOWS_v100_ARM64_29H1_FULL", 1),
    ] {
        assert_eq!(devices(&inf, code).len(), count, "{code}");
    }
}

#[test]
fn of_several_models_sections_the_most_demanding_one_counts() {
    let inf = Inf::parse(
        br"
[Manufacturer]
Vendor = Models, NTamd64, NTamd64.10.0...16299, NTamd64.6.1.3
[Models.NTamd64]
old = Install, ID\OLD
[Models.NTamd64.10.0...16299]
new = Install, ID\NEW
[Models.NTamd64.6.1.3]
server = Install, ID\SERVER
",
    );
    let description = |code| devices(&inf, code).remove(0).1;
    assert_eq!(description("WINDOWS_v100_X64_RS3_FULL"), "new");
    assert_eq!(description("WINDOWS_v100_X64_RS2_FULL"), "old");
    assert_eq!(description("WINDOWS_VISTA_X64"), "old");
    assert_eq!(description("WINDOWS_2008_SERVER_R2_X64"), "server");
    assert_eq!(description("WINDOWS_7_X64"), "old");
    assert_eq!(description("WINDOWS_v100_SERVER_X64_RS5_FULL"), "new");
}

#[test]
fn without_decoration_models_are_for_x86() {
    let inf = Inf::parse(b"[Manufacturer]\nVendor=Models\n[Models]\ncard=Install,ID\\X\n");
    assert_eq!(devices(&inf, "WINDOWS_v100_RS1_FULL").len(), 1);
    assert_eq!(devices(&inf, "WINDOWS_XP").len(), 1);
    assert_eq!(devices(&inf, "WINDOWS_v100_X64_RS1_FULL").len(), 0);
}

#[test]
fn what_is_wrong_is_said() {
    let inf = Inf::parse(
        br"
[Version]
Class = Extension
Provider = %Nobody%
DriverVer = 2024-01-02, 1.0.x
[Manufacturer]
%Vendor% = Models, NTamd64, NTpdp11, NTarm64
[Models.NTamd64]
%Card% = Install, ID\X
[Install]
ServiceBinary = %12%\x.sys
[Strings]
Vendor = x
Card = x
",
    );
    assert_eq!(
        inf.problems(),
        [
            "The [Version] section has no ClassGuid entry.",
            "An extension INF must have an ExtensionId entry.",
            "DriverVer has no date of the form mm/dd/yyyy.",
            "DriverVer has no version of the form w.x.y.z.",
            "The [Version] section has no CatalogFile entry.",
            "The decoration NTpdp11 of the [Manufacturer] section is not valid.",
            "The Models section [Models.NTarm64] does not exist.",
            "The string %Nobody% is used but not defined.",
        ]
    );
}

#[test]
fn text_that_is_no_inf_does_no_harm() {
    for text in ["", "[", "[]", "=", "%", "\\", "[Manufacturer]\n=,\n%\n[Version]\nClass", "\0\0"] {
        assert!(!Inf::parse(text.as_bytes()).problems().is_empty(), "{text:?}");
    }
    assert!(!Inf::parse(&[0xFF, 0xFE, 0x5B]).problems().is_empty());
}
