//! A certificate that an application signs with.

mod assertion;
mod keys;

use std::{fmt, path::Path, sync::Arc};

use secrecy::{ExposeSecret, SecretString};

use self::keys::{Keys, Material};
use super::{
    AccessToken, Credential, TokenContext, TokenFuture,
    entra::{Application, Proof, Version},
};
use crate::error::{Error, Result};

/// An Entra application with a certificate.
///
/// The application signs a short-lived assertion with the certificate's private key, which never
/// leaves the machine, and hands it in at the v2 endpoint,
/// `POST {authority}/{tenant}/oauth2/v2.0/token`. The assertion is signed as Microsoft documents it
/// (PS256, `x5t#S256`) and brings the chain along (`x5c`), so that Entra can also trust the
/// certificate by its subject name and issuer.
///
/// The key must be an RSA key of at least 2048 bits.
///
/// ```no_run
/// use hardware_dashboard::{Client, auth::ClientCertificate};
///
/// # async fn connect() -> hardware_dashboard::Result<()> {
/// let password = "the file's password".into();
/// let credential =
///     ClientCertificate::from_file("tenant id", "client id", "hwdc.pfx", Some(&password)).await?;
/// let client = Client::builder().credential(credential).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ClientCertificate {
    application: Application,
    keys: Arc<Keys>,
}

impl ClientCertificate {
    /// Reads a file: PFX (PKCS #12), or PEM with the private key, the certificate and, if there are
    /// any, those of the authorities above it.
    ///
    /// The password is for a PFX file; one that has none takes `None`.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be read, when the password is wrong, or when there is not a
    /// certificate and its RSA key in the file.
    pub async fn from_file(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        path: impl AsRef<Path>,
        password: Option<&SecretString>,
    ) -> Result<Self> {
        Self::read(Application::new(tenant_id, client_id), path.as_ref(), password).await
    }

    /// Reads a PEM file of certificates and another one of the private key.
    ///
    /// ```no_run
    /// use hardware_dashboard::auth::ClientCertificate;
    ///
    /// # async fn read() -> hardware_dashboard::Result<()> {
    /// let credential =
    ///     ClientCertificate::from_files("tenant id", "client id", "chain.pem", "key.pem").await?;
    /// println!("the certificate has the thumbprint {}", credential.thumbprint());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when a file cannot be read, or when they are not a certificate and its RSA key.
    pub async fn from_files(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        certificates: impl AsRef<Path>,
        private_key: impl AsRef<Path>,
    ) -> Result<Self> {
        let (certificates, private_key) = (certificates.as_ref(), private_key.as_ref());
        let mut material = Material::from_pem(&load(certificates).await?)?;
        material.extend(Material::from_pem(&load(private_key).await?)?);
        let keys = Keys::new(material).map_err(|error| {
            let places = format!("{} and {}", certificates.display(), private_key.display());
            in_file(&places, error)
        })?;
        Ok(Self { application: Application::new(tenant_id, client_id), keys: Arc::new(keys) })
    }

    /// Takes the private key, the certificate and, if there are any, those of the authorities above
    /// it, in any order.
    ///
    /// ```
    /// use hardware_dashboard::auth::ClientCertificate;
    ///
    /// let error = ClientCertificate::from_pem("tenant id", "client id", b"no PEM").unwrap_err();
    /// assert!(error.to_string().contains("no private key"));
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when there is not a certificate and its RSA key in it.
    pub fn from_pem(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        pem: &[u8],
    ) -> Result<Self> {
        let keys = Material::from_pem(pem).and_then(Keys::new)?;
        Ok(Self { application: Application::new(tenant_id, client_id), keys: Arc::new(keys) })
    }

    /// Takes the content of a PFX (PKCS #12) file.
    ///
    /// ```
    /// use hardware_dashboard::auth::ClientCertificate;
    ///
    /// let password = "the file's password".into();
    /// let pfx = b"no PFX";
    /// let error = ClientCertificate::from_pfx("tenant id", "client id", pfx, Some(&password));
    /// assert!(error.unwrap_err().to_string().contains("PFX"));
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when the password is wrong, or when there is not a certificate and its RSA key in it.
    pub fn from_pfx(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        pfx: &[u8],
        password: Option<&SecretString>,
    ) -> Result<Self> {
        let password = password.map_or("", ExposeSecret::expose_secret);
        let keys = Material::from_pfx(pfx, password).and_then(Keys::new)?;
        Ok(Self { application: Application::new(tenant_id, client_id), keys: Arc::new(keys) })
    }

    /// The SHA-256 thumbprint of the certificate, in hexadecimal as Entra ID shows it.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        self.keys.thumbprint().iter().map(|byte| format!("{byte:02X}")).collect()
    }

    pub(super) async fn read(
        application: Application,
        path: &Path,
        password: Option<&SecretString>,
    ) -> Result<Self> {
        let content = load(path).await?;
        let password = password.map_or("", ExposeSecret::expose_secret);
        let material = if is_pem(&content) {
            Material::from_pem(&content)
        } else {
            Material::from_pfx(&content, password)
        };
        let keys = material.and_then(Keys::new);
        let keys = keys.map_err(|error| in_file(&path.display().to_string(), error))?;
        Ok(Self { application, keys: Arc::new(keys) })
    }

    async fn token(&self, context: &TokenContext) -> Result<AccessToken> {
        let audience = self.application.token_url(context, Version::V2)?;
        let assertion = self.keys.assertion(&self.application.client_id, audience.as_str())?;
        self.application.exchange(context, Version::V2, Proof::Assertion(&assertion)).await
    }
}

/// PFX is binary and begins with another byte than any text.
fn is_pem(content: &[u8]) -> bool {
    content.windows(5).any(|window| window == b"-----")
}

async fn load(path: &Path) -> Result<Vec<u8>> {
    tokio::fs::read(path).await.map_err(|error| {
        Error::file(format!("the certificate could not be read from {}", path.display()), error)
    })
}

fn in_file(places: &str, error: Error) -> Error {
    Error::input(format!("{places}: {error}"))
}

impl Credential for ClientCertificate {
    fn fetch<'a>(&'a self, context: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(self.token(context))
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate")
            .field("application", &self.application)
            .field("thumbprint", &self.thumbprint())
            .finish_non_exhaustive()
    }
}
