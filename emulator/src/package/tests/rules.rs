//! What the service has against packages.

use std::{fs::File, io::Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{INF, Workshop, inspected};
use crate::package::{FailingStep, Package, Rule, authenticode::Signature};

/// The rules that a package breaks, but for the missing signature.
fn broken(package: &Package) -> Vec<Rule> {
    let rules = package.breaches().iter().map(|breach| breach.rule);
    rules.filter(|rule| *rule != Rule::Signed).collect()
}

/// What the service says of a rule that the package breaks.
pub(super) fn message(package: &Package, rule: Rule) -> &str {
    &package.breaches().iter().find(|breach| breach.rule == rule).unwrap().message
}

#[test]
fn files_at_the_root_of_a_cabinet_are_refused() {
    let workshop = Workshop::new();
    let package = inspected(&workshop.cab(&[("device.inf", INF.as_bytes())]));
    assert_eq!(broken(&package), [Rule::NoFilesAtRoot]);
    assert!(message(&package, Rule::NoFilesAtRoot).contains("'device.inf'"));
}

#[test]
fn every_top_folder_needs_an_inf_somewhere() {
    let workshop = Workshop::new();
    let package = inspected(&workshop.cab(&[
        (r"device\x64\device.inf", INF.as_bytes()),
        (r"device\readme.txt", b""),
        (r"dev\readme.txt", b""),
    ]));
    assert_eq!(broken(&package), [Rule::InfInEveryFolder]);
    assert!(message(&package, Rule::InfInEveryFolder).contains("'dev'"));
}

#[test]
fn folder_names_are_short_and_plain() {
    let workshop = Workshop::new();
    let (long, short) = ("x".repeat(40), "x".repeat(39));
    for (name, expected) in [
        (short.as_str(), &[][..]),
        ("my-driver_1.0", &[]),
        (&long, &[Rule::PlainFolderNames]),
        ("driver&more", &[Rule::PlainFolderNames]),
        ("tr\u{e9}s", &[Rule::PlainFolderNames]),
    ] {
        let inf = format!("{name}\\device.inf");
        let package = inspected(&workshop.cab(&[(&inf, INF.as_bytes())]));
        assert_eq!(broken(&package), expected, "{name}");
    }
}

#[test]
fn paths_stay_inside_the_cabinet() {
    let workshop = Workshop::new();
    for path in [r"\\server\share\device.sys", r"C:\device\device.sys", r"device\..\..\device.sys"]
    {
        let files = [(r"device\device.inf", INF.as_bytes()), (path, b"code")];
        assert_eq!(broken(&inspected(&workshop.cab(&files))), [Rule::RelativePaths], "{path}");
    }
}

#[test]
fn folders_support_the_same_architectures() {
    let workshop = Workshop::new();
    let arm64 = INF.replace("NTamd64", "NTarm64");
    let package = inspected(&workshop.cab(&[
        (r"one\device.inf", INF.as_bytes()),
        (r"two\device.inf", INF.as_bytes()),
        (r"three\device.inf", arm64.as_bytes()),
    ]));
    assert_eq!(broken(&package), [Rule::SameArchitectures]);
    assert_eq!(package.breaches().last().unwrap().step, FailingStep::Validation);
}

#[test]
fn infs_are_looked_through() {
    let workshop = Workshop::new();
    let inf = INF.replace("Provider ", "Provided ");
    let package = inspected(&workshop.cab(&[(r"device\device.inf", inf.as_bytes())]));
    assert_eq!(broken(&package), [Rule::ValidInf]);
    let expected = "device.inf: The [Version] section has no Provider entry.";
    assert_eq!(message(&package, Rule::ValidInf), expected);
}

#[test]
fn an_hlk_package_is_signed_by_a_part() {
    const SIGNATURE: &str = "package/services/digital-signature/xml-signature/a1b2.psdsxs";
    let workshop = Workshop::new();
    let inf = ("hck/drivers/a/device.inf", INF.as_bytes());
    let unsigned = inspected(&workshop.zip(&[inf]));
    assert_eq!(message(&unsigned, Rule::Signed), "The package is not signed.");
    let signed = inspected(&workshop.zip(&[inf, (SIGNATURE, b"<Signature/>")]));
    assert_eq!(signed.signature, Signature::Present);
    assert_eq!(signed.breaches(), []);
}

#[test]
fn zip64_is_refused() {
    let workshop = Workshop::new();
    let small = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    // One file with 64-bit sizes, and more files than a plain directory can count.
    for (files, options) in [(1, small.large_file(true)), (65_536, small)] {
        let path = workshop.path("package.hlkx");
        let mut zip = ZipWriter::new(std::io::BufWriter::new(File::create(&path).unwrap()));
        for file in 0..files {
            zip.start_file(format!("hck/data/{file}"), options).unwrap();
            zip.write_all(b"x").unwrap();
        }
        zip.finish().unwrap().flush().unwrap();
        let package = inspected(&path);
        assert!(package.is_zip64(), "{files}");
        assert_eq!(message(&package, Rule::NoZip64), "File is using Zip64(4gb+file Size)");
    }
}
