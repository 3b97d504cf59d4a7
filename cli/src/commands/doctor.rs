//! `hwdash doctor`

mod access;
mod check;
mod proxy;
mod service;

use std::env;

use self::{
    access::Access,
    check::{Check, Report},
};
use crate::{
    App, Ending,
    account::Account,
    args::Doctor,
    config, connection,
    failure::Failure,
    output::{self, Format, table::Fields},
};

pub(crate) async fn run(app: &App, args: &Doctor) -> Ending {
    let account = match args.connection.emulator {
        true => Ok(connection::start_emulator(app).await?),
        false => Account::of(&args.connection, app.profile.as_deref()),
    };
    let report = examine(account).await;
    let shown = match app.console.format {
        Format::Human => output::data(&report.lines()),
        _ => app.console.result(&report, Fields::default),
    };
    Failure::unless_unread(shown)?;
    Ok(report.exit())
}

/// Looks at one thing after another. What is wrong with one is no reason to say nothing of the next.
async fn examine(account: Result<Account, Failure>) -> Report {
    let access = Access::try_it(account).await;
    let api_base_url = access.api_base_url.as_deref().ok();
    let proxy = proxy::check(|name| env::var(name).ok(), api_base_url);
    let (reached, clock) = match access.api_base_url {
        Ok(url) => service::check(&url).await,
        Err(failure) => service::without_address(failure),
    };
    let role = match reached.is_failed() {
        true => Check::skipped(access::ROLE, "the API cannot be asked"),
        false => access.role,
    };
    let configuration = match config::told() {
        Ok(told) => Check::ok("configuration", told),
        Err(failure) => Check::failed("configuration", failure),
    };
    Report::new([access.credentials, access.token, reached, role, clock, proxy, configuration])
}
