//! `imhook`: Tencent Cloud Chat webhooks from the terminal.

mod cli;
mod client;
mod completions;
mod edit;
mod error;
mod judge;
mod lines;
mod list;
mod listen;
mod load;
mod names;
mod output;
mod record;
mod replay;
mod send;
mod sender;
mod show;
mod sign;
mod time;
mod token;
mod verify;

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;

use crate::cli::{Cli, Command};
use crate::error::Error;
use crate::output::Output;

#[tokio::main]
async fn main() -> ExitCode {
    let (output, result) = match Cli::try_parse() {
        Ok(cli) => {
            let output = Output::new(cli.json);
            (output, run(cli.command, &output).await)
        }
        // Help and the version, which were asked for.
        Err(error) if !error.use_stderr() => {
            Output::new(false).text(&error.render().ansi().to_string());
            return ExitCode::SUCCESS;
        }
        // The help again, for those who typed nothing else.
        Err(error) if error.kind() == DisplayHelpOnMissingArgumentOrSubcommand => error.exit(),
        Err(error) => (Output::new(std::env::args().any(|arg| arg == "--json")), Err(error.into())),
    };
    match result {
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
        Command::Show(show) => show.run(output),
        Command::Listen(listen) => return listen.run(output).await,
        Command::Replay(replay) => return replay.run(output).await,
        Command::Send(send) => return send.run(output).await,
        Command::Load(load) => return load.run(output).await,
        Command::Sign(sign) => sign.run(output),
        Command::Verify(verify) => return verify.run(output),
        Command::Completions(completions) => completions.run(output),
    }
    Ok(())
}
