//! Every credential, with proofs that must not be seen.

use std::{fs, path::Path};

use hardware_dashboard::auth::{
    Chain, ClientCertificate, ClientSecret, Environment, FederatedToken, ManagedIdentity,
};
use serde_json::{Value, json};

use super::SECRET;
use crate::auth::{file, path_of};

const TENANT: &str = "tenant.example";
const CLIENT: &str = "client";

/// The password of the PFX file.
pub(super) const PASSWORD: &str = "canary-password";

/// A credential, and whose failures it meets. The API sees no difference between most of them.
pub(super) struct Proof {
    pub(super) name: &'static str,
    pub(super) credential: Chain,
    pub(super) asks: &'static [&'static str],
}

/// What is the same wherever the issuers are.
pub(super) struct Files {
    token: String,
    pem: String,
    authconfigs: [String; 2],
    certificates: [ClientCertificate; 2],
}

impl Files {
    pub(super) async fn write(folder: &Path) -> Self {
        let write = |name: &str, content: &[u8]| {
            let path = folder.join(name);
            fs::write(&path, content).expect("a file can be written");
            path.to_str().expect("a folder with a plain name").to_owned()
        };
        let account = |name: &str, proof: &str| -> Value {
            json!({ "tenantId": TENANT, "clientId": CLIENT, name: proof })
        };
        let list = json!([account("key", SECRET)]);
        let profiles =
            json!({ "profiles": { "default": account("managedIdentityClientId", "id") } });
        let pem = [file!("key.pem"), file!("certificate.pem")].concat();
        let (path, password) = (path_of("modern.pfx"), PASSWORD.into());
        let pfx = ClientCertificate::from_file(TENANT, CLIENT, path, Some(&password)).await;
        Self {
            token: write("token", b"kestrel-file-token.a2b3.c4d5\n"),
            pem: write("client.pem", &pem),
            authconfigs: [
                write("list.json", list.to_string().as_bytes()),
                write("profiles.json", profiles.to_string().as_bytes()),
            ],
            certificates: [
                ClientCertificate::from_pem(TENANT, CLIENT, &pem).expect("a key and its owner"),
                pfx.expect("the password is right"),
            ],
        }
    }

    /// All credentials, for issuers at this origin.
    pub(super) fn proofs(&self, origin: &str) -> Vec<Proof> {
        let mut proofs = self.by_hand(origin);
        proofs.extend(self.by_environment(origin));
        proofs
    }

    fn by_hand(&self, origin: &str) -> Vec<Proof> {
        let (app, github) = (format!("{origin}/app"), format!("{origin}/github?api-version=2.0"));
        let identity = ManagedIdentity::user_assigned("identity");
        let of_app = identity.clone().app_service(app, "kestrel-header");
        let of_machine = identity.imds_url(origin);
        let secret = ClientSecret::new(TENANT, CLIENT, SECRET);
        let [pem, pfx] = self.certificates.clone();
        let job = FederatedToken::github_actions_at(TENANT, CLIENT, github, "kestrel-request");
        let by = FederatedToken::from_managed_identity;
        let chain = Chain::new;
        let entra: &'static [_] = &["entra"];
        [
            ("secret, v2", chain().then(secret.clone().v2()), entra),
            ("secret", chain().then(secret), &["entra", "api"]),
            ("certificate of PEM", chain().then(pem), entra),
            ("certificate of PFX", chain().then(pfx), entra),
            ("file", chain().then(FederatedToken::from_file(TENANT, CLIENT, &self.token)), entra),
            ("GitHub", chain().then(job), &["github", "entra"]),
            ("app", chain().then(of_app.clone()), &["app"]),
            ("machine", chain().then(of_machine.clone()), &["metadata", "api"]),
            ("by app", chain().then(by(TENANT, CLIENT, of_app)), &["app", "entra"]),
            ("by machine", chain().then(by(TENANT, CLIENT, of_machine)), &["metadata", "entra"]),
        ]
        .map(|(name, credential, asks)| Proof { name, credential, asks })
        .into()
    }

    fn by_environment(&self, origin: &str) -> Vec<Proof> {
        let (app, github) = (format!("{origin}/app"), format!("{origin}/github"));
        let azure = [("AZURE_TENANT_ID", TENANT), ("AZURE_CLIENT_ID", CLIENT)];
        let with = |variables: &[(&'static str, &str)]| {
            Environment::from_variables([&azure, variables].concat())
        };
        let none: [(&str, &str); 0] = [];
        let [list, profiles] = &self.authconfigs;
        let sdcm = [
            ("SDCM_CREDS_TENANTID", TENANT),
            ("SDCM_CREDS_CLIENTID", CLIENT),
            ("SDCM_CREDS_KEY", SECRET),
        ];
        let identity = [("IDENTITY_ENDPOINT", app.as_str()), ("IDENTITY_HEADER", "kestrel-header")];
        let entra: &'static [_] = &["entra"];
        [
            ("AZURE secret", with(&[("AZURE_CLIENT_SECRET", SECRET)]), entra),
            (
                "AZURE certificate",
                with(&[
                    ("AZURE_CLIENT_CERTIFICATE_PATH", &self.pem),
                    ("AZURE_CLIENT_CERTIFICATE_PASSWORD", "kestrel-password"),
                ]),
                entra,
            ),
            ("AZURE file", with(&[("AZURE_FEDERATED_TOKEN_FILE", &self.token)]), entra),
            (
                "AZURE GitHub",
                with(&[
                    ("ACTIONS_ID_TOKEN_REQUEST_URL", &github),
                    ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "kestrel-request"),
                ]),
                &["github", "entra"],
            ),
            ("SDCM", Environment::from_variables(sdcm), entra),
            ("a list", Environment::from_variables(none).authconfig(list), entra),
            (
                "profiles",
                Environment::from_variables(identity).authconfig(profiles),
                &["app", "entra"],
            ),
        ]
        .map(|(name, environment, asks)| Proof {
            name,
            credential: Chain::new().then(environment),
            asks,
        })
        .into()
    }
}
