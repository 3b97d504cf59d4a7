//! What the build script takes out of the generated client, in the forms that progenitor may give it.

use syn::parse_quote;

use super::CLIENT;

#[path = "../../build/version.rs"]
mod build;

/// The client with this in its one operation, after the build script has seen it.
fn left_of(mut client: syn::File) -> syn::File {
    build::leave_out(&mut client);
    client
}

fn without() -> syn::File {
    parse_quote! {
        impl Client {
            async fn get(&self) {
                let request = self.client.get(url).header(ACCEPT, JSON).build()?;
            }
        }
    }
}

#[test]
fn no_operation_makes_the_header() {
    let code = std::fs::read_to_string(CLIENT).expect("the build script has written it");
    assert!(!code.contains("header_map"), "progenitor makes its header in another way");
}

#[test]
fn the_header_is_left_out_in_any_form() {
    let now = parse_quote! {
        impl Client {
            async fn get(&self) {
                let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
                header_map.append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(Self::api_version()),
                );
                let request =
                    self.client.get(url).header(ACCEPT, JSON).headers(header_map).build()?;
            }
        }
    };
    assert_eq!(left_of(now), without());
    let other = parse_quote! {
        impl Client {
            async fn get(&self) {
                let mut header_map = HeaderMap::new();
                header_map.insert("api-version", value);
                let request = self.client.get(url).headers(header_map).header(ACCEPT, JSON).build()?;
            }
        }
    };
    assert_eq!(left_of(other), without());
}

#[test]
fn a_form_that_nobody_knows_is_left_as_it_is() {
    let others: [syn::File; 2] = [
        parse_quote! {
            impl Client {
                async fn get(&self) {
                    let mut header_map = HeaderMap::with_capacity(2usize);
                    header_map.append("api-version", value);
                    header_map.append("if-match", etag);
                    let request = self.client.get(url).headers(header_map).build()?;
                }
            }
        },
        parse_quote! {
            impl Client {
                async fn get(&self) {
                    let request = self.client.get(url).headers(versioned(header_map())).build()?;
                }
            }
        },
    ];
    for client in others {
        assert_eq!(left_of(client.clone()), client);
    }
}
