//! Submissions, labels and packages that are waited for by ids alone.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use hardware_dashboard::{
    Client, Event, Result, ShippingLabelHandler, SubmissionHandler,
    blob::UploadOptions,
    metadata::HardwareIds,
    model::{NewProduct, NewShippingLabel, NewSubmission, NewTargeting, PublishingSpecifications},
    workflow::{Polling, Waited},
};
use hardware_dashboard_emulator::{Clock, Emulator, EmulatorBuilder, Fault, FaultKind, Step};
use tempfile::TempDir;

use crate::support::{self, OS_CODE, Watch, write_echo_cabinet};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// With this, the package is signed after ten minutes: when the last of seven steps is completed,
/// after two thirds of it.
const STEP: Duration = Duration::from_secs(90);

/// A service whose time passes only while it is waited for.
struct Service {
    emulator: Emulator,
    client: Client,
    /// How long it has been waited for.
    waited: Arc<Mutex<Duration>>,
    folder: TempDir,
}

impl Service {
    async fn with(set: impl FnOnce(EmulatorBuilder) -> EmulatorBuilder) -> Self {
        let builder = support::emulator().clock(Clock::stepped()).step_duration(STEP);
        let emulator = set(builder).start().await.expect("the emulator starts");
        let waited = Arc::new(Mutex::new(Duration::ZERO));
        let (clock, sum) = (emulator.clock().clone(), Arc::clone(&waited));
        let reporter = Watch(move |event: &Event<'_>| {
            if let Event::Waiting(pause) = event {
                clock.advance(*pause);
                *sum.lock().expect("nobody panics") += *pause;
            }
        });
        let client = support::client(&emulator).reporter(reporter).build().expect("a client");
        let folder = tempfile::tempdir().expect("a folder can be made");
        Self { emulator, client, waited, folder }
    }

    fn waited(&self) -> Duration {
        *self.waited.lock().expect("nobody panics")
    }

    fn package(&self) -> PathBuf {
        write_echo_cabinet(self.folder.path())
    }

    async fn committed(&self) -> Result<SubmissionHandler> {
        let new = NewProduct::attestation("Echo", vec![OS_CODE.into()]);
        let product = self.client.products().create(&new).await?;
        let product = self.client.product(product.id.expect("a product has an id"));
        let made = product.submissions().create(&NewSubmission::initial("Echo")).await?;
        let submission = product.submission(made.id.expect("a submission has an id"));
        submission.upload(&self.package(), &UploadOptions::default()).await?;
        submission.commit().await?;
        Ok(submission)
    }

    /// A label of a signed submission, for all its hardware ids.
    async fn label(&self) -> Result<ShippingLabelHandler> {
        let submission = self.committed().await?;
        self.emulator.clock().advance(20 * MINUTE);
        let metadata = submission.driver_metadata().await?;
        let targeting = NewTargeting {
            hardware_ids: Some(HardwareIds::targets(&metadata.hardware_ids())),
            ..NewTargeting::default()
        };
        let publishing = PublishingSpecifications::manual();
        let label = NewShippingLabel::windows_update("Retail", targeting, publishing);
        let made = submission.shipping_labels().create(&label).await?;
        Ok(submission.shipping_label(made.id.expect("a label has an id")))
    }
}

/// The bounds that hold for runs hold here, too.
#[tokio::test]
async fn ten_minutes_take_few_looks_and_the_end_is_seen_soon() {
    let service = Service::with(|emulator| emulator).await;
    let submission = service.committed().await.expect("it is committed");
    tokio::time::pause();
    let outcome = submission.until_signed(&Polling::default()).await.expect("it is signed");
    let Waited::Done(seen) = outcome else { panic!("{outcome:?}") };
    assert!(seen.signed_package_url().is_some());
    let (looks, late) = (service.emulator.calls("getSubmission"), service.waited() - 10 * MINUTE);
    assert!(looks <= 25, "{looks} looks");
    assert!(late <= Duration::from_secs(20), "{late:?} late");
    support::check(&service.emulator);
}

#[tokio::test]
async fn five_days_take_at_most_2500_looks() {
    let service = Service::with(|emulator| emulator.manual_review(5 * DAY)).await;
    let submission = service.committed().await.expect("it is committed");
    tokio::time::pause();
    let outcome = submission.until_signed(&Polling::default()).await.expect("it is signed");
    assert!(matches!(outcome, Waited::Done(_)), "{outcome:?}");
    let looks = service.emulator.calls("getSubmission");
    assert!(service.waited() >= 5 * DAY && looks <= 2500, "{looks} looks");
}

#[tokio::test]
async fn a_label_is_waited_for_until_people_look_at_it_and_to_its_end() {
    let service = Service::with(|emulator| emulator.approval(2 * DAY)).await;
    let label = service.label().await.expect("there is a label");
    tokio::time::pause();
    let outcome = label.until_approval(&Polling::default()).await.expect("it is on its way");
    assert!(matches!(outcome, Waited::Done(_)), "{outcome:?}");
    assert!(service.waited() < DAY, "{:?}", service.waited());
    let hasty = Polling::default().max_wait(DAY);
    let outcome = label.until_finished(&hasty).await.expect("nothing is wrong");
    assert!(matches!(outcome, Waited::StillRunning(_)), "{outcome:?}");
    let outcome = label.until_finished(&Polling::default()).await.expect("it is published");
    assert!(matches!(outcome, Waited::Done(_)), "{outcome:?}");
    let looks = service.emulator.calls("getShippingLabel");
    assert!(service.waited() >= 2 * DAY && looks <= 1000, "{looks} looks");
    support::check(&service.emulator);
}

#[tokio::test]
async fn a_package_for_test_machines_is_waited_for() {
    let service = Service::with(|emulator| emulator).await;
    let made = service.client.preprod().submit(&service.package()).await.expect("it is taken");
    let package = service.client.preprod().package(made.id.expect("a package has an id"));
    let at_once = Polling::default().max_wait(Duration::ZERO);
    let outcome = package.until_signed(&at_once).await.expect("nothing is wrong");
    assert!(matches!(outcome, Waited::StillRunning(_)), "{outcome:?}");
    assert_eq!(service.emulator.calls("getPreprodPackage"), 1);
    tokio::time::pause();
    let outcome = package.until_signed(&Polling::default()).await.expect("it is signed");
    assert!(matches!(outcome, Waited::Done(_)), "{outcome:?}");
    assert!(service.emulator.calls("getPreprodPackage") <= 25);
}

#[tokio::test]
async fn a_label_that_the_service_fails_is_told_with_its_report() {
    let report = "echo.inf targets nothing.";
    let failing = |emulator: EmulatorBuilder| {
        emulator.fail_step(Step::PublishJobValidation, ["The job is bad."], Some(report))
    };
    let service = Service::with(failing).await;
    let label = service.label().await.expect("there is a label");
    tokio::time::pause();
    let error = label.until_approval(&Polling::default()).await.expect_err("it fails");
    assert!(error.is_workflow_failed(), "{error:?}");
    assert_eq!(error.messages(), ["The job is bad."]);
    assert_eq!(error.report(), Some(report), "{error:?}");
    assert_eq!(error.correlation_id(), Some(service.client.correlation_id()));
}

/// What has never been there is not waited for; what has been goes on while nobody can see it.
#[tokio::test]
async fn an_outage_in_between_is_waited_out() {
    let service = Service::with(|emulator| emulator).await;
    let submission = service.committed().await.expect("it is committed");
    tokio::time::pause();
    let away = Fault::on("getSubmission", FaultKind::status(503)).times(20);
    service.emulator.inject(away.clone()).expect("it can happen");
    let error = submission.until_signed(&Polling::default()).await.expect_err("it is away");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503), "{error:?}");
    service.emulator.clear_faults();
    service.emulator.inject(away.nth(3)).expect("it can happen");
    let outcome = submission.until_signed(&Polling::default()).await.expect("it comes back");
    assert!(matches!(outcome, Waited::Done(_)), "{outcome:?}");
    support::check(&service.emulator);
}

#[test]
fn a_program_can_wait_in_a_task_of_its_own() {
    fn is_send<T: Send>(_: impl FnOnce(SubmissionHandler, ShippingLabelHandler) -> T) {}
    is_send(|submission, label| async move {
        let polling = Polling::default();
        submission.until_signed(&polling).await?;
        label.until_approval(&polling).await
    });
}
