//! The requests of one upload, each repeated as far as that helps.

use std::{
    collections::HashSet,
    num::NonZeroU64,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use azure_core::{
    error::ErrorKind,
    http::{
        ClientOptions, RetryOptions, Transport as SdkTransport,
        headers::{HeaderName, Headers},
    },
};
use azure_storage_blob::{
    clients::{BlockBlobClient, BlockBlobClientOptions},
    models::{
        Block as BlobBlock, BlockBlobClientCommitBlockListOptions,
        BlockBlobClientStageBlockOptions, BlockBlobClientUploadOptions, BlockListType,
        BlockLookupList,
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::StatusCode;
use md5::{Digest, Md5};

use super::{
    options::Integrity,
    source::{Block, BlockId},
};
use crate::{
    blob::{Sas, error::from_sdk, sas::Lease, transport::Transport},
    error::{Error, Result, Stage},
    report::{Event, Reporter},
    retry::{Idempotency, RetryPolicy, Verdict},
};

/// A version of the service that Azure and Azurite both know.
const SERVICE_VERSION: &str = "2025-01-05";

const CONTENT_CRC64: HeaderName = HeaderName::from_static("x-ms-content-crc64");

/// The blob that is written to.
pub(super) struct Session<'a> {
    pub(super) sas: &'a Sas,
    pub(super) retry: &'a RetryPolicy,
    pub(super) reporter: &'a dyn Reporter,
    pub(super) transport: Transport,
    pub(super) integrity: Integrity,
    /// Whether the server has refused to compare CRCs.
    no_crc64: AtomicBool,
}

/// The ids of the blocks that earlier tries have left.
#[derive(Default)]
pub(super) struct Left {
    /// They wait to be committed.
    pub(super) staged: HashSet<Vec<u8>>,
    /// They are the blob: the client has not heard that its commit had arrived.
    pub(super) committed: HashSet<Vec<u8>>,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        sas: &'a Sas,
        retry: &'a RetryPolicy,
        reporter: &'a dyn Reporter,
        transport: Transport,
        integrity: Integrity,
    ) -> Self {
        Self { sas, retry, reporter, transport, integrity, no_crc64: AtomicBool::new(false) }
    }

    /// The blocks that earlier tries have left. None when that cannot be told: before the first
    /// block the list is 404, and without the right to read it is 403.
    pub(super) async fn left(&self) -> Result<Left> {
        if !self.may_read() {
            return Ok(Left::default());
        }
        let list = self.repeat(|client| async move {
            client.get_block_list(BlockListType::All, None).await?.into_model()
        });
        match list.await {
            Ok(list) => Ok(Left {
                staged: names(list.uncommitted_blocks),
                committed: names(list.committed_blocks),
            }),
            Err(error) => match error.status() {
                Some(StatusCode::NOT_FOUND | StatusCode::FORBIDDEN) => Ok(Left::default()),
                _ => Err(error),
            },
        }
    }

    /// Whether blocks are compared by their MD5, which is best known before a connection waits for it.
    pub(super) fn wants_md5(&self) -> bool {
        match self.integrity {
            Integrity::Crc64 => self.no_crc64.load(Ordering::Relaxed),
            Integrity::Md5 => true,
            Integrity::None => false,
        }
    }

    /// Sends a block, compared as the server can.
    pub(super) async fn stage(&self, block: &Block) -> Result<()> {
        if self.integrity == Integrity::Crc64 && !self.wants_md5() {
            let checks = Checks { crc64: Some(block.crc64), md5: None };
            match self.stage_with(block, checks).await {
                Ok(true) => return Ok(()),
                Ok(false) => {
                    if !self.no_crc64.swap(true, Ordering::Relaxed) {
                        tracing::warn!("the server passes over CRC-64s: it is given MD5s");
                    }
                    // It may have stored anything; the same id takes the place of that.
                    self.transport.meter.take_back(block.data.len() as u64);
                }
                Err(error) if knows_no_crc64(&error) => {
                    tracing::info!(%error, "the server compares no CRC-64: it is given MD5s");
                    self.no_crc64.store(true, Ordering::Relaxed);
                }
                Err(error) => return Err(error),
            }
        }
        let md5 = match (self.wants_md5(), block.md5) {
            (true, None) => Some(md5_of(block.data.clone()).await),
            (_, md5) => md5,
        };
        self.stage_with(block, Checks { crc64: None, md5 }).await.map(drop)
    }

    /// Gives whether the block was compared. Azure refuses what differs, and tells what it has computed:
    /// who does not tell has not looked.
    async fn stage_with(&self, block: &Block, checks: Checks) -> Result<bool> {
        let send = |client: BlockBlobClient| async move {
            let (length, body) = (block.data.len() as u64, block.data.clone().into());
            let answer = client.stage_block(&block.id, length, body, Some(checks.into())).await?;
            checks.compare(answer.headers())
        };
        self.repeat(send).await
    }

    /// Makes the blocks with these ids the blob.
    pub(super) async fn commit(&self, ids: &[BlockId], md5: Option<[u8; 16]>) -> Result<()> {
        let send = |client: BlockBlobClient| async move {
            let latest = ids.iter().map(|id| id.to_vec()).collect();
            let list = BlockLookupList { latest: Some(latest), ..BlockLookupList::default() };
            let options = BlockBlobClientCommitBlockListOptions {
                blob_content_md5: md5.map(|md5| md5.to_vec()),
                ..BlockBlobClientCommitBlockListOptions::default()
            };
            client.commit_block_list(list.try_into()?, Some(options)).await
        };
        self.repeat(send).await?;
        Ok(())
    }

    /// Throws away what earlier tries have left: a blob of nothing takes its place.
    pub(super) async fn clear(&self) -> Result<()> {
        self.put(Bytes::new(), None).await
    }

    /// Sends all of the blob in one request.
    pub(super) async fn put(&self, content: Bytes, md5: Option<[u8; 16]>) -> Result<()> {
        let send = |client: BlockBlobClient| {
            let content = content.clone();
            async move {
                let options = BlockBlobClientUploadOptions {
                    blob_content_md5: md5.map(|md5| md5.to_vec()),
                    // What fits in a part goes in one request.
                    partition_size: NonZeroU64::new(content.len() as u64),
                    ..BlockBlobClientUploadOptions::default()
                };
                client.upload(content.into(), Some(options)).await
            }
        };
        self.repeat(send).await?;
        Ok(())
    }

    /// Makes a request, and makes it again as far as the policy allows. All requests of an upload may
    /// be repeated: they do the same again.
    async fn repeat<T, F>(&self, send: impl Fn(BlockBlobClient) -> F) -> Result<T>
    where
        F: Future<Output = azure_core::Result<T>>,
    {
        let mut lease = self.sas.lease();
        let mut attempt = 1;
        loop {
            let error = match send(self.client(&lease)?).await {
                Ok(answer) => {
                    self.sas.worked();
                    return Ok(answer);
                }
                Err(error) => from_sdk(Stage::Upload, error),
            };
            if error.status() == Some(StatusCode::FORBIDDEN) {
                lease = self.sas.renew(&lease, error, self.retry).await?;
                continue;
            }
            let idempotency = Idempotency::Repeatable;
            let jitter = fastrand::f64();
            let verdict = self.retry.verdict(idempotency, error.failed(), attempt, jitter);
            let Verdict::After(pause) = verdict else { return Err(error) };
            let operation = "upload";
            self.reporter.event(&Event::Retrying { operation, reason: &error, pause });
            tokio::time::sleep(pause).await;
            lease = self.sas.again(&lease);
            attempt += 1;
        }
    }

    /// The SDK's client for one attempt: what is repeated, and when, is our business.
    fn client(&self, lease: &Lease) -> Result<BlockBlobClient> {
        let options = BlockBlobClientOptions {
            client_options: ClientOptions {
                transport: Some(SdkTransport::new(Arc::new(self.transport.clone()))),
                retry: RetryOptions::none(),
                ..ClientOptions::default()
            },
            version: SERVICE_VERSION.to_owned(),
        };
        BlockBlobClient::new(lease.url().clone(), None, Some(options))
            .map_err(|error| from_sdk(Stage::Upload, error))
    }

    /// A SAS URL names what it permits, unless that is kept with the container.
    fn may_read(&self) -> bool {
        let lease = self.sas.lease();
        let permitted = lease.url().query_pairs().find(|(name, _)| name == "sp");
        permitted.is_none_or(|(_, permitted)| permitted.contains('r'))
    }
}

fn names(blocks: Option<Vec<BlobBlock>>) -> HashSet<Vec<u8>> {
    blocks.into_iter().flatten().filter_map(|block| block.name).collect()
}

/// What the server shall compare a block with.
#[derive(Clone, Copy)]
struct Checks {
    crc64: Option<u64>,
    md5: Option<[u8; 16]>,
}

impl Checks {
    /// Whether the server has looked at the CRC, if it was given one; fails when it saw another.
    fn compare(self, answer: &Headers) -> azure_core::Result<bool> {
        let Some(sent) = self.crc64 else { return Ok(true) };
        let Some(told) = answer.get_optional_str(&CONTENT_CRC64) else { return Ok(false) };
        if told == BASE64_STANDARD.encode(sent.to_le_bytes()) {
            return Ok(true);
        }
        let message = "blob storage has computed another CRC-64 than that of the block";
        Err(azure_core::Error::with_message(ErrorKind::Io, message))
    }
}

impl From<Checks> for BlockBlobClientStageBlockOptions<'_> {
    fn from(checks: Checks) -> Self {
        Self {
            // The service wants the bytes of the CRC with the lowest one first.
            transactional_content_crc64: checks.crc64.map(|crc64| crc64.to_le_bytes().to_vec()),
            transactional_content_md5: checks.md5.map(|md5| md5.to_vec()),
            ..Self::default()
        }
    }
}

/// Azurite says 500 and `FeatureNotSupported` where others say that they do not know the header.
fn knows_no_crc64(error: &Error) -> bool {
    const CODES: [&str; 3] = ["FeatureNotSupported", "UnsupportedHeader", "InvalidHeaderValue"];
    error.status() == Some(StatusCode::NOT_IMPLEMENTED)
        || error.code().is_some_and(|code| CODES.contains(&code))
}

/// Hashes off the threads that send.
async fn md5_of(data: Bytes) -> [u8; 16] {
    let hash = move || Md5::digest(&data).into();
    tokio::task::spawn_blocking(hash).await.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_has_computed_is_compared() {
        let checks = Checks { crc64: Some(1), md5: None };
        let answer = |crc64| {
            let mut headers = Headers::new();
            headers.insert(CONTENT_CRC64, crc64);
            headers
        };
        assert!(checks.compare(&answer("AQAAAAAAAAA=")).unwrap());
        assert!(checks.compare(&answer("AgAAAAAAAAA=")).is_err());
        assert!(!checks.compare(&Headers::new()).unwrap());
        assert!(Checks { crc64: None, md5: None }.compare(&Headers::new()).unwrap());
    }
}
