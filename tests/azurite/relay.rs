//! A relay before Azurite whose first connections break off.

use tokio::{
    io::{AsyncReadExt as _, copy},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

/// A running relay; it stops when this is dropped.
pub(super) struct Relay {
    pub(super) port: u16,
    task: AbortHandle,
}

impl Relay {
    /// The first `cut` connections break off when so many bytes have come back on them.
    pub(super) async fn start(to: (String, u16), cut: usize, after: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let task = tokio::spawn(async move {
            let mut number = 0;
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&to).await.expect("Azurite is there");
                let most = if number < cut { after } else { u64::MAX };
                number += 1;
                tokio::spawn(pass_on(client, server, most));
            }
        });
        Self { port, task: task.abort_handle() }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Passes on until one side has enough. Both may hang up at any time, which is their own affair.
async fn pass_on(mut client: TcpStream, mut server: TcpStream, most: u64) {
    let (mut asks, mut hears) = client.split();
    let (answers, mut is_asked) = server.split();
    let mut answers = answers.take(most);
    tokio::select! {
        _ = copy(&mut asks, &mut is_asked) => {}
        _ = copy(&mut answers, &mut hears) => {}
    }
}
