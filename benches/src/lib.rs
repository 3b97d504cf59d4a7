//! What the benchmarks share: the answers, the server that gives them, and the two clients that are
//! set side by side.
//!
//! Their errors are of the machine they run on, so that a panic with its reason is all they need.

mod answers;
mod bare;
pub mod server;

use hardware_dashboard::{Client, auth::ClientSecret, model::ProductId};

pub use answers::{PAGE_SIZE, PRODUCT_ID, PRODUCTS, page};
pub use bare::Bare;

/// The tenant, client id and secret of both clients.
const IDENTITY: [&str; 3] =
    ["contoso.onmicrosoft.com", "6f1d3c52-0b7e-4a4c-9a53-2f0f5d3d8e11", "s"];

/// The library's client of the server at `origin`, as the README sets it up.
///
/// # Panics
///
/// When TLS cannot be set up on this machine.
#[must_use]
pub fn facade(origin: &str) -> Client {
    let [tenant, client_id, secret] = IDENTITY;
    Client::builder()
        .api_base_url(format!("{origin}{}", answers::API_PATH))
        .authority_url(origin)
        .credential(ClientSecret::new(tenant, client_id, secret))
        .build()
        .expect("a client of a loopback server can be built")
}

/// The product that every call asks for.
#[must_use]
pub fn product_id() -> ProductId {
    ProductId::new(PRODUCT_ID)
}
