//! What the service has against a package, in its own words where they are known.

use std::collections::{BTreeMap, BTreeSet};

use super::{DriverFolder, Entry, Kind, Package, authenticode::Signature};

/// The step of the submission's workflow that finds a breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailingStep {
    PackageInfoValidation,
    Validation,
}

/// The rules of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// All files of a cabinet lie in folders.
    NoFilesAtRoot,
    /// Every folder of a cabinet has an INF.
    InfInEveryFolder,
    /// A folder's name is shorter than 40 characters and has no special ones.
    PlainFolderNames,
    /// No path starts at a server or a drive, or climbs up.
    RelativePaths,
    /// The package carries a signature.
    Signed,
    /// The archive is no zip64.
    NoZip64,
    /// All folders support the same architectures.
    SameArchitectures,
    /// Every INF passes the checks that Windows has for INFs.
    ValidInf,
}

impl Rule {
    const fn step(self) -> FailingStep {
        match self {
            Self::SameArchitectures | Self::ValidInf => FailingStep::Validation,
            _ => FailingStep::PackageInfoValidation,
        }
    }
}

/// A rule that a package breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    pub(crate) rule: Rule,
    pub(crate) step: FailingStep,
    pub(crate) message: String,
}

impl Breach {
    fn new(rule: Rule, message: impl Into<String>) -> Self {
        Self { rule, step: rule.step(), message: message.into() }
    }
}

/// The name of a folder must be shorter than this.
const FOLDER_NAME_LIMIT: usize = 40;

/// All breaches, those that are found first at the front.
pub(super) fn check(package: &Package) -> Vec<Breach> {
    let mut breaches = Vec::new();
    if package.kind() == Kind::Cab {
        check_layout(package, &mut breaches);
    }
    check_signature(package, &mut breaches);
    if package.is_zip64() {
        breaches.push(Breach::new(Rule::NoZip64, "File is using Zip64(4gb+file Size)"));
    }
    if package.kind() == Kind::Cab {
        check_architectures(package, &mut breaches);
    }
    check_infs(package, &mut breaches);
    breaches
}

fn check_layout(package: &Package, breaches: &mut Vec<Breach>) {
    let mut top_folders = BTreeSet::new();
    let mut folder_names = BTreeSet::new();
    for Entry { path, .. } in package.entries() {
        if is_rooted(path) {
            breaches.push(Breach::new(
                Rule::RelativePaths,
                format!(
                    "The path '{path}' is not allowed: UNC paths, drives and '..' cannot be used."
                ),
            ));
            continue;
        }
        let Some((folders, _)) = path.rsplit_once('/') else {
            breaches.push(Breach::new(
                Rule::NoFilesAtRoot,
                format!(
                    "The file '{path}' is at the root of the cabinet. All files must be in a \
                     folder."
                ),
            ));
            continue;
        };
        folder_names.extend(folders.split('/'));
        top_folders.extend(folders.split('/').next());
    }
    breaches.extend(folder_names.iter().filter_map(|name| bad_folder_name(name)));
    for folder in top_folders {
        if !package.drivers().iter().any(|driver| is_within(&driver.path, folder)) {
            breaches.push(Breach::new(
                Rule::InfInEveryFolder,
                format!("The folder '{folder}' does not contain an INF file."),
            ));
        }
    }
}

fn is_rooted(path: &str) -> bool {
    path.starts_with('/') || path.contains(':') || path.split('/').any(|part| part == "..")
}

fn is_within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn bad_folder_name(name: &str) -> Option<Breach> {
    if name.chars().count() >= FOLDER_NAME_LIMIT {
        let message = format!("The folder name '{name}' must be less than 40 characters.");
        return Some(Breach::new(Rule::PlainFolderNames, message));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    if name.is_empty() || !name.chars().all(plain) {
        let message = format!("The folder name '{name}' contains special characters.");
        return Some(Breach::new(Rule::PlainFolderNames, message));
    }
    None
}

fn check_signature(package: &Package, breaches: &mut Vec<Breach>) {
    let message = match (package.signature, package.kind()) {
        (Signature::Present, _) => return,
        (Signature::Absent, Kind::Cab) => "The cabinet file is not signed.",
        (Signature::Absent, Kind::Hlkx) => "The package is not signed.",
        (Signature::Malformed, _) => "The signature of the package is not valid.",
        (Signature::WeakDigest, _) => {
            "The signature of the package does not use the SHA-256 digest algorithm."
        }
    };
    breaches.push(Breach::new(Rule::Signed, message));
}

/// An INF without Models sections says nothing about architectures, nor does its folder.
fn check_architectures(package: &Package, breaches: &mut Vec<Breach>) {
    let architectures = |driver: &DriverFolder| -> BTreeSet<_> {
        driver.infs.iter().flat_map(|inf| inf.inf.architectures()).collect()
    };
    let mut folders: BTreeMap<_, &str> = BTreeMap::new();
    for driver in package.drivers() {
        let architectures = architectures(driver);
        if !architectures.is_empty() {
            folders.entry(architectures).or_insert(&driver.path);
        }
    }
    let mut differing = folders.values();
    if let (Some(one), Some(other)) = (differing.next(), differing.next()) {
        breaches.push(Breach::new(
            Rule::SameArchitectures,
            format!(
                "All driver folders must support the same architectures: '{one}' and '{other}' \
                 differ."
            ),
        ));
    }
}

fn check_infs(package: &Package, breaches: &mut Vec<Breach>) {
    for driver in package.drivers() {
        for inf in &driver.infs {
            let name = &inf.name;
            let breach = |problem| Breach::new(Rule::ValidInf, format!("{name}: {problem}"));
            breaches.extend(inf.inf.problems().iter().map(breach));
        }
    }
}
