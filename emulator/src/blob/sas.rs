//! Shared access signatures: made and checked as user delegation SAS of service version 2024-05-04.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;
use uuid::Uuid;

use super::{
    error::{BlobError, Code},
    request::{Query, Target},
};

/// What a URL gives to whoever holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sas<'a> {
    /// Letters in Azure's order: `r` read, `w` write, `l` list.
    pub(crate) permissions: &'a str,
    /// How long the URL works from now on.
    pub(crate) lifetime: Duration,
    /// The name that a download is offered under.
    pub(crate) file_name: Option<&'a str>,
}

/// The storage account that all URLs of the emulator name.
pub(super) const ACCOUNT: &str = "hwdashemulator";

/// The version of the signature's form.
pub(super) const VERSION: &str = "2024-05-04";

/// The directory object that the service signs its URLs as.
const SIGNER: &str = "6a1d2c1e-59a3-4d0e-9d0c-3f6c1f0b7a52";
const SIGNER_TENANT: &str = "2f4a9838-26b7-47ee-be60-ccc1fdec5953";

/// The fields that are signed, in order; `RESOURCE` stands for the blob's path.
const SIGNED: [&str; 24] = [
    "sp", "st", "se", RESOURCE, "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid",
    "scid", "sip", "spr", "sv", "sr", "snapshot", "ses", "rscc", "rscd", "rsce", "rscl", "rsct",
];
const RESOURCE: &str = "";

/// All but the characters that RFC 3986 never encodes.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same for a blob's name, whose slashes part it into folders.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// How many of the latest signatures are remembered.
const KEPT: usize = 10_000;

/// The key that one store signs with.
pub(super) struct Key {
    secret: [u8; 64],
    /// The latest signatures, for those who look for them where they must not be.
    given: Mutex<VecDeque<String>>,
    /// The signatures of URLs that expired before their time.
    expired: Mutex<HashSet<String>>,
}

impl Key {
    pub(super) fn random() -> Self {
        let mut key = [0; 64];
        for part in key.chunks_exact_mut(16) {
            part.copy_from_slice(Uuid::new_v4().as_bytes());
        }
        Self { secret: key, given: Mutex::default(), expired: Mutex::default() }
    }

    /// Lets the URL with this signature expire now.
    pub(super) fn expire(&self, signature: &str) {
        self.expired().insert(signature.to_owned());
    }

    /// The latest signatures of URLs.
    pub(super) fn signatures(&self) -> Vec<String> {
        self.given().iter().cloned().collect()
    }

    fn remember(&self, signature: String) {
        let mut given = self.given();
        if given.back() != Some(&signature) {
            if given.len() == KEPT {
                given.pop_front();
            }
            given.push_back(signature);
        }
    }

    fn given(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn expired(&self) -> MutexGuard<'_, HashSet<String>> {
        self.expired.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A URL that does what `sas` says until its time is over.
    pub(super) fn url(
        &self,
        origin: &str,
        target: &Target,
        sas: Sas<'_>,
        now: DateTime<Utc>,
    ) -> String {
        let lifetime = TimeDelta::from_std(sas.lifetime).unwrap_or(TimeDelta::MAX);
        let mut expiry = now.checked_add_signed(lifetime).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let query = loop {
            let (query, signature) = self.signed_query(target, sas, now, expiry);
            // Within a second the same URL comes out again, but not if it expired meanwhile.
            if !self.expired().contains(&signature) {
                self.remember(signature);
                break query;
            }
            expiry -= TimeDelta::seconds(1);
        };
        format!(
            "{origin}/{}/{}/{}?{query}",
            utf8_percent_encode(&target.account, RESERVED),
            utf8_percent_encode(&target.container, RESERVED),
            utf8_percent_encode(&target.blob, RESERVED_IN_PATH),
        )
    }

    /// The query of a URL, and the signature in it.
    fn signed_query(
        &self,
        target: &Target,
        sas: Sas<'_>,
        now: DateTime<Utc>,
        expiry: DateTime<Utc>,
    ) -> (String, String) {
        let disposition = sas.file_name.map(|name| format!("attachment; filename={name}"));
        let fields = [
            ("sv", VERSION.to_owned()),
            ("se", timestamp(expiry)),
            ("sr", "b".to_owned()),
            ("sp", sas.permissions.to_owned()),
            ("rscd", disposition.unwrap_or_default()),
            ("skoid", SIGNER.to_owned()),
            ("sktid", SIGNER_TENANT.to_owned()),
            ("skt", timestamp(now)),
            ("ske", timestamp(expiry)),
            ("sks", "b".to_owned()),
            ("skv", VERSION.to_owned()),
        ];
        let mut query: Vec<String> = fields
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, RESERVED)))
            .collect();
        let signature = self.sign(&Query::parse(&query.join("&")), target).finalize().into_bytes();
        let signature = STANDARD.encode(signature);
        query.push(format!("sig={}", utf8_percent_encode(&signature, RESERVED)));
        (query.join("&"), signature)
    }

    /// Checks that this key signed the URL, that its time has not passed and that it gives
    /// `permission`.
    pub(super) fn verify(
        &self,
        query: &Query,
        target: &Target,
        permission: char,
        now: DateTime<Utc>,
    ) -> Result<(), BlobError> {
        let given = query.get("sig").ok_or_else(no_authentication)?;
        let signature = STANDARD
            .decode(given)
            .map_err(|_| failed("Signature is not well formed: it is not base64."))?;
        self.sign(query, target).verify_slice(&signature).map_err(|_| {
            let signed = string_to_sign(query, target);
            failed(&format!("Signature did not match. String to sign used was {signed}"))
        })?;
        check_time(query, now, self.expired().contains(given))?;
        match query.get("sp") {
            Some(given) if given.contains(permission) => Ok(()),
            _ => Err(Code::AuthorizationPermissionMismatch.into()),
        }
    }

    fn sign(&self, query: &Query, target: &Target) -> Hmac<Sha256> {
        Hmac::new(&self.secret.into()).chain_update(string_to_sign(query, target))
    }
}

fn string_to_sign(query: &Query, target: &Target) -> String {
    let Target { account, container, blob } = target;
    let resource = format!("/blob/{account}/{container}/{blob}");
    let value = |field| match field {
        RESOURCE => resource.as_str(),
        field => query.get(field).unwrap_or_default(),
    };
    SIGNED.map(value).join("\n")
}

fn check_time(query: &Query, now: DateTime<Utc>, expired: bool) -> Result<(), BlobError> {
    let time = |field| query.get(field).and_then(|text| text.parse::<DateTime<Utc>>().ok());
    let Some(expiry) = time("se") else {
        return Err(failed("se is mandatory. Cannot be empty"));
    };
    let now = if expired { now.max(expiry) } else { now };
    if now >= expiry || time("st").is_some_and(|start| now < start) {
        return Err(failed(&format!(
            "Signature not valid in the specified time frame: Start [{}] - Expiry [{}] - Current \
             [{}]",
            query.get("st").unwrap_or_default(),
            timestamp(expiry),
            timestamp(now),
        )));
    }
    Ok(())
}

fn no_authentication() -> BlobError {
    BlobError::from(Code::NoAuthenticationInformation).with_header(
        http::header::WWW_AUTHENTICATE,
        http::HeaderValue::from_static("Bearer resource_id=https://storage.azure.com"),
    )
}

fn failed(detail: &str) -> BlobError {
    BlobError::from(Code::AuthenticationFailed).with("AuthenticationErrorDetail", detail)
}

fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
