//! Real servers under load and in trouble. Each command starts servers of its own, measures them from outside,
//! prints a table, and fails if a line of it does.
//!
//! ```text
//! cargo build --release -p axum-app -p actix-app -p hyper-bare -p soak
//! cargo run --release -p soak -- shutdown
//! cargo run --release -p soak -- faults
//! cargo run --release -p soak -- load
//! ```

use std::process::ExitCode;

use clap::Parser;

mod child;
mod faults;
mod load;
mod memory;
mod pace;
mod requests;
mod server;
mod shutdown;
mod table;

use crate::table::Table;

/// Real servers under load and in trouble.
#[derive(Parser)]
#[command(name = "soak")]
enum Soak {
    /// Ends each framework's example by SIGTERM under load, again and again: is a request lost?
    Shutdown(shutdown::Args),
    /// Handlers and clients that misbehave: are all others answered in time?
    Faults(faults::Args),
    /// A busy app's traffic, one request in ten hostile: does it hold its rate, and its memory?
    Load(load::Args),
    /// The server of the last two.
    #[command(hide = true)]
    Serve(server::Args),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Soak::parse()).await {
        Ok(table) => {
            print!("{table}");
            table.exit_code()
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(soak: Soak) -> anyhow::Result<Table> {
    match soak {
        Soak::Shutdown(args) => shutdown::run(args).await,
        Soak::Faults(args) => faults::run(args).await,
        Soak::Load(args) => load::run(args).await,
        Soak::Serve(args) => server::run(args).await,
    }
}
