//! `imhook completions`: what a shell needs to complete `imhook`.

use std::fmt;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use serde::Serialize;

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

#[derive(Debug, Serialize)]
struct Script {
    shell: String,
    script: String,
}

impl Completions {
    pub(crate) fn run(self, output: &Output) {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "imhook", &mut script);
        let script = String::from_utf8_lossy(&script).into_owned();
        output.print(&Script { shell: self.shell.to_string(), script });
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.script.trim_end())
    }
}
