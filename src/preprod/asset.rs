//! The content of an asset: from the API itself, or from where the API leads.

use std::sync::{Mutex, OnceLock, PoisonError};

use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::TryStreamExt;
use http::HeaderMap;
use uuid::Uuid;

use crate::{
    blob::{Answer, Blob, Manners, Origin, Sas, Whole},
    client::{Client, Operation, Raw},
    error::{Error, Kind, Result, Stage},
    model::{PreprodAsset, PreprodAssetId, PreprodPackageId, SafeUrl},
};

const OPERATION: Operation = Operation::DOWNLOAD_PREPROD_ASSET;
const STAGE: Stage = Stage::Api(OPERATION.id);
const API: &str = "the Hardware dashboard API";

/// Which asset, and on whose behalf.
#[derive(Clone, Debug)]
struct Request {
    client: Client,
    package: PreprodPackageId,
    asset: PreprodAssetId,
}

/// Where the content of an asset comes from.
#[derive(Debug)]
pub(super) struct Content {
    request: Request,
    whole: Whole,
    /// The id of the request whose answer is read.
    request_id: Mutex<Option<Uuid>>,
    /// Where the API leads, as soon as it does.
    elsewhere: OnceLock<Blob>,
}

impl Content {
    pub(super) fn new(
        client: Client,
        package: PreprodPackageId,
        asset: PreprodAssetId,
        whole: Whole,
    ) -> Self {
        let request = Request { client, package, asset };
        Self { request, whole, request_id: Mutex::default(), elsewhere: OnceLock::new() }
    }

    fn request_id(&self) -> Option<Uuid> {
        *self.request_id.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token stays behind: blob storage refuses it, and it would leak.
    fn follow(&self, url: &SafeUrl) -> Result<&Blob> {
        let request = self.request.clone();
        let renew = move || {
            let request = request.clone();
            async move { request.location().await }
        };
        let sas = Sas::renewable(Stage::Download, url, renew)?;
        let blob = self.request.client.blobs().blob(sas);
        Ok(self.elsewhere.get_or_init(|| blob))
    }
}

#[async_trait::async_trait]
impl Origin for Content {
    async fn ask(&self, headers: HeaderMap) -> Result<Answer> {
        if let Some(blob) = self.elsewhere.get() {
            return blob.ask(headers).await;
        }
        match self.request.send(&headers).await {
            Ok((answer, request_id)) => {
                let mut last = self.request_id.lock().unwrap_or_else(PoisonError::into_inner);
                *last = Some(request_id);
                Ok(answer)
            }
            Err(error) => match error.location() {
                Some(url) => self.follow(url)?.ask(headers).await,
                None => Err(error),
            },
        }
    }

    fn manners(&self) -> Manners {
        let api = Manners {
            name: API,
            stage: STAGE,
            idle: self.request.client.answer_timeout(),
            // Each part would be a call, and the account has only so many of them.
            gives_parts: false,
            whole: self.whole,
            is_final: true,
        };
        self.elsewhere.get().map_or(api, Blob::manners)
    }

    /// Wherever the API leads, it is the same asset.
    fn address(&self) -> String {
        let Request { client, package, asset } = &self.request;
        format!("{}/{package}/{asset}", client.api_base_url())
    }

    fn sign(&self, error: Error) -> Error {
        if self.elsewhere.get().is_some() {
            return error;
        }
        let error = error.with_correlation_id(self.request.client.correlation_id());
        match self.request_id() {
            Some(request_id) => error.with_request_id(request_id),
            None => error,
        }
    }
}

impl Request {
    async fn send(&self, headers: &HeaderMap) -> Result<(Answer, Uuid)> {
        let (package, asset) = (&self.package, &self.asset);
        let send = |raw: Raw| async move { raw.download_preprod_asset(package, asset).await };
        let (answer, request_id) = self.client.fetch_file(OPERATION, headers, send).await?;
        let correlation_id = self.client.correlation_id();
        let broken = move |source| {
            let error = Error::network(STAGE, API, source).of_a_read();
            error.with_correlation_id(correlation_id).with_request_id(request_id)
        };
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = Box::pin(answer.into_inner().into_inner().map_err(broken));
        Ok((Answer { status, headers, body }, request_id))
    }

    /// Asks once more where the content is.
    async fn location(&self) -> Result<SafeUrl> {
        match self.send(&HeaderMap::new()).await {
            Err(error) => error.location().cloned().ok_or(error),
            Ok(_) => {
                let message = "the Hardware dashboard API does not lead to blob storage any more";
                Err(Error::new(STAGE, Kind::Decode, message).with_hint("Begin again."))
            }
        }
    }
}

/// The SHA-256 that the service tells of an asset, if it does.
pub(super) fn sha256(asset: &PreprodAsset) -> Result<Option<[u8; 32]>> {
    let Some(text) = asset.content_hash.as_deref().map(str::trim) else { return Ok(None) };
    let hash = from_hex(text).or_else(|| BASE64_STANDARD.decode(text).ok()?.try_into().ok());
    if hash.is_none() && !text.is_empty() {
        let message = "the contentHash of the asset is no SHA-256 in hexadecimal or in base64";
        let hint = "Please report it. `DownloadOptions::sha256` takes a hash that you know.";
        return Err(Error::new(Stage::Download, Kind::Decode, message).with_hint(hint));
    }
    Ok(hash)
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<_> = text.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let bytes: Vec<_> = digits.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect();
    (digits.len() == 64).then_some(bytes)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(hash: &str) -> Result<Option<[u8; 32]>> {
        sha256(&PreprodAsset { content_hash: Some(hash.to_owned()), ..PreprodAsset::default() })
    }

    #[test]
    fn a_hash_is_read_in_hexadecimal_and_in_base64() {
        let hash: [u8; 32] = std::array::from_fn(|i| i as u8 * 7);
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        for text in [&hex, &hex.to_uppercase(), &BASE64_STANDARD.encode(hash), &format!(" {hex}\n")]
        {
            assert_eq!(told(text).unwrap(), Some(hash), "{text}");
        }
        assert_eq!(told("").unwrap(), None);
        assert_eq!(sha256(&PreprodAsset::default()).unwrap(), None);
    }

    #[test]
    fn a_hash_of_another_kind_is_not_passed_over() {
        for text in ["d41d8cd98f00b204e9800998ecf8427e", "sha-256", "ähm"] {
            assert!(told(text).unwrap_err().is_decode(), "{text}");
        }
    }
}
