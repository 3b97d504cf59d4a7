//! A package up and down again, by an emulator in another process: `round-trip FILE TARGET`.
//!
//! Prints the MD5 that came, and the most memory that this process ever had.

use std::{env, error::Error, fs, path::Path, time::Instant};

use hardware_dashboard::{
    Client,
    auth::ClientSecret,
    blob::{ContentMd5, DownloadOptions, UploadOptions},
    model::{DownloadType, NewProduct, NewSubmission},
};

/// In MiB.
const MAX_PEAK: u64 = 128;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
#[allow(clippy::print_stdout)]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [file, target] = arguments.as_slice() else {
        return Err("usage: round-trip FILE TARGET".into());
    };
    let client = client()?;
    let product = NewProduct::attestation("Large", vec!["WINDOWS_v100_X64_GE_FULL".into()]);
    let product = client.products().create(&product).await?.id.ok_or("a product has an id")?;
    let submissions = client.product(product).submissions();
    let made = submissions.create(&NewSubmission::initial("Large")).await?;
    let submission = client.product(product).submission(made.id.ok_or("a submission has an id")?);

    let start = Instant::now();
    let options = UploadOptions::default().content_md5(ContentMd5::Always);
    submission.upload(Path::new(file), &options).await?;
    println!("up      {:.1} s, peak so far {} MiB", start.elapsed().as_secs_f64(), peak()?);
    let start = Instant::now();
    let what = DownloadType::InitialPackage;
    let fetched =
        submission.download(&what, Path::new(target), &DownloadOptions::default()).await?;
    println!("down    {:.1} s, peak {} MiB", start.elapsed().as_secs_f64(), peak()?);
    let md5: String = fetched.md5.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("{md5}  {} bytes", fetched.bytes);
    let peak = peak()?;
    if peak <= MAX_PEAK { Ok(()) } else { Err(format!("{peak} MiB are too many").into()) }
}

fn client() -> Result<Client> {
    let secret = ClientSecret::new(
        env::var("AZURE_TENANT_ID")?,
        env::var("AZURE_CLIENT_ID")?,
        env::var("AZURE_CLIENT_SECRET")?,
    );
    let builder = Client::builder().credential(secret).api_base_url(env::var("HWDASH_API_URL")?);
    Ok(builder.authority_url(env::var("HWDASH_AUTHORITY_URL")?).build()?)
}

/// In MiB, as Linux tells it.
fn peak() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? / 1024)
}
