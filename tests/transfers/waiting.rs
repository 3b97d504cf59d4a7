//! A submission that waits for a package of several blocks.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use hardware_dashboard::{
    Client, ClientBuilder, Reporter, Result, SubmissionHandler,
    blob::{UploadOptions, Uploaded},
    model::{NewProduct, NewSubmission, SafeUrl},
};
use hardware_dashboard_emulator::{Emulator, Fault, FaultKind};
use tempfile::TempDir;

use crate::support::{self, OS_CODE, Overheard as _, Silent, Told, fetch};

/// Two blocks of 4 MiB and one that is shorter.
pub(super) const BLOCK: u64 = 4 * 1024 * 1024;
pub(super) const BLOCKS: usize = 3;
pub(super) const LENGTH: u64 = 9 * 1024 * 1024;

/// The submission at an emulator, and the package on the disk.
pub(super) struct Waiting {
    pub(super) emulator: Silent<Emulator>,
    pub(super) client: Client,
    pub(super) submission: SubmissionHandler,
    pub(super) told: Told,
    folder: TempDir,
}

impl Waiting {
    pub(super) async fn start() -> Self {
        Self::with(|client| client).await
    }

    /// With a client that is set up further.
    pub(super) async fn with(set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let emulator = support::emulator().start().await.expect("the emulator starts");
        let emulator = Silent::around(emulator);
        let told = Told::default();
        let client = set(support::client(&emulator)).reporter(told.clone());
        let client = client.build().expect("a client");
        let product = NewProduct::attestation("Echo", vec![OS_CODE.into()]);
        let product = client.products().create(&product).await.expect("a product");
        let product = client.product(product.id.expect("it has an id"));
        let made = product.submissions().create(&NewSubmission::initial("Echo")).await;
        let submission = product.submission(made.expect("a submission").id.expect("it has an id"));
        let folder = tempfile::tempdir().expect("a folder can be made");
        std::fs::write(folder.path().join("echo.cab"), content()).expect("there is room");
        Self { emulator, client, submission, told, folder }
    }

    pub(super) fn package(&self) -> PathBuf {
        self.folder.path().join("echo.cab")
    }

    pub(super) async fn upload(&self) -> Result<Uploaded> {
        self.upload_as(&UploadOptions::default()).await
    }

    pub(super) async fn upload_as(&self, options: &UploadOptions) -> Result<Uploaded> {
        self.submission.upload(&self.package(), options).await.overheard()
    }

    /// The same, with a reporter of one's own.
    pub(super) async fn upload_watched(
        &self,
        reporter: impl Reporter + 'static,
    ) -> Result<Uploaded> {
        let submission = self.watched(reporter).await;
        submission.upload(&self.package(), &UploadOptions::default()).await.overheard()
    }

    /// The submission, with a reporter of one's own.
    pub(super) async fn watched(&self, reporter: impl Reporter + 'static) -> SubmissionHandler {
        let client = self.client.with_reporter(Arc::new(reporter));
        let seen = self.submission.get().await.expect("the submission");
        let product = client.product(seen.product_id.expect("it has a product"));
        product.submission(seen.id.expect("it has an id"))
    }

    pub(super) fn inject(&self, call: &str, kind: FaultKind, nth: u64) {
        self.emulator.inject(Fault::on(call, kind).nth(nth)).expect("it can happen");
    }

    /// The URL that the package is sent to.
    pub(super) async fn url(&self) -> SafeUrl {
        let submission = self.submission.get().await.expect("the submission");
        submission.upload_url().expect("it waits for its package").clone()
    }

    /// How many blocks were answered so.
    pub(super) fn blocks_answered(&self, status: u16) -> usize {
        let exchanges = self.emulator.exchanges();
        let blocks = exchanges.iter().filter(|call| call.operation() == Some("putBlock"));
        blocks.filter(|call| call.status() == Some(status)).count()
    }

    /// The package has arrived as it is, and every fault has happened.
    pub(super) async fn check(&self) {
        assert_eq!(fetch(&self.url().await).await, content());
        support::check(&self.emulator);
    }
}

/// Bytes of which no block is like another.
pub(super) fn content() -> &'static [u8] {
    static CONTENT: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let words = 0..LENGTH / 8;
        words.flat_map(|word| word.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()).collect()
    });
    &CONTENT
}

/// Adds something to the end of a file.
pub(super) fn append(path: &Path) {
    use std::io::Write as _;
    let file = std::fs::File::options().append(true).open(path);
    file.expect("the file is there").write_all(b"more").expect("there is room");
}
