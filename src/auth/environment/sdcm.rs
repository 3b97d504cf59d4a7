//! The settings of Microsoft's SDCM tool: its variables and its `authconfig.json`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use serde::Deserialize;

use super::Variables;
use crate::error::{Error, Result};

const FILE_NAME: &str = "authconfig.json";

/// The profile that is taken when nobody says which.
const DEFAULT_PROFILE: &str = "default";

/// What the tool's sample files hold where an id belongs.
const PLACEHOLDERS: &[&str] = &["guid", "00000000-0000-0000-0000-000000000000"];

/// One account.
pub(super) struct Entry {
    pub(super) tenant_id: String,
    pub(super) client_id: String,
    pub(super) proof: Proof,
}

pub(super) enum Proof {
    Key(SecretString),
    /// The client id of an identity that speaks for the application.
    ManagedIdentity(String),
}

/// The file of the tool itself is a list, that of its newer fork has named profiles.
#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    List(Vec<Profile>),
    Profiles { profiles: BTreeMap<String, Profile> },
}

/// An entry as it stands in the file. Its sample has null where nothing was filled in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    tenant_id: Option<String>,
    client_id: Option<String>,
    key: Option<SecretString>,
    managed_identity_client_id: Option<String>,
}

/// Where the file is looked for, in this order.
pub(super) fn places(variables: &Variables) -> Vec<PathBuf> {
    let home = || variables.get("HOME").map(|home| Path::new(&home).join(".config"));
    let below = |name| variables.get(name).map(PathBuf::from);
    let of_the_user = below("APPDATA").or_else(|| below("XDG_CONFIG_HOME")).or_else(home);
    let mut places = vec![PathBuf::from(FILE_NAME)];
    places.extend(of_the_user.map(|folder| folder.join("sdcm").join(FILE_NAME)));
    places
}

impl Entry {
    /// What `SDCM_CREDS_*` name; `None` when none of them is set.
    pub(super) fn from_variables(variables: &Variables) -> Result<Option<Self>> {
        let names = ["SDCM_CREDS_TENANTID", "SDCM_CREDS_CLIENTID", "SDCM_CREDS_KEY"];
        match names.map(|name| variables.get(name)) {
            [Some(tenant_id), Some(client_id), Some(key)] => {
                Ok(Some(Self { tenant_id, client_id, proof: Proof::Key(key.into()) }))
            }
            [None, None, None] => Ok(None),
            values => {
                let missing = names.into_iter().zip(values).filter(|(_, value)| value.is_none());
                let missing: Vec<_> = missing.map(|(name, _)| name).collect();
                let missing = missing.join(" and ");
                Err(Error::input(format!(
                    "{missing} must be set too: {} belong together",
                    names.join(", ")
                )))
            }
        }
    }

    /// The account in an `authconfig.json`; `None` when nobody has filled it in yet.
    pub(super) async fn from_file(path: &Path) -> Result<Option<Self>> {
        let text = tokio::fs::read(path).await.map_err(|error| {
            Error::file(format!("the credentials could not be read from {}", path.display()), error)
        })?;
        let file: File = serde_json::from_slice(&text).map_err(|_| {
            // What serde says may hold a piece of the text, which may be a secret.
            Error::input(format!(
                "{} is no {FILE_NAME} of Microsoft's SDCM tool: it must be a JSON list of \
                 accounts, or an object with profiles",
                path.display(),
            ))
        })?;
        let Some(profile) = file.default_profile() else { return Ok(None) };
        profile.into_entry(path)
    }
}

impl File {
    fn default_profile(self) -> Option<Profile> {
        match self {
            Self::List(list) => list.into_iter().next(),
            Self::Profiles { profiles } => profiles
                .into_iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(DEFAULT_PROFILE))
                .map(|(_, profile)| profile),
        }
    }
}

impl Profile {
    fn into_entry(self, path: &Path) -> Result<Option<Entry>> {
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let (tenant_id, client_id) = (filled(self.tenant_id), filled(self.client_id));
        let sample =
            |id: &Option<String>| id.as_deref().is_none_or(|id| PLACEHOLDERS.contains(&id));
        if sample(&tenant_id) && sample(&client_id) {
            return Ok(None);
        }
        // The tool prefers the identity where both are given.
        let identity = filled(self.managed_identity_client_id).map(Proof::ManagedIdentity);
        let proof = identity.or(self.key.map(Proof::Key));
        match (tenant_id, client_id, proof) {
            (Some(tenant_id), Some(client_id), Some(proof)) => {
                Ok(Some(Entry { tenant_id, client_id, proof }))
            }
            _ => Err(Error::input(format!(
                "the account in {} is not complete: it needs tenantId, clientId, and key or \
                 managedIdentityClientId",
                path.display()
            ))),
        }
    }
}
