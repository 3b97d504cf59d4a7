//! From a package to its results.

use std::sync::Arc;

use bytes::Bytes;

use super::{Job, Processed};
use crate::{
    blob::BlobStore,
    package::{self, Breach, FailingStep, InfFile, Kind, Package, PackageError, Rule},
    state::{Outcome, Results, file_extension},
    workflow::{Failure, Step},
};

/// Processes a package to the end, whenever the workflow will show it.
pub(super) fn process(blobs: &BlobStore, job: &Job) -> Processed {
    let unusable = |refused, messages| {
        let failure = Failure::found(Step::PackageInfoValidation, messages);
        Processed { refused, ..failed(blobs, job, failure) }
    };
    if let Some(messages) = &job.commit_failure {
        return unusable(true, messages.clone());
    }
    let package = match package::inspect(&job.package) {
        Ok(package) => package,
        Err(error) => {
            return unusable(matches!(error, PackageError::Empty), vec![error.to_string()]);
        }
    };
    let order = |step| job.stages.iter().position(|(stage, _)| *stage == step);
    let failures = failures(job, &package).into_iter().chain(job.scripted.clone());
    match failures.min_by_key(|failure| order(failure.step)) {
        Some(failure) => failed(blobs, job, failure),
        None => signed(blobs, job, &package),
    }
}

/// Why the package fails, a failure for each step that fails.
fn failures(job: &Job, package: &Package) -> Vec<Failure> {
    let early = wrong_kind(job, package);
    let late = job.unfit_for_attestation().map(|code| {
        format!("The OS code {code} is not supported for attestation signed submissions.")
    });
    let found = |step: FailingStep| {
        breaches(package, job.require_signature)
            .filter(move |breach| breach.step == step)
            .map(|breach| breach.message.clone())
    };
    let early = early.into_iter().chain(found(FailingStep::PackageInfoValidation)).collect();
    let late = late.into_iter().chain(found(FailingStep::Validation)).collect();
    [(Step::PackageInfoValidation, early), (Step::Validation, late)]
        .into_iter()
        .filter(|(_, messages): &(_, Vec<String>)| !messages.is_empty())
        .map(|(step, messages)| Failure::found(step, messages))
        .collect()
}

/// What the service has against a package.
pub(super) fn breaches(
    package: &Package,
    require_signature: bool,
) -> impl Iterator<Item = &Breach> {
    let counts = move |breach: &&Breach| require_signature || breach.rule != Rule::Signed;
    package.breaches().iter().filter(counts)
}

fn wrong_kind(job: &Job, package: &Package) -> Option<String> {
    let wanted = if job.is_attestation() { Kind::Cab } else { Kind::Hlkx };
    if package.kind() == wanted {
        return None;
    }
    Some(match wanted {
        Kind::Cab => "An attestation submission takes a cabinet file (.cab).".to_owned(),
        Kind::Hlkx => format!("A submission of the harness {0} takes a .{0}x file.", job.harness),
    })
}

fn failed(blobs: &BlobStore, job: &Job, failure: Failure) -> Processed {
    let name = job.blob("ErrorReport", "txt");
    let stored = failure
        .report
        .clone()
        .is_some_and(|text| blobs.insert(&name.container, &name.blob, Bytes::from(text)).is_ok());
    let mut processed = Processed::failed(failure);
    processed.outcome.report = stored.then_some(name);
    processed
}

fn signed(blobs: &BlobStore, job: &Job, package: &Package) -> Processed {
    match results(blobs, job, package) {
        Ok(results) => {
            let outcome = Outcome { report: None, results: Some(results) };
            Processed { refused: false, failure: None, outcome }
        }
        Err(error) => {
            let message = format!("The emulator could not make the results: {error}");
            Processed::failed(Failure::found(Step::Signing, vec![message]))
        }
    }
}

fn results(blobs: &BlobStore, job: &Job, package: &Package) -> Result<Results, PackageError> {
    let metadata_json = package::driver_metadata(package, &job.os_codes)?;
    let metadata = job.blob("DriverMetadata", "json");
    let text = Bytes::from(metadata_json.to_string());
    blobs.insert(&metadata.container, &metadata.blob, text)?;

    let signed = job.blob("Signed", "zip");
    let mut file = blobs.new_file()?;
    package::write_signed(package, file.as_file_mut())?;
    blobs.insert(&signed.container, &signed.blob, file.path().to_owned())?;

    let shell = job.makes_shell.then(|| job.blob("DuaShell", file_extension(&job.harness)));
    if let Some(shell) = &shell {
        blobs.insert(&shell.container, &shell.blob, job.package.clone())?;
    }
    let is_extension = package.drivers().iter().flat_map(|driver| &driver.infs).any(is_extension);
    let metadata_json = Arc::new(metadata_json);
    Ok(Results { signed, metadata, metadata_json, shell, is_extension })
}

fn is_extension(file: &InfFile) -> bool {
    file.inf.class.as_deref().is_some_and(|class| class.eq_ignore_ascii_case("Extension"))
}
