//! A blob store on loopback that keeps nothing: `sink [LATENCY_MS BYTES_PER_SECOND]`.
//!
//! It drains what it is sent and answers 201. With arguments each request waits for so long, and each
//! connection brings no more than so many bytes a second. It prints its origin, and serves until it is
//! ended.

use std::{
    env,
    error::Error,
    io::{self, BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

/// A line of so much latency and speed.
#[derive(Clone, Copy, Default)]
struct Line {
    latency: Duration,
    bytes_per_second: Option<f64>,
}

#[allow(clippy::print_stdout)]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let line = match arguments.as_slice() {
        [] => Line::default(),
        [latency, rate] => Line {
            latency: Duration::from_millis(latency.parse()?),
            bytes_per_second: Some(rate.parse()?),
        },
        _ => return Err("usage: sink [LATENCY_MS BYTES_PER_SECOND]".into()),
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let origin = format!("http://{}", listener.local_addr()?);
    println!("{origin}");
    io::stdout().flush()?;
    for stream in listener.incoming() {
        let (stream, origin) = (stream?, origin.clone());
        // A connection that breaks off is the client's end.
        thread::spawn(move || serve(stream, line, &origin).ok());
    }
    Ok(())
}

fn serve(stream: TcpStream, line: Line, origin: &str) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut answers = stream.try_clone()?;
    let mut requests = BufReader::with_capacity(256 * 1024, stream);
    loop {
        let Some(head) = read_head(&mut requests)? else { return Ok(()) };
        thread::sleep(line.latency);
        let lower = head.to_ascii_lowercase();
        if lower.contains("expect: 100-continue") {
            answers.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        drain(&mut requests, length(&lower), line)?;
        answers.write_all(answer(&head, origin).as_bytes())?;
    }
}

/// The next request without its body; `None` at the end of the connection.
fn read_head(requests: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if requests.read_line(&mut head)? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(head))
}

fn length(head: &str) -> u64 {
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    length.and_then(|length| length.trim().parse().ok()).unwrap_or_default()
}

fn drain(requests: &mut BufReader<TcpStream>, length: u64, line: Line) -> io::Result<()> {
    let (start, mut read) = (Instant::now(), 0);
    while read < length {
        let room = requests.fill_buf()?.len().min((length - read) as usize);
        if room == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        requests.consume(room);
        read += room as u64;
        if let Some(rate) = line.bytes_per_second {
            let due = start + Duration::from_secs_f64(read as f64 / rate);
            thread::sleep(due.saturating_duration_since(Instant::now()));
        }
    }
    Ok(())
}

fn answer(head: &str, origin: &str) -> String {
    let target = head.split_whitespace().nth(1).unwrap_or_default();
    match head.split_whitespace().next() {
        Some("PUT") => reply("201 Created", &crc64(head), ""),
        Some("GET") if target.contains("/submissions/") => {
            let submission = format!(
                r#"{{ "id": 2, "commitStatus": "commitPending", "downloads": {{ "items": [
                    {{ "type": "initialPackage", "url": "{}" }} ] }} }}"#,
                sas(origin)
            );
            reply("200 OK", "content-type: application/json\r\n", &submission)
        }
        _ => reply("404 Not Found", "x-ms-error-code: BlobNotFound\r\n", ""),
    }
}

/// Says that what arrived is what was sent, as Azure does when it has looked.
fn crc64(head: &str) -> String {
    let sent = head.lines().find(|line| line.starts_with("x-ms-content-crc64:"));
    sent.map(|line| format!("{line}\r\n")).unwrap_or_default()
}

fn sas(origin: &str) -> String {
    format!("{origin}/account/container/package.cab?sv=2025-01-05&sp=rwl&sr=b&sig=c2lnbmF0dXJl")
}

fn reply(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\netag: \"0x8DE\"\r\n\
         last-modified: Sun, 01 Nov 2026 12:00:00 GMT\r\ndate: Sun, 01 Nov 2026 12:00:00 GMT\r\n\
         x-ms-request-id: 6b6c9b3e-501e-0034-2b4e-9f2a4f000000\r\nx-ms-version: 2025-01-05\r\n\
         x-ms-request-server-encrypted: true\r\n{headers}\r\n{body}"
    )
}
