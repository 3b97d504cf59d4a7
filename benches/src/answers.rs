//! The bytes that the server sends.

use std::sync::LazyLock;

use bytes::Bytes;
use serde_json::{Value, json};

/// What stands before `/hardware` in the public cloud.
pub(crate) const API_PATH: &str = "/v2.0/my";

/// The product that is recorded.
pub const PRODUCT_ID: u64 = 14_472_380_114_936_105;

/// So many products are on a page.
pub const PAGE_SIZE: usize = 100;

/// So many products the account holds.
pub const PRODUCTS: usize = 100_000;

/// The recording that the library's tests replay: every documented field.
const RECORDING: &str = include_str!("../../tests/recordings/getProduct/complete.json");

static PRODUCT: LazyLock<Bytes> = LazyLock::new(|| {
    let mut exchange: Value = serde_json::from_str(RECORDING).expect("the recording is JSON");
    exchange["response"]["body"].take().to_string().into()
});

static PAGE_OF_PRODUCTS: LazyLock<String> = LazyLock::new(|| {
    let product = str::from_utf8(&PRODUCT).expect("JSON is UTF-8");
    [product; PAGE_SIZE].join(",")
});

/// The answer to the get of a product.
pub(crate) fn product() -> Bytes {
    PRODUCT.clone()
}

/// A page of the list of products, counted from 0, with the link to the next one.
#[must_use]
pub fn page(number: usize) -> Bytes {
    let next = number + 1;
    let links = match PRODUCTS / PAGE_SIZE {
        pages if next < pages => {
            let href = format!("https://host{API_PATH}/hardware/products?continuationToken={next}");
            json!([{ "href": href, "rel": "next_link", "method": "GET" }])
        }
        _ => json!([]),
    };
    format!(r#"{{"value":[{}],"links":{links}}}"#, *PAGE_OF_PRODUCTS).into()
}

/// The answer of the token endpoint.
pub(crate) fn token() -> Bytes {
    // As long as a real one: it goes over the wire with every call.
    let token = "x".repeat(1500);
    json!({ "access_token": token, "token_type": "Bearer", "expires_in": "3599" })
        .to_string()
        .into()
}

#[cfg(test)]
mod tests {
    use hardware_dashboard::model::{Product, ProductPage};

    use super::*;

    #[test]
    fn the_product_is_the_one_that_is_asked_for() {
        let product: Product = serde_json::from_slice(&product()).unwrap();
        assert_eq!(product.id.map(|id| id.get()), Some(PRODUCT_ID));
    }

    #[test]
    fn the_pages_hold_every_product_and_the_last_one_leads_nowhere() {
        let pages = PRODUCTS / PAGE_SIZE;
        for (number, links) in [(0, 1), (pages - 2, 1), (pages - 1, 0)] {
            let page: ProductPage = serde_json::from_slice(&page(number)).unwrap();
            assert_eq!(page.value.map(|value| value.len()), Some(PAGE_SIZE), "{number}");
            assert_eq!(page.links.map(|links| links.len()), Some(links), "{number}");
        }
    }
}
