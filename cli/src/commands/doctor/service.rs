//! Whether the API is reached, and whether its clock and ours agree.

use std::time::{Duration, SystemTime};

use hardware_dashboard::reqwest::{self, StatusCode, Url, header::DATE, redirect};

use super::{check::Check, proxy::is_this_machine};
use crate::{
    failure::{Exit, Failure},
    output::spoken,
};

const REACHED: &str = "API";
const CLOCK: &str = "clock";

const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Entra allows for five minutes, and a `Date` is told in whole seconds.
const LARGEST_SKEW: Duration = Duration::from_secs(60);

/// Asks without a token: any answer shows that the way is open.
pub(super) async fn check(api_base_url: &str) -> (Check, Check) {
    match ask(api_base_url).await {
        Ok((status, date)) => (reached(api_base_url, status), clock(date.as_deref())),
        Err(error) => (
            Check::failed(REACHED, unreachable(api_base_url, &error)),
            Check::skipped(CLOCK, "nobody told the time"),
        ),
    }
}

/// The address that was given is no good, or it could not be looked for.
pub(super) fn without_address(failure: Option<Failure>) -> (Check, Check) {
    let reached = match failure {
        Some(failure) => Check::failed(REACHED, failure),
        None => Check::skipped(REACHED, "it is not known where the API is"),
    };
    (reached, Check::skipped(CLOCK, "nobody told the time"))
}

async fn ask(api_base_url: &str) -> reqwest::Result<(StatusCode, Option<String>)> {
    let mut builder =
        reqwest::Client::builder().redirect(redirect::Policy::none()).timeout(ANSWER_TIMEOUT);
    if is_this_machine(api_base_url) {
        builder = builder.no_proxy();
    }
    let answer = builder.build()?.get(api_base_url).send().await?;
    let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok()).map(str::to_owned);
    Ok((answer.status(), date))
}

fn reached(api_base_url: &str, status: StatusCode) -> Check {
    let answered = format!("{api_base_url} answered {status}");
    match status.as_u16() {
        407 => Check::failed(
            REACHED,
            Failure::new(
                Exit::Network,
                format!("{answered}: the proxy wants to know who asks"),
                "Put name and password into the URL of the proxy: http://NAME:PASSWORD@HOST:PORT.",
            ),
        ),
        300..=399 => Check::warning(
            REACHED,
            format!("{answered}, a redirect"),
            "Check the API's base URL; or a portal wants you to sign in to the network first.",
        ),
        500.. => Check::warning(REACHED, answered, "The service is in trouble; try again later."),
        _ => Check::ok(REACHED, format!("{api_base_url} answers")),
    }
}

fn unreachable(api_base_url: &str, error: &reqwest::Error) -> Failure {
    let host = Url::parse(api_base_url).ok();
    let host = host.as_ref().and_then(Url::host_str).unwrap_or("the host");
    let mut failure = Failure::new(
        Exit::Network,
        format!("{host} could not be reached"),
        "Check the network, the proxy (HTTPS_PROXY) and the host name.",
    );
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        failure = failure.with_detail(format!("caused by: {cause}"));
        source = cause.source();
    }
    failure
}

/// A warning and no more: what a wrong clock spoils has failed above.
fn clock(date: Option<&str>) -> Check {
    let Some(theirs) = date.and_then(|date| httpdate::parse_http_date(date).ok()) else {
        return Check::skipped(CLOCK, "the answer told no time");
    };
    let (skew, direction) = match SystemTime::now().duration_since(theirs) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    if skew <= LARGEST_SKEW {
        return Check::ok(CLOCK, "agrees with the service's");
    }
    Check::warning(
        CLOCK,
        format!("this machine's clock is {} {direction} the service's", spoken(skew)),
        "Let the system set its clock (NTP): assertions, tokens and upload URLs are bound to times.",
    )
}
