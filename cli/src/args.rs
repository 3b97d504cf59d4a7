//! What can be said on the command line.

pub(crate) mod audience;
pub(crate) mod completions;
pub(crate) mod connection;
pub(crate) mod doctor;
pub(crate) mod emulator;
pub(crate) mod follow;
pub(crate) mod ids;
pub(crate) mod input;
pub(crate) mod keeping;
pub(crate) mod label;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod out;
pub(crate) mod partner;
pub(crate) mod preprod;
pub(crate) mod product;
pub(crate) mod resume;
pub(crate) mod running;
pub(crate) mod schema;
pub(crate) mod ship;
pub(crate) mod sign;
pub(crate) mod submission;
pub(crate) mod targets;
pub(crate) mod update;
pub(crate) mod waiting;

use std::{
    env,
    io::{self, Write},
    process,
};

use clap::{Args as ClapArgs, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use hardware_dashboard::model::Timestamp;

pub(crate) use self::{
    completions::Completions,
    connection::Connection,
    doctor::Doctor,
    follow::{Log, Wait},
    ids::{LabelIds, PackageArg, ProductArg, SubmissionIds},
    input::{Changes, LabelFile},
    keeping::Keeping,
    list::Listing,
    man::Man,
    out::{SignedZip, Target},
    resume::{Resume, Runs},
    running::{Running, Signing},
    schema::Schema,
    ship::{Publish, Share},
    sign::Sign,
    targets::Targets,
    update::Update,
    waiting::Waiting,
};
use crate::{failure::Failure, output::Format};

/// Has Windows drivers signed and published by Microsoft's Hardware dashboard.
#[derive(Debug, Parser)]
#[command(name = "hwdash", version, help_template = OVERVIEW)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be said to every command.
#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct Global {
    /// What stdout is for: human (tables), json (one document) or ndjson (a line for each item of a
    /// list, or for each event and the result)
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    pub(crate) output: Format,

    /// The profile of the configuration file to take the account from
    #[arg(
        long,
        global = true,
        env = "HWDASH_PROFILE",
        hide_env_values = true,
        value_name = "NAME",
        help_heading = connection::HEADING
    )]
    pub(crate) profile: Option<String>,
}

/// clap cannot group commands, and gives each option three lines. A test holds this against the
/// commands and options that there are.
const OVERVIEW: &str = "\
{about}

{usage-heading} {usage}

The whole way:
  sign         have a package signed: create, upload, commit, wait, download
  update       have an update (DUA) of a signed driver signed
  publish      publish a submission to Windows Update
  share        share a submission with a partner
  resume       go on with a run that was interrupted
  runs         list the runs whose journals are here
  wait         wait for a submission, from any machine
  log          read the messages and the error report of a submission or a label

Single operations:
  product      list, get, create, update
  submission   list, get, create, rename, upload, commit, download, metadata
  label        list, get, create, update, cancel, wait
  preprod      sign, submit, get, assets, download, wait
  audience     list
  partner      lookup

Tools:
  doctor       look at credentials, token, role, network and clock
  emulator     run an emulator of the service, or record the real one
  schema       print the JSON Schema of a request or an answer
  completions  print what a shell needs to complete commands
  man          print the manual

Options:
  --output FORMAT  stdout as human (tables), json (document) or ndjson (lines)
  --profile NAME   take the account from this profile of the configuration file
  -h, --help       `hwdash help COMMAND` tells more of a command, with examples
  -V, --version    print the version

stdout holds data only, stderr everything else.
Exit codes: 0 done, 1 unexpected, 2 bad input, 3 credentials, 4 permission,
  5 not found, 6 refused (request, state), 7 throttled, 8 failed by the service,
  9 still running, 10 local file, 11 network, 12 service, 130 interrupted
";

impl Args {
    /// Reads the command line, and the flags that say for which account it is, as a shell takes
    /// them. Who wants JSON gets it for mistakes in it, too.
    pub(crate) fn read() -> Result<(Self, String), Failure> {
        let read = Self::command().try_get_matches().and_then(|matches| {
            let given = connection::given(&matches);
            let args = Self::from_arg_matches(&matches);
            args.map(|args| (args, given)).map_err(|error| error.format(&mut Self::command()))
        });
        read.map_err(|error| {
            if !error.use_stderr() {
                return shown(&error);
            }
            if asked_for() == Format::Human {
                error.exit();
            }
            Failure::input(message(&error), "hwdash help tells what the command takes.")
        })
    }
}

/// Prints the help or the version, and ends; gives back why it could not be printed.
fn shown(help: &clap::Error) -> Failure {
    match help.print().and_then(|()| io::stdout().flush()) {
        Ok(()) => process::exit(0),
        Err(error) => Failure::stdout(error),
    }
}

/// What is wrong, in one line: clap tells it in a paragraph, and the usage below.
fn message(error: &clap::Error) -> String {
    let text = error.to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.is_empty());
    let message = lines.collect::<Vec<_>>().join(" ");
    message.trim_start_matches("error: ").to_owned()
}

/// A date that the service will understand.
fn date(text: &str) -> Result<Timestamp, &'static str> {
    let Ok(date) = text.parse::<Timestamp>();
    date.to_utc().map(Timestamp::from).ok_or("write it like 2030-01-31 or 2030-01-31T08:00:00Z")
}

/// The format that the command line asks for, although it cannot be read as a whole.
pub(crate) fn asked_for() -> Format {
    let args: Vec<_> = env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let after = args.windows(2).filter(|pair| pair[0] == "--output").map(|pair| pair[1].as_str());
    let joined = args.iter().filter_map(|arg| arg.strip_prefix("--output="));
    let format = after.chain(joined).next_back().unwrap_or_default();
    Format::from_str(format, true).unwrap_or_default()
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Have a driver package signed: create product and submission, upload, commit, wait, download
    Sign(Box<Sign>),
    /// Have an update (DUA) of a signed driver signed: create a submission, upload, commit, wait, download
    Update(Box<Update>),
    /// Publish a submission to Windows Update: choose hardware ids, make the shipping label, wait
    Publish(Box<Publish>),
    /// Share a submission with a partner: make the shipping label, wait
    Share(Box<Share>),
    /// Go on with a run that was interrupted
    Resume(Resume),
    /// List the runs whose journals are in a folder, with their state
    Runs(Runs),
    /// Wait until a submission is signed, from any machine
    Wait(Wait),
    /// Show what the service says of a submission or a label: its messages and its error report
    Log(Log),
    /// Products: what a driver is signed as
    #[command(subcommand)]
    Product(product::Product),
    /// Submissions: packages on their way to a signature
    #[command(subcommand)]
    Submission(submission::Submission),
    /// Shipping labels: what sends a signed driver to Windows Update or to a partner
    #[command(subcommand)]
    Label(label::Label),
    /// Preproduction packages: drivers signed for test machines
    #[command(subcommand)]
    Preprod(preprod::Preprod),
    /// Audiences: groups of machines that a shipping label can be restricted to
    #[command(subcommand)]
    Audience(audience::Audience),
    /// What partners have shared with this account
    #[command(subcommand)]
    Partner(partner::Partner),
    /// Look at credentials, token, role, network and clock, and say what to do
    Doctor(Doctor),
    /// Run an emulator of the service, or record the real one, until Ctrl-C
    Emulator(emulator::Emulator),
    /// Print the JSON Schema of a request or an answer, for editors and scripts
    Schema(Schema),
    /// Print what a shell needs to complete commands
    Completions(Completions),
    /// Print the manual
    Man(Man),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(command: &clap::Command, path: &str, found: &mut Vec<(String, clap::Command)>) {
        let path = format!("{path} {}", command.get_name());
        if !command.has_subcommands() {
            found.push((path.trim().to_owned(), command.clone()));
        }
        command.get_subcommands().for_each(|command| leaves(command, &path, found));
    }

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example_of_itself() {
        let mut found = Vec::new();
        leaves(&Args::command(), "", &mut found);
        assert!(found.len() > 20, "{}", found.len());
        for (path, command) in found {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&path), "the help of `{path}` has no example: {help}");
        }
    }

    #[test]
    fn the_overview_names_every_command_and_fits_a_screen() {
        let mut command = Args::command().term_width(80);
        let help = command.render_help().to_string();
        for command in Args::command().get_subcommands() {
            let line = help
                .lines()
                .find(|line| line.trim_start().split("  ").next() == Some(command.get_name()));
            let line = line.unwrap_or_else(|| panic!("{} is not in {help}", command.get_name()));
            for verb in command.get_subcommands() {
                assert!(line.contains(verb.get_name()), "{} is not in {line}", verb.get_name());
            }
        }
        for option in Args::command().get_opts() {
            let name = format!("--{}", option.get_long().unwrap_or_default());
            assert!(help.contains(&name), "{name} is not in {help}");
        }
        assert!(help.lines().count() <= 40, "{} lines: {help}", help.lines().count());
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    }
}
