//! What valgrind's tools count.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, ensure};
use benches::Request;

use crate::child::Running;
use crate::client::Client;
use crate::once::COUNTED;
use crate::servers::Server;

const FEW: usize = 100;
const MANY: usize = 600;

/// The user-space instructions that a whole server process takes for one request.
///
/// From two runs, so that neither its start nor the first requests count. Two runs agree to about a thousandth.
pub(crate) fn instructions_per_request(
    server: Server,
    request: &Request,
    status: u16,
) -> anyhow::Result<u64> {
    let count = |requests: usize| {
        let name = format!("{}.{requests}.{}", server.name(), request.body.len());
        let profile = folder()?.join(format!("callgrind.{name}"));
        let running = start(server, request, callgrind(&profile, &[])?)?;
        let sent =
            Client::connect(running.port).and_then(|mut client| client.send(request, status, requests));
        running.stop()?;
        sent.with_context(|| format!("{} was asked", server.name()))?;
        total(&profile)
    };
    let [few, many] = both([FEW, MANY], count)?;
    Ok((many - few) / (MANY - FEW) as u64)
}

/// The instructions of something done once inside a process of its own.
pub(crate) fn instructions_of(what: &[&str]) -> anyhow::Result<u64> {
    let profile = folder()?.join(format!("callgrind.{}", what.join(".").replace(' ', "-")));
    let only = format!("--toggle-collect={COUNTED}");
    let mut command = callgrind(&profile, &["--collect-atstart=no", &only])?;
    let output = command.arg("once").args(what).output().context(MISSING)?;
    ensure!(output.status.success(), "{what:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    let instructions = total(&profile)?;
    ensure!(instructions > 0, "nothing was counted: the program's symbols were stripped");
    Ok(instructions)
}

/// The heap in bytes that a server process holds for each connection that has had one request and is idle.
///
/// From two runs, so that the rest of the process does not count.
pub(crate) fn heap_per_idle(
    server: Server,
    request: &Request,
    connections: [usize; 2],
) -> anyhow::Result<u64> {
    let count = |connections: usize| {
        let log = folder()?.join(format!("dhat.{}.{connections}", server.name()));
        let profile = log.with_extension("json");
        let tool = ["--tool=dhat".to_owned(), to_file("log", &log), to_file("dhat-out", &profile)];
        let running = start(server, request, under(&tool)?)?;
        let idle = Client::idle(running.port, request, connections)?;
        running.stop()?;
        drop(idle);
        at_end(&log)
    };
    let [few, many] = both(connections, count)?;
    Ok(many.saturating_sub(few) / (connections[1] - connections[0]) as u64)
}

fn start(server: Server, request: &Request, mut command: Command) -> anyhow::Result<Running> {
    Running::start(command.args(server.arguments(request.is_signed()))).context(MISSING)
}

/// At the same time.
fn both(of: [usize; 2], count: impl Fn(usize) -> anyhow::Result<u64> + Sync) -> anyhow::Result<[u64; 2]> {
    let [one, other] = of;
    thread::scope(|scope| {
        let one = scope.spawn(|| count(one));
        let other = count(other)?;
        let one = one.join().map_err(|_| anyhow::anyhow!("a run panicked"))??;
        Ok([one, other])
    })
}

fn callgrind(profile: &Path, options: &[&str]) -> anyhow::Result<Command> {
    let mut tool = vec!["--tool=callgrind".to_owned(), to_file("callgrind-out", profile)];
    tool.extend(options.iter().map(|&option| option.to_owned()));
    under(&tool)
}

fn to_file(option: &str, path: &Path) -> String {
    format!("--{option}-file={}", path.display())
}

/// This program under one of valgrind's tools.
fn under(tool: &[String]) -> anyhow::Result<Command> {
    let mut command = Command::new("valgrind");
    command.args(tool).arg(std::env::current_exe()?);
    Ok(command)
}

const MISSING: &str = "valgrind does not start: install it with `apt-get install valgrind`";

fn total(profile: &Path) -> anyhow::Result<u64> {
    let text = fs::read_to_string(profile)?;
    let totals =
        text.lines().filter_map(|line| line.strip_prefix("totals: ")).map(|n| n.trim().parse::<u64>());
    let totals: Vec<u64> = totals.collect::<Result<_, _>>()?;
    ensure!(!totals.is_empty(), "{} has no totals", profile.display());
    Ok(totals.iter().sum())
}

/// What DHAT saw in use when the process ended: `==1== At t-end: 1,234 bytes in 5 blocks`.
fn at_end(log: &Path) -> anyhow::Result<u64> {
    let text = fs::read_to_string(log)?;
    let line = text.lines().find_map(|line| line.split_once("At t-end:"));
    let bytes =
        line.and_then(|(_, rest)| rest.trim().split_once(' ')).map(|(bytes, _)| bytes.replace(',', ""));
    bytes
        .with_context(|| format!("{} does not tell what was in use", log.display()))?
        .parse()
        .map_err(Into::into)
}

/// Where profiles stay, for `callgrind_annotate`.
fn folder() -> anyhow::Result<PathBuf> {
    let folder = crate::steps::target()?.join("profiles");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
