//! Packages made and signed by the tools that people use: they must be installed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::rules::message;
use super::{INF, Workshop, inspected};
use crate::package::{FailingStep, Rule, authenticode::Signature};

/// Runs a program that the test needs.
fn run(command: &mut Command) {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("this test needs the program {program}: {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Signs a cabinet with a certificate of its own.
fn sign(workshop: &Workshop, cab: &Path, digest: &str) -> PathBuf {
    let (key, certificate) = (workshop.path("key.pem"), workshop.path("certificate.pem"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]);
    openssl.args(["-subj", "/CN=Emulator Test"]).arg("-keyout").arg(&key);
    run(openssl.arg("-out").arg(&certificate));
    let signed = workshop.path(&format!("signed-{digest}.cab"));
    let mut osslsigncode = Command::new("osslsigncode");
    osslsigncode.args(["sign", "-h", digest, "-certs"]).arg(&certificate);
    run(osslsigncode.arg("-key").arg(&key).arg("-in").arg(cab).arg("-out").arg(&signed));
    signed
}

#[test]
fn a_cabinet_of_another_tool_is_read() {
    let workshop = Workshop::new();
    let folder = workshop.path("device");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("device.inf"), INF).unwrap();
    let cab = workshop.path("gcab.cab");
    let mut gcab = Command::new("gcab");
    run(gcab.args(["-c", "-z"]).arg(&cab).arg("device").current_dir(workshop.0.path()));
    let package = inspected(&cab);
    assert_eq!(package.drivers()[0].path, "device");
    assert_eq!(package.entries()[0].path, "device/device.inf");
}

#[test]
fn a_signed_cabinet_breaks_no_rule() {
    let workshop = Workshop::new();
    let cab = workshop.cab(&[(r"device\device.inf", INF.as_bytes())]);
    let unsigned = inspected(&cab);
    assert_eq!(unsigned.signature, Signature::Absent);
    assert_eq!(message(&unsigned, Rule::Signed), "The cabinet file is not signed.");
    assert_eq!(unsigned.breaches()[0].step, FailingStep::PackageInfoValidation);
    assert_eq!(unsigned.breaches().len(), 1);

    let signed = inspected(&sign(&workshop, &cab, "sha256"));
    assert_eq!(signed.signature, Signature::Present);
    assert_eq!(signed.breaches(), []);
    assert_eq!(signed.entries(), unsigned.entries());
}

#[test]
fn a_signature_must_be_one_and_use_sha256() {
    let workshop = Workshop::new();
    let cab = workshop.cab(&[(r"device\device.inf", INF.as_bytes())]);
    let weak = inspected(&sign(&workshop, &cab, "sha1"));
    assert_eq!(weak.signature, Signature::WeakDigest);
    assert!(message(&weak, Rule::Signed).contains("SHA-256"));

    let signed = sign(&workshop, &cab, "sha256");
    let mut bytes = fs::read(&signed).unwrap();
    let signature = u32::from_le_bytes(bytes[44..48].try_into().unwrap()) as usize;
    bytes[signature + 8] ^= 0xFF;
    fs::write(&signed, bytes).unwrap();
    let broken = inspected(&signed);
    assert_eq!(message(&broken, Rule::Signed), "The signature of the package is not valid.");
}
