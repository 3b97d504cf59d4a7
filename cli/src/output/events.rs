//! Progress for scripts: a line of JSON for each event.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hardware_dashboard::{Direction, Event, Reporter};
use serde_json::{Value, json};

use super::{bars::name, data, safe};

/// Writes events to stdout.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// How much of a transfer has been told, in tenths.
    told: Mutex<Option<(Direction, u64)>>,
}

impl Reporter for Events {
    fn event(&self, event: &Event<'_>) {
        if let Some(event) = self.json(event) {
            // The reporter cannot stop the work, and the work is worth more than its report: that
            // nobody reads is noticed when the result is written.
            let _ = data(&safe(event).to_string());
        }
    }
}

impl Events {
    fn json(&self, event: &Event<'_>) -> Option<Value> {
        Some(match event {
            Event::TokenObtained { lifetime } => {
                json!({ "event": "tokenObtained", "lifetimeSeconds": lifetime.as_secs() })
            }
            Event::ProductCreated(id) => json!({ "event": "productCreated", "productId": id }),
            Event::SubmissionCreated(id) => {
                json!({ "event": "submissionCreated", "submissionId": id })
            }
            Event::Transfer { direction, done, total } => {
                return self.moved(*direction, *done, *total);
            }
            Event::TransferResumed { direction, there, total } => json!({
                "event": "resumed",
                "transfer": name(*direction),
                "bytes": there,
                "total": total,
            }),
            Event::TransferStalled { direction, idle } => json!({
                "event": "stalled",
                "transfer": name(*direction),
                "seconds": seconds(*idle),
            }),
            Event::Committed => json!({ "event": "committed" }),
            Event::CommitUnconfirmed { waited } => {
                json!({ "event": "commitUnconfirmed", "seconds": seconds(*waited) })
            }
            Event::CommitStatus(status) => {
                json!({ "event": "commitStatus", "commitStatus": status })
            }
            Event::Workflow { step, state } => {
                json!({ "event": "workflow", "currentStep": step, "state": state })
            }
            Event::Message(message) => json!({ "event": "message", "message": message }),
            Event::Waiting(pause) => json!({ "event": "waiting", "seconds": seconds(*pause) }),
            Event::Throttled { pause } => {
                json!({ "event": "throttled", "seconds": seconds(*pause) })
            }
            Event::Retrying { operation, reason, pause } => json!({
                "event": "retrying",
                "operation": operation,
                "reason": reason.to_string(),
                "seconds": seconds(*pause),
            }),
            Event::LabelCreated(id) => json!({ "event": "labelCreated", "shippingLabelId": id }),
            Event::PackageSubmitted(id) => {
                json!({ "event": "packageSubmitted", "packageId": id })
            }
            Event::Signing(status) => json!({ "event": "signing", "signingStatus": status }),
            Event::Unclear { operation, reason } => json!({
                "event": "unclear",
                "operation": operation,
                "reason": reason.to_string(),
            }),
            Event::Adopted { operation, id } => {
                json!({ "event": "adopted", "operation": operation, "id": id })
            }
            _ => return None,
        })
    }

    /// A transfer is told of at its beginning, at each tenth, and at its end.
    fn moved(&self, direction: Direction, done: u64, total: Option<u64>) -> Option<Value> {
        let tenths = total.filter(|total| *total > 0).map_or(10, |total| {
            u64::try_from(u128::from(done) * 10 / u128::from(total)).unwrap_or(10)
        });
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if *told == Some((direction, tenths)) && total != Some(done) {
            return None;
        }
        *told = Some((direction, tenths));
        Some(json!({ "event": name(direction), "bytes": done, "total": total }))
    }
}

fn seconds(time: Duration) -> u64 {
    time.as_secs_f64().ceil() as u64
}
