//! What a webhook costs, beside bare and hand-written servers. `cargo run --release -p benches -- --help`

mod all;
mod budgets;
mod child;
mod client;
mod cold;
mod counts;
mod flat;
mod growth;
mod idle;
mod once;
mod page;
mod parallel;
mod peers;
mod plot;
mod rounds;
mod servers;
mod steps;
mod table;
mod valgrind;

use std::fs;
use std::path::PathBuf;

use benches::Body;
use clap::{Parser, Subcommand};

use crate::page::Page;
use crate::servers::Server;

/// Measures what a webhook costs.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    page: Page,
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
        /// Without signatures, which the servers then do not ask for.
        #[arg(long)]
        unsigned: bool,
        /// Draw them into this file too, as SVG.
        #[arg(long, value_name = "FILE")]
        plot: Option<PathBuf>,
    },
    /// Instructions of each step inside the process. Needs valgrind, and installs its runner once.
    Steps,
    /// Fails where a count is over its budget in `budgets.toml`. Needs valgrind.
    Budgets,
    /// How the cost of a request grows with its size, for whatever somebody may send; fails where it grows faster than
    /// it may. Needs valgrind.
    Growth,
    /// What many commands, apps and tokens cost. Needs valgrind.
    Flat,
    /// Memory that an idle connection takes beside the bare servers; fails where it is more than it may be. Needs
    /// valgrind.
    Idle,
    /// What the core takes to build from nothing, with two jobs.
    Build,
    /// All of `servers`, `growth`, `flat`, `idle` and `build`, a plot, and what they were measured on.
    All {
        /// Where the plot goes.
        #[arg(long, value_name = "FILE", default_value = "docs/performance.svg")]
        plot: PathBuf,
    },
    /// Does one thing, counted by the commands above.
    #[command(hide = true, subcommand)]
    Once(once::Once),
    /// CPU time and throughput beside the bare servers, on a quiet machine of two cores. Needs wrk; Go and Node take part
    /// where they are installed.
    Rounds {
        /// How many to run.
        #[arg(long, default_value_t = 10)]
        rounds: usize,
        /// How long each server is under load in each.
        #[arg(long, default_value_t = 2)]
        seconds: u32,
    },
    /// Runs one server, for a profiler or a load generator, and prints its port.
    Serve {
        /// Which.
        server: Server,
        /// Does not ask for a signature.
        #[arg(long)]
        unsigned: bool,
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
    let Cli { command, page } = Cli::parse();
    match command {
        Command::Steps => steps::print(),
        Command::Budgets => budgets::check(),
        Command::Growth => growth::print(&page),
        Command::Flat => flat::print(&page),
        Command::Idle => idle::print(&page),
        Command::Build => cold::print(&page),
        Command::All { plot } => all::print(&page, &plot),
        Command::Once(once) => once.run(),
        Command::Rounds { rounds, seconds } => rounds::print(&page, rounds, seconds),
        Command::Servers { body, server, unsigned, plot } => {
            let counts = counts::print(&page, &body, &server, !unsigned)?;
            plot.map_or(Ok(()), |path| Ok(fs::write(path, plot::draw(&counts))?))
        }
        Command::Serve { server, unsigned } => server.serve(!unsigned),
        Command::Send { port, body, requests } => {
            client::Client::connect(port)?.send(&benches::Request::new(body), 200, requests)
        }
    }
}
