//! A terminal that a program runs in, and what somebody in front of it sees.

use std::{
    io::{Read as _, Write as _},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use pty_process::{Size, blocking};

/// How long something may take, on however slow a machine.
const LIMIT: Duration = Duration::from_secs(600);

const PAUSE: Duration = Duration::from_millis(5);

const ROWS: u16 = 24;

/// stdin and stderr are the terminal; stdout is a pipe, as in `hwdash … > file`.
pub(crate) struct Terminal {
    pty: Arc<blocking::Pty>,
    child: Child,
    drawn: mpsc::Receiver<Vec<u8>>,
    screen: vt100::Parser,
    bytes: Vec<u8>,
    has_wrapped: bool,
}

/// What is left when the program has ended.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    /// What the screen shows at the end, line by line.
    pub(crate) lines: Vec<String>,
    /// Everything that was written to the terminal.
    pub(crate) drawn: String,
    pub(crate) has_cursor: bool,
    /// Whether a line was ever too long for the terminal.
    pub(crate) has_wrapped: bool,
}

impl Terminal {
    /// Runs `command` in a terminal so wide.
    pub(crate) fn run(command: &Command, columns: u16) -> Self {
        let (pty, pts) = blocking::open().unwrap();
        pty.resize(Size::new(ROWS, columns)).unwrap();
        let child = in_terminal(command).stdout(Stdio::piped()).spawn(pts).unwrap();
        let pty = Arc::new(pty);
        let (sender, drawn) = mpsc::channel();
        let reader = pty.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // That nobody holds the other end any more is an error on Linux.
            while let Ok(length @ 1..) = (&*reader).read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let screen = vt100::Parser::new(ROWS, columns, 0);
        Self { pty, child, drawn, screen, bytes: Vec::new(), has_wrapped: false }
    }

    /// Waits until what somebody sees is as awaited.
    pub(crate) async fn until(&mut self, is_there: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        while !is_there(&self.screen.screen().contents()) {
            let shown = self.screen.screen().contents();
            assert!(begun.elapsed() < LIMIT, "it did not come: {shown}");
            assert!(self.look() || self.child.try_wait().unwrap().is_none(), "it ended: {shown}");
            tokio::time::sleep(PAUSE).await;
        }
    }

    pub(crate) fn type_in(&mut self, text: &str) {
        (&*self.pty).write_all(text.as_bytes()).unwrap();
    }

    /// Waits for the end.
    pub(crate) async fn end(mut self) -> Left {
        let begun = Instant::now();
        let status = loop {
            self.look();
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < LIMIT, "no end: {}", self.screen.screen().contents());
            tokio::time::sleep(PAUSE).await;
        };
        // The reader ends when the program has ended and all is read.
        while let Ok(drawn) = self.drawn.recv_timeout(LIMIT) {
            self.show(&drawn);
        }
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        let screen = self.screen.screen();
        Left {
            status,
            stdout,
            lines: rows(screen),
            drawn: String::from_utf8(self.bytes).unwrap(),
            has_cursor: !screen.hide_cursor(),
            has_wrapped: self.has_wrapped,
        }
    }

    /// Looks whether something new was drawn.
    fn look(&mut self) -> bool {
        let drawn: Vec<_> = self.drawn.try_iter().flatten().collect();
        self.show(&drawn);
        !drawn.is_empty()
    }

    /// Byte by byte, since what was wrapped may be gone again at the end of a piece.
    fn show(&mut self, drawn: &[u8]) {
        for byte in drawn {
            self.screen.process(&[*byte]);
            let screen = self.screen.screen();
            self.has_wrapped |= (0..ROWS).any(|row| screen.row_wrapped(row));
        }
        self.bytes.extend_from_slice(drawn);
    }
}

/// The rows that something stands in.
fn rows(screen: &vt100::Screen) -> Vec<String> {
    let rows = screen.rows(0, screen.size().1).map(|row| row.trim_end().to_owned());
    rows.filter(|row| !row.is_empty()).collect()
}

/// The same command, which can be started in a terminal.
fn in_terminal(command: &Command) -> blocking::Command {
    let mut program = blocking::Command::new(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        program = match value {
            Some(value) => program.env(name, value),
            None => program.env_remove(name),
        };
    }
    match command.get_current_dir() {
        Some(folder) => program.current_dir(folder),
        None => program,
    }
    .env("TERM", "xterm-256color")
}
