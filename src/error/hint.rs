//! What to do next, for each family of errors.

use super::{Error, Kind, Stage};

const MAY_HAVE_ACTED: &str =
    "The service may have acted all the same: look at the dashboard before you try again.";

/// What the state of a thing forbids, not a missing role.
const UPDATE_UNAUTHORIZED: &str = "UpdateUnauthorized";

/// The advice that an error brought along, or else what holds for its family.
pub(super) fn of(error: &Error, advice: Option<&str>) -> String {
    let hint = advice.unwrap_or_else(|| by_family(error));
    if error.may_have_been_applied() {
        return format!("{hint} {MAY_HAVE_ACTED}");
    }
    hint.to_owned()
}

fn by_family(error: &Error) -> &'static str {
    let special = match error.stage() {
        Stage::Token => token(error),
        Stage::Api(_) => api(error),
        _ => None,
    };
    special.unwrap_or_else(|| by_kind(error.kind()))
}

fn by_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Input => "Mend what was given and try again; nothing was sent.",
        Kind::Connect => "Check the network, the proxy (HTTPS_PROXY) and the host name.",
        Kind::TimedOut | Kind::Interrupted => {
            "The network or the service is in trouble; try again later."
        }
        Kind::Status => "Try again later; if it stays so, report it with the ids of the call.",
        Kind::Unavailable => "Whoever gives the token is in trouble; try again later.",
        Kind::Absent => "Give the client a credential that works on this machine.",
        Kind::Decode => {
            "The service has changed its answers, which please report, or a proxy answers in its \
             place."
        }
        Kind::Corrupt => "Try again; if it happens again, something on the way changes files.",
        Kind::WorkflowFailed => {
            "The submission is over; a product takes one initial submission only. Mend the package \
             and sign it as a new product."
        }
        Kind::Ambiguous => "Look on the dashboard which is yours, and go on with that one.",
        Kind::Io => "Check the path, its permissions and the room on the disk.",
    }
}

/// By the codes that Microsoft Entra ID documents.
fn token(error: &Error) -> Option<&'static str> {
    let Some(code) = error.code() else {
        let in_trouble = error.status()?.is_server_error();
        return in_trouble.then_some("The token endpoint is in trouble; try again later.");
    };
    match code {
        "AADSTS7000215" => Some(
            "The client secret is wrong. Use the secret's value, not its id, and no other \
             application's.",
        ),
        "AADSTS7000222" => Some("The client secret has expired: make a new one in Entra ID."),
        "AADSTS700016" => Some("Check the client id, and that the application is in this tenant."),
        "AADSTS90002" | "AADSTS900023" => Some("Check the tenant id."),
        "AADSTS7000218" => Some("The application needs a secret, a certificate or an assertion."),
        "AADSTS700027" => Some(
            "Register this very certificate with the application (Entra ID, Certificates & \
             secrets), and check that it has not expired.",
        ),
        "AADSTS700021" | "AADSTS700023" | "AADSTS50027" => {
            Some("The assertion was not made for this tenant and application: check both ids.")
        }
        "AADSTS700024" => Some(
            "The assertion has expired or is not valid yet: check this machine's clock, and that \
             the token that was handed in is a new one.",
        ),
        "AADSTS70021" | "AADSTS700211" | "AADSTS700212" | "AADSTS700213" => Some(
            "Add a federated credential with this issuer, subject and audience to the application \
             (Entra ID, Certificates & secrets).",
        ),
        "AADSTS500011" | "AADSTS50001" => {
            Some("The resource is unknown in this tenant: check the resource of the token request.")
        }
        _ => Some("Check tenant id, client id and what the application proves itself with."),
    }
}

fn api(error: &Error) -> Option<&'static str> {
    if error.is_invalid_state() {
        // The code tells more than the status: it was seen under 502.
        return Some(
            "It is not in a state that allows this now, perhaps because an earlier call has done \
             it already: read it before you go on.",
        );
    }
    if error.code().is_some_and(|code| code.eq_ignore_ascii_case(UPDATE_UNAUTHORIZED)) {
        return Some(
            "It cannot be changed as it is: the product has no initial submission, its workflow has \
             failed, or it is what a partner has shared.",
        );
    }
    match error.status()?.as_u16() {
        401 => Some("The token was refused, also after a new one was taken: check the tenant."),
        403 => Some(
            "Does the application have its Hardware roles in Partner Center (Driver Submitter, \
             Shipping Label owner)? What belongs to another account is refused too.",
        ),
        400 | 422 => Some("Mend what the service finds fault with and send it again."),
        404 => Some("Check the ids, and that they belong to this account."),
        409 => Some("Something else is being done with it: read it, and try again later."),
        415 => Some("The API's base URL may be wrong, or something on the way changes requests."),
        429 => Some("The account has used up its calls for this minute; try again later."),
        503 if error.code().is_none() => Some(
            "The service is down, or the application lacks its Hardware role in Partner Center: \
             both look alike.",
        ),
        500.. => Some("The service is in trouble; try again later."),
        300..=399 => Some("Check the API's base URL: it answers with a redirect."),
        _ => None,
    }
}
