//! A recorder before the real service.

mod forward;
mod upstream;

use std::{io, path::PathBuf, sync::Arc};

use self::{forward::Forwarder, upstream::Upstream};
use crate::{
    record::{Origin, Recorder},
    server::{self, Server},
    service::API_PATH,
    spec::Spec,
};

/// Microsoft Entra ID of the public cloud.
const PUBLIC_AUTHORITY: &str = "https://login.microsoftonline.com";

/// A running reverse proxy: it stands before the service and writes every exchange down.
///
/// Somebody who has an account points a client at it, and gets recordings of what the service
/// really answers. They are in the format of the library's recorded exchanges, without secrets,
/// tokens and SAS signatures; names and ids are left for their owner to replace. Blob transfers
/// are not recorded: they go straight from the client to the store.
///
/// It listens on loopback only, over plain http, and sends requests to the upstream origins only,
/// over https. It stops when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    origin: String,
    server: Server,
}

impl Proxy {
    /// Sets up a proxy before the API whose base URL this is, such as
    /// `https://manage.devcenter.microsoft.com/v2.0/my`, that records into `folder`.
    pub fn builder(upstream: impl Into<String>, folder: impl Into<PathBuf>) -> ProxyBuilder {
        ProxyBuilder {
            port: 0,
            api: upstream.into(),
            authority: PUBLIC_AUTHORITY.to_owned(),
            folder: folder.into(),
        }
    }

    /// The authority for clients, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn authority_url(&self) -> &str {
        &self.origin
    }

    /// The base URL of the API for clients, `http://127.0.0.1:PORT/v2.0/my`.
    #[must_use]
    pub fn api_base_url(&self) -> String {
        format!("{}{API_PATH}", self.origin)
    }

    /// Stops the proxy and waits until all its connections are closed.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// Sets a proxy up; see [`Proxy::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ProxyBuilder {
    port: u16,
    api: String,
    authority: String,
    folder: PathBuf,
}

impl ProxyBuilder {
    /// Listens on this port of the loopback interface; without it on a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Forwards token requests to this authority; without it to Microsoft Entra ID of the public
    /// cloud.
    pub fn authority_upstream(mut self, url: impl Into<String>) -> Self {
        self.authority = url.into();
        self
    }

    /// Starts the proxy on the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// An upstream URL is not one that secrets may be sent to
    /// ([`InvalidInput`](io::ErrorKind::InvalidInput)), the port is taken, or the folder cannot be
    /// written to.
    pub async fn start(self) -> io::Result<Proxy> {
        let forwarder = Forwarder::new(
            Upstream::parse(&self.api)?,
            Upstream::parse(&self.authority)?,
            Spec::load()?,
            Recorder::create(&self.folder, Origin::Service)?,
        )?;
        let listener = server::bind(self.port).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        Ok(Proxy { origin, server: Server::start(listener, Arc::new(forwarder)) })
    }
}
