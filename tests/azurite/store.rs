//! A container of Azurite's, and what was asked of it.

use std::{
    env, fs,
    io::{self, Write as _},
    net::TcpStream,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use url::Url;
use uuid::Uuid;

use super::sas;

/// Longer than any case takes.
pub(super) const DAY: Duration = Duration::from_secs(24 * 3600);

/// However slow the machine is, Azurite is no slower.
const PATIENCE: Duration = Duration::from_secs(120);

/// A container of its own, with one blob in mind.
#[derive(Clone)]
pub(super) struct Store {
    blob: Url,
    requests: PathBuf,
}

/// A request for the blob that Azurite has answered.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    /// The block that was sent, if it was one.
    pub(super) block: Option<String>,
    pub(super) status: u16,
}

impl Store {
    pub(super) async fn open() -> Self {
        let variable = |name| env::var(name).unwrap_or_else(|_| panic!("{name}: run .ci/azurite"));
        let origin: Url = variable("AZURITE_URL").parse().expect("a URL");
        let path = format!("/{}/{}", sas::ACCOUNT, Uuid::new_v4());
        let mut container = sas::account(&origin.join(&path).expect("a path"));
        container.query_pairs_mut().append_pair("restype", "container");
        let made = reqwest::Client::new().put(container).header("content-length", 0).send().await;
        assert_eq!(made.expect("Azurite answers").status(), 201);
        let blob = origin.join(&format!("{path}/echo.cab")).expect("a path");
        Self { blob, requests: variable("AZURITE_REQUESTS").into() }
    }

    /// A SAS URL of the blob.
    pub(super) fn url(&self, permissions: &str, lives: Duration) -> Url {
        sas::blob(&self.blob, permissions, lives)
    }

    /// The same, where something stands between.
    pub(super) fn url_through(&self, port: u16, lives: Duration) -> Url {
        let mut url = self.url("rwl", lives);
        url.set_port(Some(port)).expect("it has a host");
        url
    }

    pub(super) fn address(&self) -> (String, u16) {
        let host = self.blob.host_str().expect("it has a host").to_owned();
        (host, self.blob.port_or_known_default().expect("http has a port"))
    }

    /// Puts a blob there as any other program would.
    pub(super) async fn put(&self, content: &[u8], headers: &[(&str, &str)]) {
        let mut request = reqwest::Client::new().put(self.url("rwl", DAY)).body(content.to_vec());
        if content.is_empty() {
            request = request.header("content-length", 0);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        assert_eq!(request.send().await.expect("Azurite answers").status(), 201);
    }

    /// Has the blob tell an MD5, which Azurite takes as it is.
    pub(super) async fn tell_md5(&self, md5: &str) {
        let mut url = self.url("rwl", DAY);
        url.query_pairs_mut().append_pair("comp", "properties");
        let request = reqwest::Client::new().put(url).header("content-length", 0);
        let told = request.header("x-ms-blob-content-md5", md5).send().await;
        assert_eq!(told.expect("Azurite answers").status(), 200);
    }

    /// The blob as it is there.
    pub(super) async fn content(&self) -> Vec<u8> {
        let answer = reqwest::get(self.url("r", DAY)).await.expect("Azurite answers");
        assert_eq!(answer.status(), 200);
        answer.bytes().await.expect("it is whole").to_vec()
    }

    /// The requests for the blob so far, in the order in which they were answered.
    pub(super) fn asked(&self) -> Vec<Asked> {
        let (mark, start) = (self.mark(), Instant::now());
        let requests = loop {
            let requests = fs::read_to_string(&self.requests).expect("Azurite writes it");
            if requests.contains(&mark) {
                break requests;
            }
            assert!(start.elapsed() < PATIENCE, "Azurite does not write down what it answers");
            thread::sleep(Duration::from_millis(10));
        };
        requests.lines().filter_map(|line| self.read(line)).collect()
    }

    /// Asks for something that stands behind all earlier answers in the list: Azurite writes it when
    /// an answer has gone, so that the client may be ahead of it.
    fn mark(&self) -> String {
        let mark = Uuid::new_v4().to_string();
        let mut stream = TcpStream::connect(self.address()).expect("Azurite is there");
        stream.set_read_timeout(Some(PATIENCE)).expect("it is not zero");
        let (path, (host, _)) = (self.blob.path(), self.address());
        let request =
            format!("GET {path}-{mark} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it listens");
        io::copy(&mut stream, &mut io::sink()).expect("it answers");
        mark
    }

    /// How often it was asked so, with this status.
    pub(super) fn count(&self, method: &str, status: u16) -> usize {
        let asked = self.asked();
        asked.iter().filter(|asked| asked.method == method && asked.status == status).count()
    }

    /// The blocks that have arrived, each as often as it did.
    pub(super) fn blocks(&self) -> Vec<String> {
        let arrived = self.asked().into_iter().filter(|asked| asked.status == 201);
        arrived.filter_map(|asked| asked.block).collect()
    }

    /// A line has the form `… "PUT /account/container/blob?query HTTP/1.1" 201 -`.
    fn read(&self, line: &str) -> Option<Asked> {
        let (_, request) = line.split_once('"')?;
        let (request, status) = request.split_once('"')?;
        let mut words = request.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?);
        let url = self.blob.join(target).ok()?;
        let block = url.query_pairs().find(|(name, _)| name == "blockid");
        let block = block.map(|(_, id)| id.into_owned());
        let status = status.split_whitespace().next()?.parse().ok()?;
        (url.path() == self.blob.path()).then_some(Asked { method, block, status })
    }
}
