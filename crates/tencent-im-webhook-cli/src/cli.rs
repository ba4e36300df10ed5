//! What can be typed after `imhook`.

use clap::{Parser, Subcommand};

use crate::error::{Error, ErrorKind};
use crate::{completions, list, listen, load, replay, send, show, sign, verify};

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
    Show(show::Show),
    Listen(Box<listen::Listen>),
    Replay(replay::Replay),
    Send(Box<send::Send>),
    Load(Box<load::Load>),
    Sign(sign::Sign),
    Verify(verify::Verify),
    Completions(completions::Completions),
}

impl From<clap::Error> for Error {
    /// In one line: what is wrong, and what may have been meant.
    fn from(error: clap::Error) -> Self {
        let text = error.render().to_string();
        let paragraphs =
            text.split("\n\n").map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
        let says = |paragraph: &String| {
            !["Usage:", "For more information"].iter().any(|start| paragraph.starts_with(start))
        };
        let line = paragraphs.filter(says).collect::<Vec<_>>().join("; ");
        Self::new(ErrorKind::Usage, line.trim_start_matches("error: "))
    }
}

const EXIT_CODES: &str = "\
Exit codes:
  0  everything was done, and answered as the platform wants it
  1  a webhook was not answered as the platform wants it, or a signature is wrong
  2  the command line is wrong: an unknown command, a bad URL, a path that is not there
  3  the target cannot be reached
  4  a file, or standard output, cannot be read or written, or is not what it should be
  5  the address to listen on cannot be used
  6  stopped by Ctrl-C or SIGTERM before everything was done, with nothing wrong so far";
