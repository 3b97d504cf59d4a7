//! Requests as a program makes them: what they are on the wire, and which are refused before that.

mod headers;
mod label;
mod label_update;
mod product;

use hardware_dashboard::{
    Result,
    model::{Guid, NewHardwareIdTarget},
};
use serde::Serialize;
use serde_json::Value;

const CHID: &str = "5b1f0d3e-9a47-5c82-b6d1-7e2f4a90c3b8";

fn hardware_id(code: &str) -> NewHardwareIdTarget {
    NewHardwareIdTarget::new("amd64", "echo.inf", code, r"USB\VID_1209&PID_0001")
}

fn chid() -> Guid {
    format!("{{{}}}", CHID.to_uppercase()).parse().unwrap()
}

fn wire(request: &impl Serialize) -> Value {
    serde_json::to_value(request).unwrap()
}

/// The request is refused, and the error tells which rule it breaks.
fn assert_refused<T>(result: Result<T>, rule: &str) {
    let Err(error) = result else { panic!("let through: {rule}") };
    assert!(error.is_input(), "{error}");
    assert!(error.to_string().contains(rule), "{error} is not {rule}");
}
