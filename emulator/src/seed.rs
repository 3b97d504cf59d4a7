//! Made-up products, as an account has them after some years.

use std::{
    collections::BTreeMap,
    io::{self, Cursor, Write},
};

use cab::{CabinetBuilder, CompressionType};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::{
    builder::Settings,
    processing::{Job, Processed},
    service::Service,
    state::{BlobName, Ids, Place, Product, Submission, SubmissionKind},
    workflow::{Failure, Step},
};

/// The account that the products belong to.
const ACCOUNT: usize = 0;

const DEVICES: [&str; 6] =
    ["Audio Dock", "Card Reader", "Echo Device", "Fan Controller", "Pen Tablet", "Storage Bridge"];

const SIGNATURE: &str = "WINDOWS_v100_X64_GE_FULL";

/// The sample driver of the repository.
const DRIVER: [(&str, &[u8]); 3] = [
    ("echo\\echo.inf", include_bytes!("../../samples/echo-driver/echo/echo.inf")),
    ("echo\\echo.sys", include_bytes!("../../samples/echo-driver/echo/echo.sys")),
    ("echo\\echo.pdb", include_bytes!("../../samples/echo-driver/echo/echo.pdb")),
];

/// How far apart two products were created.
const INTERVAL: TimeDelta = TimeDelta::minutes(1);

/// How long ago the last one was created: its workflow is over.
const AGE: TimeDelta = TimeDelta::hours(12);

/// Creates so many products in the main account.
pub(crate) fn products(service: &Service, count: usize) -> io::Result<()> {
    if count == 0 {
        return Ok(());
    }
    let signed = Sample::make(service, 1, None)?;
    let failed = Sample::make(service, 2, Some(scan_failure()))?;
    let newest = service.now() - AGE;
    let mut state = service.state();
    let state = &mut *state;
    let products = (0..count).map(|index| {
        let age = i32::try_from(count - index).unwrap_or(i32::MAX);
        let created = newest - INTERVAL * age;
        let mut product = product(state.ids.product(), index, created);
        let submission = match index % 4 {
            0 => None,
            1 => Some(pending(&mut state.ids, product.id, created)),
            2 => Some(failed.submission(&mut state.ids, created)),
            _ => Some(signed.submission(&mut state.ids, created)),
        };
        product
            .submissions
            .extend(submission.map(|submission| (submission.id, Box::new(submission))));
        (product.id, product)
    });
    state.accounts[ACCOUNT].products.extend(products);
    Ok(())
}

fn product(id: u64, index: usize, created: DateTime<Utc>) -> Product {
    let device = DEVICES[index % DEVICES.len()];
    Product {
        id,
        attributes: Map::from_iter([
            ("productName".to_owned(), Value::from(format!("Contoso {device} {}", index + 1))),
            ("requestedSignatures".to_owned(), json!([SIGNATURE])),
            ("testHarness".to_owned(), json!("attestation")),
        ]),
        created,
        updated: created,
        submissions: BTreeMap::new(),
        source: None,
        shared_id: None,
    }
}

/// A submission that waits for its package.
fn pending(ids: &mut Ids, product: u64, created: DateTime<Utc>) -> Submission {
    let id = ids.submission();
    submission(id, created, BlobName::new(product, id, "Upload", "cab"))
}

fn submission(id: u64, created: DateTime<Utc>, package: BlobName) -> Submission {
    Submission {
        id,
        name: "Initial submission".to_owned(),
        kind: SubmissionKind::Initial,
        created,
        package,
        commit: None,
        source: None,
        metadata_requested: None,
        labels: BTreeMap::new(),
    }
}

/// A package that was processed once, for many submissions: they share its blobs.
struct Sample {
    package: BlobName,
    job: Job,
    processed: Processed,
}

impl Sample {
    fn make(service: &Service, number: u64, failure: Option<Failure>) -> io::Result<Self> {
        // Not an id that the emulator gives out.
        let place = Place { account: ACCOUNT, product: 0, submission: number };
        let package = BlobName::new(place.product, place.submission, "Initial", "cab");
        let blobs = &service.blobs;
        blobs.insert(&package.container, &package.blob, cabinet()?)?;
        let path = blobs
            .path(&package.container, &package.blob)
            .ok_or_else(|| io::Error::other("the sample package is not in the blob store"))?;
        let settings =
            Settings { require_signature: false, commit_failure: None, ..service.settings.clone() };
        let product = product(place.product, 0, service.now());
        let submission = submission(place.submission, service.now(), package.clone());
        let job = Job::new(&settings, place, &product, &submission, path).failing(failure);
        let processed = job.process(blobs);
        Ok(Self { package, job, processed })
    }

    fn submission(&self, ids: &mut Ids, created: DateTime<Utc>) -> Submission {
        let id = ids.submission();
        let commit = self.job.committed(created, self.processed.clone());
        Submission { commit: Some(commit), ..submission(id, created, self.package.clone()) }
    }
}

fn scan_failure() -> Failure {
    Failure {
        step: Step::Scanning,
        messages: vec!["The package did not pass the scan for malware.".to_owned()],
        report: Some("echo/echo.sys: a made-up finding of a made-up scanner.\r\n".to_owned()),
    }
}

fn cabinet() -> io::Result<Vec<u8>> {
    let mut builder = CabinetBuilder::new();
    let folder = builder.add_folder(CompressionType::MsZip);
    for (path, _) in DRIVER {
        folder.add_file(path);
    }
    let mut writer = builder.build(Cursor::new(Vec::new()))?;
    for (_, content) in DRIVER {
        if let Some(mut file) = writer.next_file()? {
            file.write_all(content)?;
        }
    }
    Ok(writer.finish()?.into_inner())
}
