//! `hwdash completions`

use clap::CommandFactory;

use crate::{
    Ending,
    args::{Args, Completions},
    failure::Exit,
    output,
};

pub(crate) fn run(args: &Completions) -> Ending {
    let mut script = Vec::new();
    let mut command = Args::command();
    clap_complete::generate(args.shell, &mut command, "hwdash", &mut script);
    output::data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
