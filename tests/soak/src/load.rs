//! The traffic of a busy app for minutes, one request in ten hostile.

use std::time::Duration;

use crate::child::Child;
use crate::memory::Memory;
use crate::pace::{Expected, Measured, Pace, millis};
use crate::requests::{honest, hostile};
use crate::server::Stack;
use crate::table::Table;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Who serves
    #[arg(long, value_enum, default_value_t = Stack::Axum)]
    stack: Stack,

    /// For how many seconds, warm-up not counted
    #[arg(long, default_value_t = 300)]
    seconds: u64,

    /// How many requests a second
    #[arg(long, default_value_t = 5_000)]
    rate: u32,

    /// Over how many connections
    #[arg(long, default_value_t = 64)]
    connections: u32,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<Table> {
    let server = Child::serve(&["--stack", &args.stack.to_string()]).await?;
    let duration = Duration::from_secs(args.seconds);
    let pace = Pace { rate: args.rate, duration, connections: args.connections };
    let warm_up = Pace { duration: Duration::from_secs((args.seconds / 10).max(5)), ..pace };
    warm_up.drive(server.address, mixed).await?;

    let (measured, memory) = Memory::during(&server, pace.drive(server.address, mixed)).await?;
    server.terminate()?;
    let last = server.ended().await?;

    let mut table = Table::default();
    report(&args, &measured, &mut table);
    memory.check("memory, first and last quarter", &mut table);
    table.tell("the server at its end", last);
    Ok(table)
}

/// Nine honest ones, then a hostile one.
fn mixed(number: usize) -> Expected {
    match number % 10 {
        9 => hostile(number / 10),
        _ => (honest(number), &[200]),
    }
}

fn report(args: &Args, measured: &Measured, table: &mut Table) {
    let Args { stack, seconds, rate, .. } = args;
    let wanted = u64::from(*rate) * seconds;
    let [median, tail, far] = [0.5, 0.99, 0.999].map(|quantile| millis(&measured.accepted, quantile));
    let slowest = Duration::from_micros(measured.accepted.max());
    let first = measured.unexpected.first().map_or("", String::as_str);
    let unexpected = measured.unexpected.len();
    table.tell(&format!("{stack}: {rate} requests a second for {seconds} s"), wanted);
    let text = format!("{} accepted, {} refused", measured.accepted.len(), measured.refused.len());
    table.tell("answers", text);
    table.check("answers that are wrong, or missing", format!("{unexpected} {first}"), "0", unexpected == 0);
    table.tell("p50, p99, p99.9", format!("{median:.2} ms, {tail:.2} ms, {far:.2} ms"));
    let text = format!("{:.1} ms", slowest.as_secs_f64() * 1e3);
    table.check("the slowest", text, "1500 ms", slowest <= Duration::from_millis(1500));
}
