//! `imhook completions`: what a shell needs to complete `imhook`.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::output::Output;

/// Print completions for a shell.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  imhook completions bash > ~/.local/share/bash-completion/completions/imhook
  imhook completions fish > ~/.config/fish/completions/imhook.fish
  imhook completions zsh > \"${fpath[1]}/_imhook\"")]
pub(crate) struct Completions {
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, output: &Output) {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "imhook", &mut script);
        output.text(&String::from_utf8_lossy(&script));
    }
}
