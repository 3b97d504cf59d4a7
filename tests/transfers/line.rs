//! A service that does no more than name a URL, and a blob store behind a slow line.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

use super::sas;
use crate::support::{Guarded, clock, secrets_of};

/// How the blob store answers a block, given the head of the request.
pub(super) type Answer = fn(&str) -> (&'static str, &'static str);

/// A running service; it stops when this is dropped.
pub(super) struct Line {
    pub(super) origin: String,
    state: Arc<State>,
    task: AbortHandle,
}

struct State {
    /// The time that a byte takes. All connections share the line: while it passes, the others wait.
    byte: Duration,
    heads: Mutex<Vec<String>>,
    answer: Answer,
}

impl Line {
    pub(super) async fn start(bits_per_second: f64, answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let origin = format!("http://{}", listener.local_addr().expect("it has an address"));
        let state = Arc::new(State {
            byte: Duration::from_secs_f64(8.0 / bits_per_second),
            heads: Mutex::default(),
            answer,
        });
        let (shared, base) = (state.clone(), origin.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (state, base) = (shared.clone(), base.clone());
                // A client may hang up at any time, which is its own affair.
                tokio::spawn(async move { drop(serve(stream, &state, &base).await) });
            }
        });
        Self { origin, state, task: task.abort_handle() }
    }

    /// The heads of the requests that begin so.
    pub(super) fn heads(&self, beginning: &str) -> Vec<String> {
        let heads = self.state.heads.lock().unwrap_or_else(PoisonError::into_inner);
        heads.iter().filter(|head| head.starts_with(beginning)).cloned().collect()
    }
}

impl Guarded for Line {
    fn secrets(&self) -> Vec<String> {
        self.heads("").iter().flat_map(|head| secrets_of(head)).collect()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, state: &State, origin: &str) -> std::io::Result<()> {
    let mut stream = BufReader::with_capacity(32 * 1024, stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await? == 0 {
                return Ok(());
            }
        }
        drain(&mut stream, length(&head), state).await?;
        let (status, body) = match head.split_whitespace().next() {
            Some("GET") if head.contains("comp=blocklist") => ("404 Not Found", String::new()),
            Some("GET") => ("200 OK", submission(origin)),
            _ => {
                let (status, code) = (state.answer)(&head);
                (status, code.to_owned())
            }
        };
        state.heads.lock().unwrap_or_else(PoisonError::into_inner).push(head);
        let code = if status.starts_with('2') { "" } else { body.as_str() };
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-ms-error-code: {code}\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(answer.as_bytes()).await?;
    }
}

/// Takes a body in, and lets the time pass that it takes on the line. However long this machine needs for
/// it, the client sees that time alone.
async fn drain(
    stream: &mut BufReader<TcpStream>,
    mut left: usize,
    state: &State,
) -> std::io::Result<()> {
    let mut piece = vec![0; 32 * 1024];
    while left > 0 {
        let room = left.min(piece.len());
        let read = stream.read(&mut piece[..room]).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        left -= read;
        clock::leap(state.byte * read as u32);
    }
    Ok(())
}

fn length(head: &str) -> usize {
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.parse().ok()).unwrap_or_default()
}

fn submission(origin: &str) -> String {
    let url = sas(origin, "rwl");
    format!(
        r#"{{ "id": 2, "commitStatus": "commitPending", "downloads": {{ "items": [
            {{ "type": "initialPackage", "url": "{url}" }} ] }} }}"#
    )
}
