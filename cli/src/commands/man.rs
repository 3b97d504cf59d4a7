//! `hwdash man`

use std::{fs, io, path::Path};

use clap::CommandFactory;

use crate::{
    Ending,
    args::{self, Man},
    failure::{Exit, Failure},
    output,
};

pub(crate) fn run(args: &Man) -> Ending {
    match &args.dir {
        None => output::data(&page()?)?,
        Some(folder) => pages(folder).map_err(|error| {
            Failure::file(format!("the pages could not be written to {}", folder.display()), error)
        })?,
    }
    Ok(Exit::Done)
}

fn page() -> Result<String, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(args::Args::command())
        .render(&mut page)
        .map_err(|error| Failure::file("the page could not be made", error))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn pages(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(args::Args::command(), folder)
}
