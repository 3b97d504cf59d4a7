//! A private key and its certificates, out of the files that people have.

use aws_lc_rs::{digest, rsa::KeyPair, signature::KeyPair as _};
use p12_keystore::Pkcs12Archive;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use x509_cert::{
    Certificate,
    der::{Decode, oid::ObjectIdentifier},
};

use crate::error::{Error, Result};

/// The algorithm of a certificate with an RSA key.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// What was found in files.
#[derive(Default)]
pub(super) struct Material {
    private_keys: Vec<PrivateKeyDer<'static>>,
    certificates: Vec<CertificateDer<'static>>,
}

/// A private key, its certificate, and those of the authorities above it.
pub(super) struct Keys {
    pub(super) private_key: KeyPair,
    /// The one of the key comes first, and then that of whoever issued the one before.
    pub(super) certificates: Vec<CertificateDer<'static>>,
}

impl Material {
    pub(super) fn from_pem(pem: &[u8]) -> Result<Self> {
        if contains(pem, b"ENCRYPTED") {
            return Err(Error::input(
                "the private key in the PEM text is encrypted: put key and certificate into a PFX \
                 file with a password (openssl pkcs12 -export), or decrypt it (openssl pkey)",
            ));
        }
        // What the parser says may hold a piece of the key.
        let damaged = |_| Error::input("the PEM text is damaged: make or copy the file again");
        Ok(Self {
            certificates: CertificateDer::pem_slice_iter(pem)
                .collect::<std::result::Result<_, _>>()
                .map_err(damaged)?,
            private_keys: PrivateKeyDer::pem_slice_iter(pem)
                .collect::<std::result::Result<_, _>>()
                .map_err(damaged)?,
        })
    }

    pub(super) fn from_pfx(pfx: &[u8], password: &str) -> Result<Self> {
        let archive = Pkcs12Archive::from_pkcs12(pfx, password).map_err(of_pfx)?;
        let key = |der: &[u8]| PrivateKeyDer::Pkcs8(der.to_vec().into());
        let certificate = |der: &[u8]| CertificateDer::from(der.to_vec());
        Ok(Self {
            private_keys: archive.keys.iter().map(|bag| key(bag.key.as_der())).collect(),
            certificates: archive.certs.iter().map(|bag| certificate(bag.cert.as_der())).collect(),
        })
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.private_keys.extend(other.private_keys);
        self.certificates.extend(other.certificates);
    }
}

impl Keys {
    /// Finds the private key and the certificate that belong together.
    pub(super) fn new(material: Material) -> Result<Self> {
        let Material { private_keys, certificates } = material;
        let private_key = match private_keys.as_slice() {
            [] => return Err(Error::input("there is no private key in it")),
            [key] => read(key)?,
            _ => return Err(Error::input("there is more than one private key in it: leave one")),
        };
        if certificates.is_empty() {
            return Err(Error::input("there is no certificate in it"));
        }
        let mut certificates =
            certificates.into_iter().map(Parsed::new).collect::<Result<Vec<_>>>()?;
        let public_key = private_key.public_key().as_ref();
        let own = certificates.iter().position(|it| it.public_key() == Some(public_key));
        let Some(own) = own else {
            return Err(Error::input(
                "the private key belongs to none of the certificates in it: take the key that the \
                 certificate was made with",
            ));
        };
        let own = certificates.remove(own);
        Ok(Self { private_key, certificates: chain(own, certificates) })
    }

    /// The SHA-256 thumbprint of the certificate.
    pub(super) fn thumbprint(&self) -> Vec<u8> {
        let own = self.certificates.first().map_or(&[][..], |certificate| certificate.as_ref());
        digest::digest(&digest::SHA256, own).as_ref().to_vec()
    }
}

fn read(key: &PrivateKeyDer<'_>) -> Result<KeyPair> {
    let read = match key {
        PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()),
        _ => return Err(not_rsa()),
    };
    read.map_err(|error| match error.to_string().as_str() {
        "WrongAlgorithm" => not_rsa(),
        "TooSmall" => Error::input("the RSA key is too short: it must have 2048 bits or more"),
        _ => Error::input("the private key cannot be read as an RSA key"),
    })
}

fn not_rsa() -> Error {
    Error::input(
        "the private key is no RSA key: Microsoft Entra ID takes none but RSA for the certificate \
         of an application",
    )
}

/// A certificate, and what is in it.
struct Parsed {
    der: CertificateDer<'static>,
    content: Certificate,
}

impl Parsed {
    fn new(der: CertificateDer<'static>) -> Result<Self> {
        let content = Certificate::from_der(&der).map_err(|error| {
            Error::input("one of the certificates in it cannot be read").with_source(error)
        })?;
        Ok(Self { der, content })
    }

    /// The public key, unless it is of another kind than RSA.
    fn public_key(&self) -> Option<&[u8]> {
        let info = self.content.tbs_certificate().subject_public_key_info();
        (info.algorithm.oid == RSA).then(|| info.subject_public_key.raw_bytes())
    }

    fn is_issued_by(&self, other: &Self) -> bool {
        self.content.tbs_certificate().issuer() == other.content.tbs_certificate().subject()
    }
}

/// The certificate, and those above it up to the root, in the order that an assertion has to have
/// them. Files have them in any, and others among them.
fn chain(own: Parsed, mut others: Vec<Parsed>) -> Vec<CertificateDer<'static>> {
    let (mut chain, mut last) = (Vec::new(), own);
    while let Some(next) = others.iter().position(|other| last.is_issued_by(other)) {
        let issuer = others.swap_remove(next);
        chain.push(std::mem::replace(&mut last, issuer).der);
    }
    chain.push(last.der);
    chain
}

fn of_pfx(error: p12_keystore::error::Error) -> Error {
    use p12_keystore::error::Error::{
        MacError, Pkcs5Error, UnpadError, UnsupportedEncryptionScheme,
    };
    Error::input(match error {
        MacError(_) | Pkcs5Error(_) | UnpadError => "the password of the PFX file is wrong",
        UnsupportedEncryptionScheme => {
            "the PFX file is encrypted in a way that is not supported: export it again with AES-256"
        }
        _ => "it is neither a PEM nor a PFX (PKCS #12) file",
    })
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
