//! `hwdash emulator`

use std::io;

use hardware_dashboard_emulator::{Clock, Emulator, EmulatorBuilder, Proxy};

use crate::{
    App, Ending,
    args::emulator::{Behaviour, Emulator as Args},
    failure::{Exit, Failure},
    output,
    stop::StopSignal,
};

pub(crate) async fn run(app: &App, args: Args) -> Ending {
    // Before anybody is told that there is something to stop.
    let stop = StopSignal::listen()
        .map_err(|error| Failure::file("Ctrl-C cannot be listened for", error))?;
    match &args.upstream.upstream {
        None => emulate(app, &args, stop).await?,
        Some(upstream) => record(app, &args, upstream, stop).await?,
    }
    Ok(Exit::Done)
}

async fn emulate(app: &App, args: &Args, stop: StopSignal) -> Result<(), Failure> {
    let mut builder = configured(&args.behaviour)?.port(args.port);
    if let Some(folder) = &args.record {
        builder = builder.record(folder);
    }
    let emulator = builder.start().await.map_err(|error| not_started("emulator", error))?;
    let told = tell(app, &emulator);
    if told.is_ok() {
        stop.heard().await;
    }
    // Also when nobody reads what it says: its files would stay.
    emulator.stop().await;
    told
}

fn tell(app: &App, emulator: &Emulator) -> Result<(), Failure> {
    export("AZURE_TENANT_ID", emulator.tenant_id())?;
    export("AZURE_CLIENT_ID", emulator.client_id())?;
    export("AZURE_CLIENT_SECRET", emulator.client_secret())?;
    export("HWDASH_API_URL", &emulator.api_base_url())?;
    export("HWDASH_AUTHORITY_URL", emulator.authority_url())?;
    app.console.say(&format!("the emulator listens at {} until Ctrl-C", emulator.authority_url()));
    Ok(())
}

fn configured(behaviour: &Behaviour) -> Result<EmulatorBuilder, Failure> {
    let clock = if behaviour.stepped { Clock::stepped() } else { Clock::speed(behaviour.speed) };
    let mut builder = Emulator::builder()
        .clock(clock)
        .seed_products(behaviour.seed)
        .require_signature(!behaviour.allow_unsigned)
        .certificate_registered(!behaviour.unregistered_certificate);
    if let Some(time) = behaviour.manual_review {
        builder = builder.manual_review(time);
    }
    if let Some(time) = behaviour.approval {
        builder = builder.approval(time);
    }
    for step in &behaviour.failing_steps {
        let message = format!("The step {} failed, as it was told to.", step.as_str());
        builder = builder.fail_step(*step, [&*message], Some(&message));
    }
    if let Some(seed) = behaviour.drift {
        builder = builder.drift(seed);
    }
    if let Some(requests) = behaviour.quota {
        builder = builder.quota(requests);
    }
    if let Some(file) = &behaviour.faults {
        builder = builder.faults_from(file).map_err(|error| not_started("emulator", error))?;
    }
    Ok(builder)
}

/// Stands before the real service, whose account and secret are the client's own.
async fn record(app: &App, args: &Args, upstream: &str, stop: StopSignal) -> Result<(), Failure> {
    let folder = args.record.clone().unwrap_or_default();
    let mut builder = Proxy::builder(upstream, folder).port(args.port);
    if let Some(authority) = &args.upstream.authority_upstream {
        builder = builder.authority_upstream(authority);
    }
    let proxy = builder.start().await.map_err(|error| not_started("proxy", error))?;
    export("HWDASH_API_URL", &proxy.api_base_url())?;
    export("HWDASH_AUTHORITY_URL", proxy.authority_url())?;
    app.console.say(&format!("the proxy listens at {} until Ctrl-C", proxy.authority_url()));
    app.console
        .say("hint: Names and ids stay in the recordings: read them before you give them away.");
    stop.heard().await;
    proxy.stop().await;
    Ok(())
}

/// A line that a shell can read. No value that is printed here needs quotes.
fn export(name: &str, value: &str) -> Result<(), Failure> {
    output::data(&format!("export {name}={value}"))
}

fn not_started(what: &str, error: io::Error) -> Failure {
    let message = format!("the {what} could not be started");
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            Failure::input(message, "Put that right; hwdash emulator --help tells what it takes.")
                .with_detail(format!("caused by: {error}"))
        }
        io::ErrorKind::AddrInUse => {
            let hint = "Another program listens there: choose another --port, or leave it out.";
            Failure { hint: Some(hint.to_owned()), ..Failure::file(message, error) }
        }
        _ => Failure::file(message, error),
    }
}
