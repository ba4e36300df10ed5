//! What can be typed after `imhook`.

use clap::{Parser, Subcommand};

use crate::{list, sign};

/// Tencent Cloud Chat (Tencent IM) webhooks from the terminal.
#[derive(Debug, Parser)]
#[command(name = "imhook", version, propagate_version = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// Print JSON for programs: one object, or one per line where there are many.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    List(list::List),
    Sign(sign::Sign),
}

const EXIT_CODES: &str = "\
Exit codes:
  0  everything was done, and answered as the platform wants it
  1  a webhook was not answered as the platform wants it, or a signature is wrong
  2  the command line is wrong: an unknown command, a bad URL, a path that is not there
  3  the target cannot be reached
  4  a file cannot be read or written, or is not what it should be
  5  the address to listen on cannot be used";
