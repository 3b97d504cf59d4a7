//! What `hwdash completions` is told.

use clap::Args;
use clap_complete::Shell;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hwdash completions bash > ~/.local/share/bash-completion/completions/hwdash
  hwdash completions zsh > ~/.zfunc/_hwdash
  hwdash completions powershell >> $PROFILE")]
pub(crate) struct Completions {
    /// The shell that they are for
    pub(crate) shell: Shell,
}
