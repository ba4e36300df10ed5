//! What a webhook costs, beside bare and hand-written servers. `cargo run --release -p benches -- --help`

mod budgets;
mod callgrind;
mod client;
mod counts;
mod rounds;
mod servers;
mod steps;

use benches::Body;
use clap::{Parser, Subcommand};

use crate::servers::Server;

/// Measures what a webhook costs.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Instructions per request of whole servers, as a table. Needs valgrind.
    Servers {
        /// Only these bodies.
        #[arg(long)]
        body: Vec<Body>,
        /// Only these servers.
        #[arg(long)]
        server: Vec<Server>,
    },
    /// Instructions of each step inside the process. Needs valgrind, and installs its runner once.
    Steps,
    /// Fails where a count is over its budget in `budgets.toml`. Needs valgrind.
    Budgets,
    /// CPU time and throughput beside the bare servers, on a quiet machine of two cores. Needs wrk.
    Rounds {
        /// How many to run.
        #[arg(long, default_value_t = 12)]
        rounds: usize,
        /// How long each server is under load in each.
        #[arg(long, default_value_t = 3)]
        seconds: u32,
    },
    /// Runs one server, for a profiler or a load generator, and prints its port.
    Serve {
        /// Which.
        server: Server,
    },
    /// Sends one request again and again over one connection, and checks every answer.
    Send {
        /// To which port of this machine.
        port: u16,
        /// What.
        #[arg(long, default_value = "small")]
        body: Body,
        /// How often.
        #[arg(long, default_value_t = 1000)]
        requests: usize,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Steps => steps::print(),
        Command::Budgets => budgets::check(),
        Command::Rounds { rounds, seconds } => rounds::print(rounds, seconds),
        Command::Servers { body, server } => counts::print(&body, &server),
        Command::Serve { server } => server.serve(),
        Command::Send { port, body, requests } => {
            client::Client::connect(port)?.send(&benches::Request::new(body), 200, requests)
        }
    }
}
