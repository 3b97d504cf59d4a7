//! Every order, at an emulator that has what the order needs, and what must come of it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures_util::TryStreamExt as _;
use hardware_dashboard::{
    Client, Error, Event,
    blob::DownloadOptions,
    model::{
        DownloadType, NewProduct, NewShippingLabel, NewTargeting, PreprodAsset, PreprodAssetType,
        ProductId, PublishingSpecifications, RecipientSpecifications, SubmissionId,
    },
    workflow::{Attach, Outcome, Polling, Preprod, Run, Shipment, Sign, Update},
};
use hardware_dashboard_emulator::{Account, Clock, Emulator, EmulatorBuilder};
use tempfile::TempDir;

use super::has_acted;
use crate::support::{self, OS_CODE, SIGNED, Watch, often, write_echo_cabinet, write_kit_package};

/// The name of everything that an order makes.
pub(crate) const NAME: &str = "Made by the run";

/// The file that the shell of an update is fetched to.
pub(crate) const SHELL: &str = "shell.hlkx";

/// What a run can be ordered to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    SignAttestation,
    SignHlk,
    SignHck,
    SignAndPublish,
    SignAndShare,
    Update,
    UpdateFromShell,
    Publish,
    PublishShared,
    Share,
    Preprod,
    Attach,
}

impl Order {
    pub(crate) const ALL: [Self; 12] = [
        Self::SignAttestation,
        Self::SignHlk,
        Self::SignHck,
        Self::SignAndPublish,
        Self::SignAndShare,
        Self::Update,
        Self::UpdateFromShell,
        Self::Publish,
        Self::PublishShared,
        Self::Share,
        Self::Preprod,
        Self::Attach,
    ];

    /// How much of the emulator's time passes in each pause of a run.
    pub(crate) fn pause(self) -> Duration {
        // Driver metadata for a partner takes hours.
        Duration::from_secs(if self == Self::PublishShared { 1800 } else { 60 })
    }

    fn makes_product(self) -> bool {
        use Order::{SignAndPublish, SignAndShare, SignAttestation, SignHck, SignHlk};
        matches!(self, SignAttestation | SignHlk | SignHck | SignAndPublish | SignAndShare)
    }

    fn updates(self) -> bool {
        matches!(self, Self::Update | Self::UpdateFromShell)
    }

    pub(crate) fn makes_label(self) -> bool {
        use Order::{Publish, PublishShared, Share, SignAndPublish, SignAndShare};
        matches!(self, Publish | PublishShared | Share | SignAndPublish | SignAndShare)
    }

    fn makes_file(self) -> bool {
        !matches!(self, Self::Publish | Self::PublishShared | Self::Share)
    }
}

/// An emulator, a folder with packages, and what an order begins with.
pub(crate) struct World {
    pub(crate) order: Order,
    pub(crate) emulator: Emulator,
    folder: TempDir,
    /// How long an answer may take: long, so that a slow machine is no fault.
    pub(crate) patience: Duration,
    /// How often a run looks.
    pub(crate) polling: Polling,
    /// What was there before: a submission that is signed or on its way.
    pub(crate) before: Option<(ProductId, SubmissionId)>,
}

impl World {
    /// A world whose time passes while a run waits, and only then: nothing depends on how fast the
    /// machine is. A submission is signed after three pauses.
    pub(crate) async fn new(order: Order) -> Self {
        let builder = support::emulator().clock(Clock::stepped());
        Self::with(order, builder.step_duration(Duration::from_secs(20))).await
    }

    pub(crate) async fn with(order: Order, builder: EmulatorBuilder) -> Self {
        let emulator = builder.start().await.expect("the emulator starts");
        let folder = tempfile::tempdir().expect("a folder can be made");
        write_echo_cabinet(folder.path());
        write_kit_package(folder.path(), "echo.hlkx");
        write_kit_package(folder.path(), "echo.hckx");
        let patience = Duration::from_secs(60);
        let (polling, before) = (often(), None);
        let mut world = Self { order, emulator, folder, patience, polling, before };
        world.before = world.prepare().await;
        world
    }

    async fn prepare(&self) -> Option<(ProductId, SubmissionId)> {
        if self.order.makes_product() || self.order == Order::Preprod {
            return None;
        }
        let product = NewProduct::hlk("There before", vec![OS_CODE.into()]);
        let order = Sign::new(product, self.path("echo.hlkx"), self.path("before.zip"));
        let client = client(&self.emulator, Order::SignHlk, self.patience);
        let mut run = Run::sign(client, order).expect("the order is good").polling(often());
        if self.order == Order::Attach {
            let committed = Polling::default().max_wait(Duration::ZERO);
            run = run.polling(committed);
        }
        run.until_done().await.expect("nothing is wrong");
        let mut ids = (run.state().product_id()?, run.state().submission_id()?);
        if self.order == Order::PublishShared {
            ids = self.shared(ids).await;
        }
        Some(ids)
    }

    /// Shares a submission; gives the partner's own ids of it.
    async fn shared(
        &self,
        (product, submission): (ProductId, SubmissionId),
    ) -> (ProductId, SubmissionId) {
        let shipment = self.shipment(Order::Share);
        let ours = client(&self.emulator, Order::Share, self.patience);
        let run = Run::share(ours, product, submission, shipment);
        let mut run = run.expect("the order is good").polling(often());
        run.until_done().await.expect("nothing is wrong");
        let publisher = self.emulator.account().publisher_id().into();
        let partner = client(&self.emulator, Order::PublishShared, self.patience);
        let shared = partner.partner_submission(publisher, product, submission).await;
        let shared = shared.expect("it was shared");
        (shared.product_id.expect("a product"), shared.id.expect("a submission"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A client whose runs let the emulator's time pass while they wait.
    pub(crate) fn client(&self) -> Client {
        client(&self.emulator, self.order, self.patience)
    }

    pub(crate) fn account(&self) -> &Account {
        account(&self.emulator, self.order)
    }

    pub(crate) fn begin(&self, client: Client) -> Run {
        begin(self.order, client, self.folder.path(), self.before, self.partner())
    }

    pub(crate) fn partner(&self) -> u64 {
        self.emulator.partner().publisher_id()
    }

    pub(crate) fn shipment(&self, order: Order) -> Shipment {
        shipment(order, self.partner())
    }

    /// The run from its beginning to its end.
    pub(crate) async fn run(&self) -> Result<Outcome, Error> {
        let mut run = self.begin(self.client()).polling(self.polling.clone());
        match run.until_done().await {
            // In pauses of half an hour tokens end by themselves, and a fault may take the new one.
            // A call that was refused with two tokens is given up; the run can be gone on with.
            Err(error) if self.order == Order::PublishShared && error.is_auth() => {
                run.until_done().await
            }
            outcome => outcome,
        }
    }

    /// Exactly one of everything, and the right bytes on disk.
    pub(crate) async fn check(&self, what: &str) {
        self.emulator.clear_faults();
        let client = self.client();
        let (mut products, mut submissions, mut labels) = (0, 0, 0);
        let mut signed = None;
        let list: Vec<_> = client.products().list().try_collect().await.expect("a list");
        for product in &list {
            let product_id = product.id.expect("a product has an id");
            products += usize::from(product.product_name.as_deref() == Some(NAME));
            let product = client.product(product_id);
            let list = product.submissions().list().try_collect::<Vec<_>>();
            for submission in list.await.expect("a list") {
                let id = submission.id.expect("a submission has an id");
                // In a product that was found it has a mark of its own.
                let is_made = submission.name.as_deref().is_some_and(|name| name.starts_with(NAME));
                submissions += usize::from(is_made);
                let handler = product.submission(id);
                if is_made || self.before == Some((product_id, id)) {
                    let seen = handler.get().await.expect("it can be read");
                    signed = seen.signed_package_url().cloned();
                }
                let list = handler.shipping_labels().list().try_collect::<Vec<_>>();
                let list = list.await.expect("a list");
                labels += list.iter().filter(|label| label.name.as_deref() == Some(NAME)).count();
            }
        }
        let order = self.order;
        if order == Order::UpdateFromShell {
            self.check_shell(what).await;
        }
        assert_eq!(products, usize::from(order.makes_product()), "products: {what}");
        let makes_submission = order.makes_product() || order.updates();
        assert_eq!(submissions, usize::from(makes_submission), "submissions: {what}");
        assert_eq!(labels, usize::from(order.makes_label()), "labels: {what}");
        if order.makes_file() {
            let file = std::fs::read(self.path(SIGNED)).expect("the signed file is on disk");
            let right = match signed {
                Some(url) => support::fetch(&url).await,
                None => self.signed_for_tests().await,
            };
            assert!(right == file, "another file is on disk: {what}");
        }
        let committed = usize::from(makes_submission) + usize::from(self.before.is_some());
        assert_eq!(self.commits(), committed, "commits: {what}");
        assert_eq!(self.emulator.spec_violations(), Vec::<String>::new(), "{what}");
    }

    /// How many commits have done something.
    fn commits(&self) -> usize {
        let exchanges = self.emulator.exchanges();
        let commits = exchanges.iter().filter(|call| call.operation() == Some("commitSubmission"));
        commits.filter(|call| has_acted(call)).count()
    }

    /// The signed files of the preproduction package that the run has taken.
    async fn signed_for_tests(&self) -> Vec<u8> {
        let exchanges = self.emulator.exchanges();
        let mut listed = exchanges.iter().rev();
        let listed = listed.find(|call| call.operation() == Some("listPreprodAssets"));
        let path = listed.expect("its assets were listed").path().trim_end_matches("/assets");
        let (_, id) = path.rsplit_once('/').expect("the path names the package");
        let package = self.client().preprod().package(id.parse().expect("an id"));
        let assets = package.assets().await.expect("it is signed");
        let is_signed =
            |asset: &&PreprodAsset| asset.asset_type == Some(PreprodAssetType::SignedFilesZip);
        let asset = assets.iter().find(is_signed).and_then(|asset| asset.id.clone());
        let (asset, mut content) = (asset.expect("there is one"), Vec::new());
        let options = DownloadOptions::default();
        let fetched = package.download_to(&asset, &mut content, &options);
        fetched.await.expect("it can be fetched");
        content
    }

    /// The shell of the product is on disk.
    async fn check_shell(&self, what: &str) {
        let (product, submission) = self.before.expect("it is signed");
        let mut right = Vec::new();
        let initial = self.client().product(product).submission(submission);
        let options = DownloadOptions::default();
        let fetched = initial.download_to(&DownloadType::DerivedPackage, &mut right, &options);
        fetched.await.expect("there is a shell");
        let shell = std::fs::read(self.path(SHELL)).expect("the shell is on disk");
        assert!(shell == right && !shell.is_empty(), "another shell is on disk: {what}");
    }

    /// No halves of files are left that nobody needs.
    pub(crate) fn check_folder(&self, what: &str) {
        let files = std::fs::read_dir(self.folder.path()).expect("the folder is there");
        let names = files.map(|file| file.expect("a name").file_name());
        let names = names.map(|name| name.to_string_lossy().into_owned());
        let left_over: Vec<_> = names.filter(|name| name.starts_with('.')).collect();
        assert!(left_over.is_empty(), "{left_over:?}: {what}");
    }
}

/// The account that an order is for.
fn account(emulator: &Emulator, order: Order) -> &Account {
    match order {
        Order::PublishShared => emulator.partner(),
        _ => emulator.account(),
    }
}

/// A client of this account.
fn client(emulator: &Emulator, order: Order, patience: Duration) -> Client {
    let clock = emulator.clock().clone();
    let passing = Watch(move |event: &Event<'_>| {
        if let Event::Waiting(pause) = event {
            assert!(!pause.is_zero(), "nobody looks without a pause");
            clock.advance(order.pause());
        }
    });
    let builder = support::client_of(emulator, account(emulator, order)).answer_timeout(patience);
    // Reading the system's certificates would take longer than the run.
    let client = builder.http(move |http| http.read_timeout(patience).tls_certs_only([])).build();
    client.expect("a client").with_reporter(Arc::new(passing))
}

/// A run of this order in this folder.
pub(crate) fn begin(
    order: Order,
    client: Client,
    folder: &Path,
    before: Option<(ProductId, SubmissionId)>,
    partner: u64,
) -> Run {
    let (product, submission) = before.unwrap_or((ProductId::new(0), SubmissionId::new(0)));
    let (cabinet, hlk) = (folder.join("echo.cab"), folder.join("echo.hlkx"));
    let target = folder.join(SIGNED);
    let codes = vec![OS_CODE.into()];
    let sign_hlk = || Sign::new(NewProduct::hlk(NAME, codes.clone()), hlk.clone(), target.clone());
    let run = match order {
        Order::SignAttestation => {
            let product = NewProduct::attestation(NAME, codes.clone());
            Run::sign(client, Sign::new(product, cabinet, target))
        }
        Order::SignHlk => Run::sign(client, sign_hlk()),
        Order::SignHck => {
            let (product, package) = (NewProduct::hck(NAME, codes), folder.join("echo.hckx"));
            Run::sign(client, Sign::new(product, package, target))
        }
        Order::SignAndPublish | Order::SignAndShare => {
            Run::sign(client, sign_hlk().then_ship(shipment(order, partner)))
        }
        Order::Update => Run::update(client, Update::new(product, NAME, hlk, target)),
        Order::UpdateFromShell => {
            let update = Update::new(product, NAME, hlk, target).shell(folder.join(SHELL));
            Run::update(client, update)
        }
        Order::Publish | Order::PublishShared => {
            Run::publish(client, product, submission, shipment(order, partner))
        }
        Order::Share => Run::share(client, product, submission, shipment(order, partner)),
        Order::Preprod => Run::preprod(client, Preprod::new(cabinet, target)),
        Order::Attach => Run::attach(client, Attach::new(product, submission, target)),
    };
    run.expect("the order is good")
}

fn shipment(order: Order, partner: u64) -> Shipment {
    let label = match order {
        Order::Share | Order::SignAndShare => {
            let receiver = RecipientSpecifications::new(partner.into());
            NewShippingLabel::another_partner(NAME, receiver, None)
        }
        _ => NewShippingLabel::windows_update(
            NAME,
            NewTargeting::default(),
            PublishingSpecifications::manual(),
        ),
    };
    match order {
        Order::PublishShared => Shipment::new(label).metadata_on_request(),
        Order::Publish => Shipment::new(label).until_finished(),
        _ => Shipment::new(label),
    }
}
