//! An emulator in which every operation has something to work on.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use hardware_dashboard::{
    Client,
    model::{
        DownloadType, DriverMetadata, NewHardwareIdTarget, NewProduct, NewShippingLabel,
        NewSubmission, PreprodAssetId, PreprodPackageId, ProductId, PublisherId,
        RecipientSpecifications, ShippingLabelId, SubmissionId,
    },
};
use hardware_dashboard_emulator::Emulator;
use tempfile::TempDir;

use super::call::{Target, to_windows_update};
use crate::support::{self, OS_CODE, echo_cabinet};

/// How long is waited for an answer that comes, however slow the machine is.
const PATIENCE: Duration = Duration::from_secs(600);

/// The same for one that does not come: a stall takes that long.
const STALL: Duration = Duration::from_secs(5);

pub(super) struct World {
    pub(super) emulator: Emulator,
    /// Meets no fault, and makes what the calls work on.
    calm: Client,
    /// Signed, with a label to Windows Update that waits for approval and one that was shared.
    signed: Target,
    folder: TempDir,
}

impl World {
    pub(super) async fn make() -> Self {
        // Everything but the approval of labels is over at once.
        let builder = support::emulator()
            .step_duration(Duration::ZERO)
            .approval(Duration::from_secs(24 * 3600));
        let emulator = builder.start().await.expect("the emulator starts");
        let calm = support::client(&emulator).build().expect("a client");
        let folder = tempfile::tempdir().expect("a folder can be made");
        let package = support::write_echo_cabinet(folder.path());
        let (product, submission) = committed(&calm).await;
        finished(&calm, product, submission).await;
        let (preprod, asset) = preprod(&calm, &package).await;
        let device = device(&calm, product, submission).await;
        let signed = Target {
            product,
            submission,
            label: label(&calm, product, submission, to_windows_update(&device)).await,
            shared: label(&calm, product, submission, to_partner(&emulator)).await,
            device,
            publisher: PublisherId::from(emulator.account().publisher_id()),
            preprod,
            asset,
            package,
        };
        Self { emulator, calm, signed, folder }
    }

    /// A client that may make this call.
    pub(super) fn client(&self, operation: &str) -> Client {
        self.waiting_for(operation, PATIENCE)
    }

    /// The same, which gives an answer up soon.
    pub(super) fn hasty_client(&self, operation: &str) -> Client {
        self.waiting_for(operation, STALL)
    }

    fn waiting_for(&self, operation: &str, answer_timeout: Duration) -> Client {
        let account = match operation {
            "getPartnerSubmission" => self.emulator.partner(),
            _ => self.emulator.account(),
        };
        let builder = support::client_of(&self.emulator, account).answer_timeout(answer_timeout);
        builder.build().expect("a client")
    }

    /// Gets a token, so that the case counts those that it causes.
    pub(super) async fn warm_up(&self, client: &Client) {
        let got = client.preprod().package("none".parse().expect("an id")).get().await;
        assert!(got.expect_err("there is no such package").is_not_found());
    }

    /// What the call works on: something of its own where it can be done once only.
    pub(super) async fn target(&self, operation: &str) -> Target {
        debug_assert!(self.folder.path().exists());
        let mut target = self.signed.clone();
        match operation {
            "createSubmission" => target.product = product(&self.calm).await,
            "commitSubmission" => {
                (target.product, target.submission) = uploaded(&self.calm).await;
            }
            "cancelShippingLabel" => {
                let (product, submission) = (target.product, target.submission);
                let new = to_windows_update(&target.device);
                target.label = label(&self.calm, product, submission, new).await;
            }
            _ => {}
        }
        target
    }

    /// The `MS-RequestId` of the last call of an operation.
    pub(super) fn last_request_id(&self, operation: &str) -> Option<String> {
        let exchanges = self.emulator.exchanges();
        let last = exchanges.iter().rfind(|exchange| exchange.operation() == Some(operation))?;
        last.request_id().map(str::to_owned)
    }
}

async fn product(client: &Client) -> ProductId {
    let new = NewProduct::attestation("Echo", vec![OS_CODE.into()]);
    let made = client.products().create(&new).await.expect("a product can be made");
    made.id.expect("a product has an id")
}

async fn uploaded(client: &Client) -> (ProductId, SubmissionId) {
    let product = product(client).await;
    let new = NewSubmission::initial("Echo");
    let made = client.product(product).submissions().create(&new).await;
    let made = made.expect("a submission can be made");
    support::put(made.upload_url().expect("a place for the package"), echo_cabinet()).await;
    (product, made.id.expect("a submission has an id"))
}

async fn committed(client: &Client) -> (ProductId, SubmissionId) {
    let (product, submission) = uploaded(client).await;
    let handler = client.product(product).submission(submission);
    handler.commit().await.expect("it can be committed");
    (product, submission)
}

async fn finished(client: &Client, product: ProductId, submission: SubmissionId) {
    let handler = &client.product(product).submission(submission);
    let signed = || async {
        let seen = handler.get().await.expect("it can be read");
        seen.signed_package_url().map(drop)
    };
    until("the submission is signed", signed).await;
}

async fn label(
    client: &Client,
    product: ProductId,
    submission: SubmissionId,
    label: NewShippingLabel,
) -> ShippingLabelId {
    let handler = client.product(product).submission(submission);
    let made = handler.shipping_labels().create(&label).await.expect("a label can be made");
    made.id.expect("a label has an id")
}

fn to_partner(emulator: &Emulator) -> NewShippingLabel {
    let receiver = RecipientSpecifications::new(emulator.partner().publisher_id().into());
    NewShippingLabel::another_partner("For the partner", receiver, None)
}

/// Something that the driver metadata allows as a target.
async fn device(
    client: &Client,
    product: ProductId,
    submission: SubmissionId,
) -> NewHardwareIdTarget {
    let handler = &client.product(product).submission(submission);
    let metadata = || async {
        let seen = handler.get().await.expect("it can be read");
        let url = seen.download_url(&DownloadType::DriverMetadata)?;
        Some(DriverMetadata::from_slice(&support::fetch(url).await))
    };
    let metadata = until("there is metadata", metadata).await.expect("it has its type");
    let targets = metadata.hardware_ids().targets();
    targets.into_iter().next().expect("the driver has a device")
}

async fn preprod(client: &Client, file: &std::path::Path) -> (PreprodPackageId, PreprodAssetId) {
    let submitted = client.preprod().submit(file).await.expect("it can be submitted");
    let id = submitted.id.expect("a package has an id");
    let package = client.preprod().package(id.clone());
    let first = || async {
        let assets = package.assets().await.expect("assets can be listed");
        assets.into_iter().next()
    };
    let asset = until("there is an asset", first).await;
    let asset = asset.id.expect("an asset has an id");
    let content = package.content(&asset).await.expect("it can be fetched");
    let chunks: Vec<_> = content.try_collect().await.expect("it comes whole");
    assert!(!chunks.is_empty());
    (id, asset)
}

/// What `look` finds in the end; it is not looked for without end.
async fn until<T, F: Future<Output = Option<T>>>(what: &str, look: impl Fn() -> F) -> T {
    for _ in 0..10_000 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::task::yield_now().await;
    }
    panic!("it never comes so far that {what}");
}
