//! The accounts of an emulator: two organisations, so that sharing has two ends.

use std::{fmt, io};

use crate::token::{Certificate, FederatedIdentity};

/// An organisation in the emulator, with the application that acts for it.
#[derive(Clone)]
pub struct Account {
    pub(crate) tenant_id: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) publisher_id: u64,
    pub(crate) seller_id: u64,
    pub(crate) roles: Vec<Role>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) federated_identities: Vec<FederatedIdentity>,
}

/// A role in Partner Center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// May work with products, submissions and preprod packages.
    DriverSubmitter,
    /// May work with shipping labels.
    ShippingLabelOwner,
}

impl Account {
    /// The account that an emulator has when nothing else is asked for.
    #[must_use]
    pub fn contoso() -> Self {
        Self {
            tenant_id: "3f9f2f0c-5b0e-4a51-9c3e-6f6f0b7a1c11".to_owned(),
            client_id: "8d1c4e7a-2b7d-4f0e-8f57-0c9be1a7d201".to_owned(),
            client_secret: "emulated~secret.of-contoso".to_owned(),
            publisher_id: 27_654_321,
            seller_id: 14_902_331,
            roles: vec![Role::DriverSubmitter, Role::ShippingLabelOwner],
            certificates: Vec::new(),
            federated_identities: Vec::new(),
        }
    }

    /// The second account, the one that shipping labels share with.
    #[must_use]
    pub fn fabrikam() -> Self {
        Self {
            tenant_id: "b6c2e0d4-71aa-4d0c-a1be-5d6f2f4e9b22".to_owned(),
            client_id: "c4a9f1b3-9e55-4c7d-b3d2-7a1e5f60c302".to_owned(),
            client_secret: "emulated~secret.of-fabrikam".to_owned(),
            publisher_id: 38_765_432,
            seller_id: 25_013_442,
            roles: vec![Role::DriverSubmitter, Role::ShippingLabelOwner],
            certificates: Vec::new(),
            federated_identities: Vec::new(),
        }
    }

    /// Sets the tenant and the application that may ask for tokens.
    #[must_use]
    pub fn credentials(
        mut self,
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        self.tenant_id = tenant_id.into();
        self.client_id = client_id.into();
        self.client_secret = client_secret.into();
        self
    }

    /// Registers a certificate with the application: assertions signed with its key are taken.
    ///
    /// # Errors
    ///
    /// The text holds no certificate with an RSA key.
    pub fn certificate(mut self, pem: &str) -> io::Result<Self> {
        self.certificates.push(Certificate::from_pem(pem)?);
        Ok(self)
    }

    /// Lets the application trust the tokens that `issuer` makes for `subject` with the audience
    /// `api://AzureADTokenExchange`.
    ///
    /// Their signature is not checked: an emulator cannot ask the issuer for its keys.
    #[must_use]
    pub fn federated_identity(
        mut self,
        issuer: impl Into<String>,
        subject: impl Into<String>,
    ) -> Self {
        let identity = FederatedIdentity { issuer: issuer.into(), subject: subject.into() };
        self.federated_identities.push(identity);
        self
    }

    /// Sets the numbers by which partners and `visibleToAccounts` name the organisation.
    #[must_use]
    pub fn numbers(mut self, publisher_id: u64, seller_id: u64) -> Self {
        self.publisher_id = publisher_id;
        self.seller_id = seller_id;
        self
    }

    /// Takes a role away, as when nobody gave it to the application in Partner Center.
    #[must_use]
    pub fn without_role(mut self, role: Role) -> Self {
        self.roles.retain(|held| *held != role);
        self
    }

    /// The Entra tenant.
    #[must_use]
    pub fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    /// The Entra application.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The application's secret.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        &self.client_secret
    }

    /// The number by which partners name this organisation when they share with it.
    #[must_use]
    pub fn publisher_id(&self) -> u64 {
        self.publisher_id
    }

    /// The number by which `visibleToAccounts` names this organisation.
    #[must_use]
    pub fn seller_id(&self) -> u64 {
        self.seller_id
    }
}

/// Without the secret: somebody may give an emulator the one of a real application.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("tenant_id", &self.tenant_id)
            .field("client_id", &self.client_id)
            .field("publisher_id", &self.publisher_id)
            .field("seller_id", &self.seller_id)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}
