//! SIGTERM under load, to each framework's example and to servers whose handlers are in trouble: whatever was sent to
//! a server that took the connection has to be answered, and what was begun is finished.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http1::Connection;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::child::Child;
use crate::pace::Expected;
use crate::requests::{only_honest, troubled};
use crate::server::Stack;
use crate::table::Table;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// How often each example is ended
    #[arg(long, default_value_t = 200)]
    rounds: usize,

    /// How many connections each one has
    #[arg(long, default_value_t = 24)]
    connections: usize,

    /// How many are under way at a time
    #[arg(long, default_value_t = 4)]
    jobs: usize,

    /// Which example [default: each in turn]
    #[arg(long)]
    example: Option<String>,
}

/// What became of the requests of one or more rounds.
#[derive(Debug, Default)]
struct Outcome {
    answered: usize,
    /// What the clients of lost ones saw.
    lost: Vec<String>,
    /// Servers that did not say that all was well.
    unclean: usize,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<Table> {
    let mut table = Table::default();
    for example in EXAMPLES {
        if args.example.as_deref().is_some_and(|only| only != example) {
            continue;
        }
        let outcome = rounds(&beside_this(example)?, &[], args.rounds, &args, only_honest).await?;
        report(&format!("{example}: {} times SIGTERM", args.rounds), &outcome, &mut table);
    }
    if args.example.is_some() {
        return Ok(table);
    }
    let (fewer, this) = (args.rounds.div_ceil(10), std::env::current_exe()?);
    for stack in [Stack::Axum, Stack::Actix] {
        let serve = ["serve", "--stack", &stack.to_string()];
        let outcome = rounds(&this, &serve, fewer, &args, troubled).await?;
        report(&format!("{stack} in trouble: {fewer} times SIGTERM"), &outcome, &mut table);
    }
    // For comparison, and to see that losses are seen.
    let bare = ["serve", "--stack", "bare-axum"];
    let Outcome { answered, lost, .. } = rounds(&this, &bare, fewer, &args, only_honest).await?;
    let measured = format!("{} of {} lost", lost.len(), answered + lost.len());
    table.tell(&format!("axum::serve: {fewer} times SIGTERM"), measured);
    Ok(table)
}

fn report(what: &str, Outcome { answered, lost, unclean }: &Outcome, table: &mut Table) {
    let first = lost.first().map_or("", String::as_str);
    let measured = format!("{} of {} lost {first}", lost.len(), answered + lost.len());
    table.check(what, measured, "0 lost", lost.is_empty());
    let measured = format!("{unclean} cut something off");
    table.check(&format!("{what}, what it says at its end"), measured, "0", *unclean == 0);
}

async fn rounds(
    program: &Path,
    with: &[&str],
    number: usize,
    args: &Args,
    next: fn(usize) -> Expected,
) -> anyhow::Result<Outcome> {
    let (jobs, mut rounds) = (Arc::new(Semaphore::new(args.jobs)), JoinSet::new());
    let with: Arc<[String]> = with.iter().map(|&arg| arg.to_owned()).collect();
    for _ in 0..number {
        let (jobs, program, connections) = (Arc::clone(&jobs), program.to_owned(), args.connections);
        let with = Arc::clone(&with);
        rounds.spawn(async move {
            let _job = jobs.acquire().await?;
            round(&program, &with, connections, next).await
        });
    }
    let mut sum = Outcome::default();
    while let Some(outcome) = rounds.join_next().await {
        let Outcome { answered, lost, unclean } = outcome??;
        sum.answered += answered;
        sum.lost.extend(lost);
        sum.unclean += unclean;
    }
    Ok(sum)
}

async fn round(
    program: &Path,
    with: &[String],
    connections: usize,
    next: fn(usize) -> Expected,
) -> anyhow::Result<Outcome> {
    let child = Child::start(program, with).await?;
    let address = child.address;
    let mut clients = JoinSet::new();
    for number in 0..connections {
        clients.spawn(post_until_refused(address, number, next));
    }
    sleep(Duration::from_millis(fastrand::u64(200..600))).await;
    child.terminate()?;
    let mut sum = Outcome::default();
    while let Some(outcome) = clients.join_next().await {
        let Outcome { answered, lost, .. } = outcome?;
        sum.answered += answered;
        sum.lost.extend(lost);
    }
    let last = child.ended().await?;
    sum.unclean += usize::from(!last.contains("all is answered and finished"));
    Ok(sum)
}

/// Posts over one connection after the other, some at once and some now and then, until nobody takes it any more.
async fn post_until_refused(address: SocketAddr, number: usize, next: fn(usize) -> Expected) -> Outcome {
    let mut outcome = Outcome::default();
    let longest_pause = if number.is_multiple_of(2) { 2 } else { 300 };
    while let Ok(Ok(mut connection)) = timeout(TAKEN, Connection::open(address)).await {
        let mut requests = 0;
        // An idle connection may be closed, and nothing is lost with it.
        while !connection.is_closed() {
            requests += 1;
            let (request, statuses) = next(outcome.answered + number);
            match connection.ask(&request).await {
                Ok(answer) if statuses.contains(&answer.status().as_u16()) => {
                    outcome.answered += 1;
                    if http1::closes(&answer) {
                        break;
                    }
                }
                other => {
                    outcome.lost.push(format!("{other:?} as request {requests} of a connection"));
                    break;
                }
            }
            sleep(Duration::from_millis(fastrand::u64(..longest_pause))).await;
        }
    }
    outcome
}

/// The examples are built into the same directory as this program.
fn beside_this(example: &str) -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(example))
}

const EXAMPLES: [&str; 3] = ["axum-app", "actix-app", "hyper-bare"];

/// A server takes a connection in less; one that is going away does not take it at all.
const TAKEN: Duration = Duration::from_secs(10);
