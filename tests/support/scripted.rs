//! A server that sends exactly the bytes it is told to, so that an answer can break off anywhere.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Scripted {
    origin: String,
    requests: Requests,
    task: AbortHandle,
}

/// The requests as they came, in their order.
type Requests = Arc<Mutex<Vec<String>>>;

impl Scripted {
    /// Answers each request and closes the connection behind the answer. The script is given the
    /// request, and the origin of the server.
    pub(crate) async fn start<F>(script: F) -> Self
    where
        F: Fn(&str, &str) -> Vec<u8> + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let origin = format!("http://{}", listener.local_addr().expect("it has an address"));
        let requests = Requests::default();
        let script = Arc::new(script);
        let (log, base) = (requests.clone(), origin.clone());
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (script, log, base) = (script.clone(), log.clone(), base.clone());
                connections.spawn(async move {
                    // A client may hang up at any time, which is its own affair.
                    let _ = serve(stream, &*script, &log, &base).await;
                });
            }
        });
        Self { origin, requests, task: task.abort_handle() }
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The requests that begin so, such as `GET /blob`.
    pub(crate) fn requests(&self, beginning: &str) -> Vec<String> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.iter().filter(|head| head.starts_with(beginning)).cloned().collect()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The bytes of an answer with these header lines, each of which ends with `\r\n`.
pub(crate) fn reply(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

async fn serve(
    mut stream: TcpStream,
    script: &(impl Fn(&str, &str) -> Vec<u8> + Sync),
    log: &Requests,
    origin: &str,
) -> std::io::Result<()> {
    let request = read_request(&mut stream).await?;
    let answer = script(&request, origin);
    log.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    stream.write_all(&answer).await?;
    stream.shutdown().await
}

/// Reads a request to its end.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.and_then(|length| length.parse().ok()).unwrap_or_default()];
    stream.read_exact(&mut body).await?;
    Ok(head + &String::from_utf8_lossy(&body))
}
