//! `imhook`: Tencent Cloud Chat webhooks from the terminal.

mod cli;
#[allow(dead_code, reason = "the commands that send come next")]
mod client;
mod error;
mod list;
mod output;
mod sign;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};
use crate::error::Error;
use crate::output::Output;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.json);
    match run(cli.command, &output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output.error(&error);
            error.exit_code()
        }
    }
}

async fn run(command: Command, output: &Output) -> Result<(), Error> {
    match command {
        Command::List(list) => list.run(output),
        Command::Sign(sign) => sign.run(output),
    }
}
