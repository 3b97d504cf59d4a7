//! Changes to the targets of a shipping label.

mod outstanding;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::label_rules::{check_chid, check_hardware_id};
use crate::{
    error::{Error, Result},
    model::{
        AudienceId, Guid, NewHardwareIdTarget, ShippingLabel, TargetingAction, UpdateChidTarget,
        UpdateHardwareIdTarget, UpdateShippingLabel, UpdateTargeting,
    },
};

/// What an update does with the audiences that a label is restricted to.
///
/// The service replaces the list whole and takes a list that is left out for "no restriction": a
/// driver that was meant for testers goes to everyone. So there is a word for each of the three.
///
/// ```
/// use hardware_dashboard::model::{AudienceChange, ShippingLabelUpdate};
///
/// let testers = AudienceChange::Replace(vec!["e82b6c17-45d9-4a3e-9c70-f1a6b3d8250e".into()]);
/// let update = ShippingLabelUpdate::new().audiences(testers);
/// assert!(!update.needs_current(), "nothing has to be read to replace them all");
/// assert_eq!(AudienceChange::default(), AudienceChange::Keep);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum AudienceChange {
    /// They stay: those that the service has are sent again. Where it does not tell them the update
    /// is refused, before anything is sent; an empty list tells that there are none. One that is
    /// added between the reading and the sending is lost.
    #[default]
    Keep,
    /// The label is restricted to these from now on.
    Replace(Vec<AudienceId>),
    /// The restriction ends: the driver goes to all machines that are targeted.
    Remove,
}

/// A change of the targets of a shipping label; nothing else of a label can be changed.
///
/// ```
/// use hardware_dashboard::model::{
///     AudienceChange, NewHardwareIdTarget, ShippingLabel, ShippingLabelUpdate,
/// };
///
/// // As read with its targeting info.
/// let current: ShippingLabel = serde_json::from_str(
///     r#"{ "targeting": { "restrictedToAudiences": ["e82b6c17-45d9-4a3e-9c70-f1a6b3d8250e"] } }"#,
/// )?;
/// let id = NewHardwareIdTarget::new("amd64", "echo.inf", "win11-24h2-x64", r"usb\vid_1209");
/// let update = ShippingLabelUpdate::new().add_hardware_ids([id]);
///
/// let request = update.clone().into_request(Some(&current))?;
/// assert_eq!(request.targeting.restricted_to_audiences.map(|kept| kept.len()), Some(1));
///
/// let request = update.audiences(AudienceChange::Remove).into_request(None)?;
/// assert_eq!(request.targeting.restricted_to_audiences, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It can be kept in a file, which is not what goes over the wire:
///
/// ```
/// use hardware_dashboard::model::{AudienceChange, NewHardwareIdTarget, ShippingLabelUpdate};
///
/// let update: ShippingLabelUpdate = serde_json::from_str(
///     r#"{ "removedChids": ["5b1f0d3e-9a47-5c82-b6d1-7e2f4a90c3b8"], "audiences": "remove" }"#,
/// )?;
/// let chid = "5b1f0d3e-9a47-5c82-b6d1-7e2f4a90c3b8".parse()?;
/// let same = ShippingLabelUpdate::new().remove_chids([chid]).audiences(AudienceChange::Remove);
/// assert_eq!(update, same);
///
/// // One set of machines in the place of another:
/// let id = NewHardwareIdTarget::new("amd64", "echo.inf", "win11-24h2-x64", r"usb\vid_1209");
/// let moved = update.remove_hardware_ids([id]).add_chids([
///     "346511cf-ccee-5c6d-8ee9-3c70fc7aae83".parse()?,
/// ]);
/// assert!(!moved.needs_current());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ShippingLabelUpdate {
    added_hardware_ids: Vec<NewHardwareIdTarget>,
    removed_hardware_ids: Vec<NewHardwareIdTarget>,
    added_chids: Vec<Guid>,
    removed_chids: Vec<Guid>,
    audiences: AudienceChange,
    business_justification: Option<String>,
}

impl ShippingLabelUpdate {
    /// An update that changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Targets these hardware ids too.
    #[must_use]
    pub fn add_hardware_ids(mut self, ids: impl IntoIterator<Item = NewHardwareIdTarget>) -> Self {
        self.added_hardware_ids.extend(ids);
        self
    }

    /// Targets these hardware ids no longer.
    #[must_use]
    pub fn remove_hardware_ids(
        mut self,
        ids: impl IntoIterator<Item = NewHardwareIdTarget>,
    ) -> Self {
        self.removed_hardware_ids.extend(ids);
        self
    }

    /// Targets these CHIDs too.
    #[must_use]
    pub fn add_chids(mut self, chids: impl IntoIterator<Item = Guid>) -> Self {
        self.added_chids.extend(chids);
        self
    }

    /// Targets these CHIDs no longer.
    #[must_use]
    pub fn remove_chids(mut self, chids: impl IntoIterator<Item = Guid>) -> Self {
        self.removed_chids.extend(chids);
        self
    }

    /// What is done with the audiences. They are kept by default.
    #[must_use]
    pub fn audiences(mut self, change: AudienceChange) -> Self {
        self.audiences = change;
        self
    }

    /// Why the change should be granted.
    #[must_use]
    pub fn business_justification(mut self, text: impl Into<String>) -> Self {
        self.business_justification = Some(text.into());
        self
    }

    /// Whether [`into_request`](Self::into_request) needs the label as it is now.
    #[must_use]
    pub fn needs_current(&self) -> bool {
        self.audiences == AudienceChange::Keep
    }

    /// The request to send. To keep the audiences takes the label as it is now, read with its
    /// targeting info.
    ///
    /// # Errors
    ///
    /// Refuses an update that changes nothing, one that keeps audiences which it does not know, and
    /// targets that break a documented rule; [`Error::is_input`].
    pub fn into_request(self, current: Option<&ShippingLabel>) -> Result<UpdateShippingLabel> {
        self.check()?;
        let Self { added_hardware_ids, removed_hardware_ids, added_chids, removed_chids, .. } =
            self;
        let hardware_ids =
            with_actions(added_hardware_ids, removed_hardware_ids, UpdateHardwareIdTarget::new);
        let chids = with_actions(added_chids, removed_chids, UpdateChidTarget::new);
        let restricted_to_audiences = match self.audiences {
            AudienceChange::Keep => current_audiences(current)?,
            AudienceChange::Replace(audiences) => Some(audiences),
            // Left out is the documented way, but an update of nothing at all is refused.
            AudienceChange::Remove if hardware_ids.is_none() && chids.is_none() => Some(Vec::new()),
            AudienceChange::Remove => None,
        };
        let targeting = UpdateTargeting {
            hardware_ids,
            chids,
            restricted_to_audiences,
            business_justification: self.business_justification,
        };
        Ok(UpdateShippingLabel { targeting })
    }

    /// What can be seen to be wrong without the label.
    pub(crate) fn check(&self) -> Result<()> {
        let ids = || self.added_hardware_ids.iter().chain(&self.removed_hardware_ids);
        let chids = || self.added_chids.iter().chain(&self.removed_chids);
        let has_targets = ids().next().is_some() || chids().next().is_some();
        match &self.audiences {
            AudienceChange::Keep if !has_targets => Err(Error::input("there is nothing to update")
                .with_hint("Name hardware ids or CHIDs to add or to remove, or other audiences.")),
            AudienceChange::Replace(audiences) if audiences.is_empty() => {
                Err(Error::input("the audiences are replaced by none")
                    .with_hint("Say so by AudienceChange::Remove if the restriction shall end."))
            }
            _ => {
                ids().try_for_each(check_hardware_id)?;
                chids().try_for_each(check_chid)
            }
        }
    }
}

/// `None` when there are none: the field is left out then.
fn with_actions<T, U>(
    added: Vec<T>,
    removed: Vec<T>,
    target: impl Fn(TargetingAction, T) -> U,
) -> Option<Vec<U>> {
    let added = added.into_iter().map(|each| target(TargetingAction::Add, each));
    let removed = removed.into_iter().map(|each| target(TargetingAction::Remove, each));
    let all: Vec<U> = added.chain(removed).collect();
    (!all.is_empty()).then_some(all)
}

/// The audiences that the service has; `None` when the label is not restricted.
///
/// The service sends null for anything. That must not pass for "no restriction", or a driver for
/// testers would go to everyone: only an empty list says so.
fn current_audiences(current: Option<&ShippingLabel>) -> Result<Option<Vec<AudienceId>>> {
    let Some(targeting) = current.and_then(|label| label.targeting.as_ref()) else {
        return Err(Error::input("the audiences of the label shall stay, and are not known")
            .with_hint(
                "Read the label with its targeting info first: an update that leaves the audiences \
                 out removes them.",
            ));
    };
    let Some(audiences) = targeting.restricted_to_audiences.clone() else {
        let message = "the audiences of the label shall stay, and the service does not tell them";
        return Err(Error::input(message).with_hint(
            "Look at the label in the dashboard. If it is restricted to no audience, say \
             AudienceChange::Remove; otherwise say AudienceChange::Replace with its audiences.",
        ));
    };
    Ok(Some(audiences).filter(|audiences| !audiences.is_empty()))
}
