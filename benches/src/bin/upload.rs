//! The uploads that are measured: `upload default|unchecked|crc-md5|md5-blocks|md5|sdk FILE ORIGIN`.

use std::{env, error::Error, path::Path, time::Duration};

use azure_core::http::Body;
use azure_storage_blob::{clients::BlockBlobClient, stream::tokio::FileStream};
use hardware_dashboard::{
    Client,
    auth::{AccessToken, Credential, TokenContext, TokenFuture},
    blob::{ContentMd5, Integrity, UploadOptions},
    model::{ProductId, SubmissionId},
};
use tokio::fs::File;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A token that nobody has to be asked for.
#[derive(Debug)]
struct Given;

impl Credential for Given {
    fn fetch<'a>(&'a self, _: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(async { Ok(AccessToken::new("a token", Duration::from_secs(3600))) })
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [how, file, origin] = arguments.as_slice() else {
        return Err("usage: upload default|unchecked|crc-md5|md5-blocks|md5|sdk FILE ORIGIN".into());
    };
    let (file, options) = (Path::new(file), UploadOptions::default());
    match how.as_str() {
        "default" => ours(file, origin, &options).await,
        "unchecked" => {
            let unchecked = options.integrity(Integrity::None).content_md5(ContentMd5::Never);
            ours(file, origin, &unchecked).await
        }
        "crc-md5" => ours(file, origin, &options.content_md5(ContentMd5::Always)).await,
        "md5-blocks" => {
            let blocks = options.integrity(Integrity::Md5).content_md5(ContentMd5::Never);
            ours(file, origin, &blocks).await
        }
        "md5" => {
            let all = options.integrity(Integrity::Md5).content_md5(ContentMd5::Always);
            ours(file, origin, &all).await
        }
        "sdk" => sdk(file, origin).await,
        _ => Err(format!("no upload is called `{how}`").into()),
    }
}

async fn ours(file: &Path, origin: &str, options: &UploadOptions) -> Result<()> {
    let client = Client::builder().api_base_url(origin).credential(Given).build()?;
    let submission = client.product(ProductId::new(1)).submission(SubmissionId::new(2));
    let sent = submission.upload(file, options).await?;
    let length = file.metadata()?.len();
    if sent.sent == length { Ok(()) } else { Err(format!("{} were sent", sent.sent).into()) }
}

async fn sdk(file: &Path, origin: &str) -> Result<()> {
    let url =
        format!("{origin}/account/container/package.cab?sv=2025-01-05&sp=rwl&sr=b&sig=c2lnbg");
    let client = BlockBlobClient::new(url.parse()?, None, None)?;
    let content = Body::from(FileStream::builder(File::open(file).await?).build().await?);
    client.upload(content.into(), None).await?;
    Ok(())
}
