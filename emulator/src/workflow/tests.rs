use super::*;

const MINUTE: Duration = Duration::from_secs(60);

fn plan(failure: Option<Failure>) -> (DateTime<Utc>, Plan) {
    let begun = DateTime::UNIX_EPOCH;
    let takes = |step| if step == Step::ManualReview { Duration::ZERO } else { MINUTE };
    let stages = Step::SUBMISSION.map(|step| (step, takes(step)));
    let mut plan = Plan::new(begun, stages);
    if let Some(failure) = failure {
        plan.fail(failure);
    }
    (begun, plan)
}

fn shown(plan: &Plan, seconds: i64) -> (Step, StepState) {
    let progress = plan.at(DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds));
    (progress.step, progress.state)
}

#[test]
fn the_first_step_is_started_at_once() {
    let (begun, plan) = plan(None);
    assert_eq!(shown(&plan, 0), (Step::PackageInfoValidation, StepState::Started));
    assert_eq!(plan.received_until(), begun + TimeDelta::seconds(20));
}

#[test]
fn every_step_is_not_started_then_started_then_completed() {
    let (_, plan) = plan(None);
    assert_eq!(shown(&plan, 40), (Step::PackageInfoValidation, StepState::Completed));
    assert_eq!(shown(&plan, 60), (Step::Preparation, StepState::NotStarted));
    assert_eq!(shown(&plan, 80), (Step::Preparation, StepState::Started));
    assert_eq!(shown(&plan, 100), (Step::Preparation, StepState::Completed));
}

#[test]
fn a_step_that_takes_no_time_is_not_seen() {
    let (_, plan) = plan(None);
    let steps: Vec<Step> = (0..500).map(|seconds| shown(&plan, seconds).0).collect();
    assert!(!steps.contains(&Step::ManualReview));
    assert!(steps.contains(&Step::Signing));
}

#[test]
fn it_is_done_when_the_last_step_is_completed() {
    let (begun, plan) = plan(None);
    let end = begun + TimeDelta::seconds(400);
    assert_eq!(plan.end(), begun + TimeDelta::seconds(420));
    assert!(!plan.at(end - TimeDelta::seconds(1)).done);
    assert!(plan.at(end).done);
    assert!(plan.at(end + TimeDelta::days(30)).done);
}

#[test]
fn a_failed_step_stays_failed() {
    let failure =
        Failure { step: Step::Scanning, messages: vec!["Malware.".to_owned()], report: None };
    let (begun, plan) = plan(Some(failure.clone()));
    assert_eq!(shown(&plan, 159), (Step::Scanning, StepState::Started));
    let progress = plan.at(begun + TimeDelta::days(1));
    assert_eq!((progress.step, progress.state), (Step::Scanning, StepState::Failed));
    assert_eq!(progress.failure, Some(&failure));
    assert!(!progress.done);
}

#[test]
fn a_cancellation_stops_the_workflow_and_shows_after_more_than_a_day() {
    let (begun, mut plan) = plan(None);
    let cancelled = begun + TimeDelta::seconds(150);
    plan.cancel(cancelled);
    assert_eq!(shown(&plan, 3600), (Step::Scanning, StepState::Started));
    let progress = plan.at(cancelled + TimeDelta::days(2));
    assert_eq!((progress.step, progress.state), (Step::Scanning, StepState::Failed));
    assert!(progress.cancelled);
}
