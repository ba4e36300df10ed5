//! Handlers that fail, hang and block, clients that dawdle and vanish, and more than there is room for.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clap::ValueEnum;
use http1::Connection;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::child::Child;
use crate::memory::Memory;
use crate::pace::{Measured, Pace, millis};
use crate::requests::{after, before, only_honest};
use crate::server::{Stack, WORK};
use crate::table::Table;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Who serves [default: each in turn]
    #[arg(long, value_enum)]
    stack: Option<Stack>,

    /// What is wrong [default: one after the other]
    #[arg(long, value_enum)]
    fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Fault {
    Panics,
    Stuck,
    Blocked,
    Dawdling,
    HalfHeads,
    Vanishing,
    Overload,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<Table> {
    let mut table = Table::default();
    let stacks = args.stack.map_or(vec![Stack::Axum, Stack::Actix], |stack| vec![stack]);
    for stack in stacks {
        for &fault in args.fault.as_ref().map_or(Fault::value_variants(), std::slice::from_ref) {
            match fault {
                Fault::Panics => panics(stack, &mut table).await?,
                Fault::Stuck => stuck(stack, &mut table).await?,
                Fault::Blocked => blocked(stack, &mut table).await?,
                Fault::Dawdling => dawdling(stack, &mut table).await?,
                Fault::HalfHeads => half_heads(stack, &mut table).await?,
                Fault::Vanishing => vanishing(stack, &mut table).await?,
                Fault::Overload => overload(stack, &mut table).await?,
            }
        }
    }
    Ok(table)
}

async fn served(stack: Stack, more: &[&str]) -> anyhow::Result<Child> {
    let stack = stack.to_string();
    Child::serve(&[&["--stack", &stack], more].concat()).await
}

/// Panics and successes in turn, over one connection.
async fn panics(stack: Stack, table: &mut Table) -> anyhow::Result<()> {
    let server = served(stack, &[]).await?;
    let mut connection = Connection::open(server.address).await?;
    let mut right = 0;
    for number in 0..PANICS {
        let (text, status) = if number % 2 == 0 { ("panic", 503) } else { ("hello", 200) };
        let answer = connection.ask(&before(text)).await?;
        right += usize::from(answer.status() == status && !http1::closes(&answer));
    }
    let what = format!("{stack}: {PANICS} panics and successes in turn, one connection");
    table.check(&what, format!("{right} answered right"), "all", right == PANICS);
    Ok(())
}

/// Handlers that never return, all at once, while others want answers.
async fn stuck(stack: Stack, table: &mut Table) -> anyhow::Result<()> {
    let server = served(stack, &[]).await?;
    let address = server.address;
    let others = tokio::spawn(BESIDE.drive(address, only_honest));
    let (request, mut asked): (Arc<[u8]>, _) = (before("hang").into(), JoinSet::new());
    for _ in 0..STUCK {
        let request = Arc::clone(&request);
        asked.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let start = Instant::now();
            let answer = connection.ask(&request).await?;
            anyhow::Ok((answer.status(), start.elapsed()))
        });
    }
    let mut times = Vec::new();
    while let Some(outcome) = asked.join_next().await {
        let (status, time) = outcome??;
        anyhow::ensure!(status == 503, "a handler that hangs was answered with {status}");
        times.push(time);
    }
    // Of 500, the slowest is the 99.9th percentile.
    let slowest = times.iter().max().copied().unwrap_or_default();
    let what = format!("{stack}: {STUCK} handlers that never return, slowest answer");
    table.check(&what, ms(slowest), "1520 ms", slowest <= DEADLINE + Duration::from_millis(20));
    in_time(&format!("{stack}: all others meanwhile"), &others.await??, table);
    Ok(())
}

/// A handler after the other that blocks its thread. The runtime of axum moves other work to other threads; a
/// connection of actix-web stays with its own, so only those of other threads can be expected to have answers in time.
async fn blocked(stack: Stack, table: &mut Table) -> anyhow::Result<()> {
    let server = served(stack, &["--workers", &WORKERS.to_string()]).await?;
    let address = server.address;
    let blocking = tokio::spawn(async move {
        let mut connection = Connection::open(address).await?;
        loop {
            connection.ask(&before("block")).await?;
        }
        #[expect(unreachable_code, reason = "names the error's type")]
        anyhow::Ok(())
    });
    let others = BESIDE.drive(address, only_honest).await?;
    blocking.abort();
    let what = format!("{stack}: all others while one thread is blocked");
    match stack {
        Stack::Axum | Stack::BareAxum => in_time(&what, &others, table),
        Stack::Actix => {
            let in_time = others.slowest.iter().filter(|&&slowest| slowest <= DEADLINE).count();
            let (all, workers) = (others.slowest.len(), WORKERS);
            let bound = all / workers * (workers - 1);
            let text = format!("{in_time} of {all} connections in time");
            table.check(&what, text, &format!("{bound}: those of {} others", workers - 1), in_time >= bound);
        }
    }
    Ok(())
}

/// Clients that send a byte a second: of a head, or of a body.
async fn dawdling(stack: Stack, table: &mut Table) -> anyhow::Result<()> {
    let server = served(stack, &[]).await?;
    let address = server.address;
    let alone = alone(address).await?;
    let mut dawdlers = JoinSet::new();
    for number in 0..DAWDLERS {
        dawdlers.spawn(async move {
            // Each has a beat of its own.
            sleep(Duration::from_secs(1) * number / DAWDLERS).await;
            loop {
                // The server may turn it away at any byte.
                let _ = dawdle(address, number).await;
            }
        });
    }
    sleep(Duration::from_secs(2)).await;
    let among = FOR_LONG.drive(address, only_honest).await?;
    as_fast(&format!("{stack}: p99 among {DAWDLERS} clients at a byte a second"), &alone, &among, table);
    in_time(&format!("{stack}: all others among them"), &among, table);
    Ok(())
}

async fn dawdle(address: SocketAddr, number: u32) -> anyhow::Result<()> {
    let request = before("hello");
    let head = request.windows(4).position(|bytes| bytes == b"\r\n\r\n").map_or(0, |at| at + 4);
    let at_once = if number.is_multiple_of(2) { head } else { 0 };
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&request[..at_once]).await?;
    for byte in &request[at_once..] {
        sleep(Duration::from_secs(1)).await;
        stream.write_all(&[*byte]).await?;
    }
    Ok(())
}

/// Connections with half a head each, and soon another one in place of each that the server gives up.
async fn half_heads(stack: Stack, table: &mut Table) -> anyhow::Result<()> {
    let server = served(stack, &[]).await?;
    let address = server.address;
    let alone = alone(address).await?;
    let (open, mut clients) = (Arc::new(AtomicUsize::new(0)), JoinSet::new());
    let request: Arc<[u8]> = before("hello").into();
    for number in 0..HALF_HEADS {
        let (open, request) = (Arc::clone(&open), Arc::clone(&request));
        clients.spawn(async move {
            // As they come back, too: each when its own time for a head is over.
            sleep(HEAD_TIMEOUT * number / HALF_HEADS).await;
            loop {
                let mut connection = Connection::open(address).await?;
                open.fetch_add(1, Ordering::Relaxed);
                connection.write(&request[..HALF_A_HEAD]).await?;
                // Not more than the end of the connection, or 408 before it.
                let _ = connection.answer().await;
                open.fetch_sub(1, Ordering::Relaxed);
                // actix-web's clock has half seconds, and closes hundreds at a time.
                sleep(fastrand::u32(..1000) * Duration::from_millis(1)).await;
            }
            #[expect(unreachable_code, reason = "names the error's type")]
            anyhow::Ok(())
        });
    }
    sleep(HEAD_TIMEOUT).await;
    let before = open.load(Ordering::Relaxed);
    let among = FOR_LONG.drive(address, only_honest).await?;
    let open = before.min(open.load(Ordering::Relaxed));
    let what = format!("{stack}: p99 among {HALF_HEADS} connections with half a head");
    as_fast(&what, &alone, &among, table);
    in_time(&format!("{stack}: all others among them"), &among, table);
    let most = usize::try_from(HALF_HEADS)? / 10 * 9;
    table.check(&format!("{stack}: so many were open"), open, &most.to_string(), open >= most);
    Ok(())
}

/// Clients that hang up somewhere: within the request, or before the answer.
async fn vanishing(stack: Stack, table: &mut Table) -> anyhow::Result<()> {
    let server = served(stack, &[]).await?;
    let address = server.address;
    let mut clients = JoinSet::new();
    for client in 0..VANISHERS {
        clients.spawn(async move {
            for _ in (client..VANISHED).step_by(VANISHERS) {
                let request = after("work");
                // Half of them send all of it.
                let sent = fastrand::usize(..request.len() * 2).min(request.len());
                let mut connection = Connection::open(address).await?;
                connection.write(&request[..sent]).await?;
                sleep(fastrand::u32(..60) * Duration::from_millis(1)).await;
            }
            anyhow::Ok(())
        });
    }
    while let Some(outcome) = clients.join_next().await {
        outcome??;
    }
    server.terminate()?;
    let last = server.ended().await?;
    let counts: Vec<u64> = last.split(' ').filter_map(|word| word.parse().ok()).collect();
    let all = matches!(counts[..], [begun, finished] if begun > 0 && begun == finished);
    table.check(&format!("{stack}: {VANISHED} clients that hang up"), last, "as many", all);
    Ok(())
}

/// Four times what there is room for.
async fn overload(stack: Stack, table: &mut Table) -> anyhow::Result<()> {
    let server = served(stack, &["--capacity", &CAPACITY.to_string()]).await?;
    let per_second = CAPACITY * (1000 / u32::try_from(WORK.as_millis())?);
    let pace = Pace { rate: 4 * per_second, duration: Duration::from_secs(20), connections: 256 };
    let work = |_| (before("work"), &[200, 503][..]);
    // Warm-up.
    pace.drive(server.address, work).await?;
    let (measured, memory) = Memory::during(&server, pace.drive(server.address, work)).await?;
    let what = format!("{stack}: {} requests a second where {per_second} fit, p99 of 503", pace.rate);
    let (median, tail) = (millis(&measured.refused, 0.5), millis(&measured.refused, 0.99));
    table.check(&what, format!("{tail:.2} ms, median {median:.2} ms"), "5 ms", tail <= 5.0);
    let done = measured.accepted.len();
    let room = u64::from(per_second) * pace.duration.as_secs();
    table.check(
        &format!("{stack}: done meanwhile"),
        done,
        &format!("9 in 10 of {room}"),
        done >= room / 10 * 9,
    );
    memory.check(&format!("{stack}: memory meanwhile, first and last quarter"), table);
    no_surprises(&format!("{stack}: nothing but 200 and 503"), &measured, table);
    Ok(())
}

/// How it goes with nobody else there.
async fn alone(address: SocketAddr) -> anyhow::Result<Measured> {
    // Warm-up.
    BESIDE.drive(address, only_honest).await?;
    FOR_LONG.drive(address, only_honest).await
}

fn as_fast(what: &str, alone: &Measured, among: &Measured, table: &mut Table) {
    let (before, after) = (millis(&alone.accepted, 0.99), millis(&among.accepted, 0.99));
    table.check(what, format!("{after:.2} ms"), &format!("twice {before:.2} ms"), after <= before * 2.0);
}

fn in_time(what: &str, measured: &Measured, table: &mut Table) {
    let slowest = Duration::from_micros(measured.accepted.max());
    let (median, tail) = (millis(&measured.accepted, 0.5), millis(&measured.accepted, 0.999));
    let text = format!("median {median:.2} ms, p99.9 {tail:.2} ms, slowest {}", ms(slowest));
    table.check(what, text, "1500 ms", slowest <= DEADLINE && measured.unexpected.is_empty());
}

fn no_surprises(what: &str, measured: &Measured, table: &mut Table) {
    let first = measured.unexpected.first().map_or("", String::as_str);
    let text = format!("{} others {first}", measured.unexpected.len());
    table.check(what, text, "0", measured.unexpected.is_empty());
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

const PANICS: usize = 10_000;
const STUCK: usize = 500;
const DAWDLERS: u32 = 1_000;
const HALF_HEADS: u32 = 5_000;
/// Its first line, and a bit.
const HALF_A_HEAD: usize = 200;
/// Of actix-web, where one of them is blocked.
const WORKERS: usize = 4;
const VANISHED: usize = 10_000;
const VANISHERS: usize = 64;
const CAPACITY: u32 = 20;

/// The receiver's own.
const DEADLINE: Duration = Duration::from_millis(1500);

/// The servers' own.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The honest traffic beside it.
const BESIDE: Pace = Pace { rate: 500, duration: Duration::from_secs(5), connections: 32 };

/// The same, for a 99th percentile with a hundred requests beyond it.
const FOR_LONG: Pace = Pace { duration: Duration::from_secs(20), ..BESIDE };
