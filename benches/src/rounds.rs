//! CPU time and throughput under load, in rounds in which every server takes its turn.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use anyhow::{Context, ensure};
use benches::{Body, Request};

use crate::child::Running;
use crate::page::Page;
use crate::peers::Peer;
use crate::servers::Server;
use crate::table;

/// How much of a round's time may go to neither server nor load generator. The kernel takes 4 % of it for the fastest
/// servers, in interrupts that are nobody's.
const DISTURBANCE: f64 = 0.06;

/// Each framework's bare server, and what is compared with it.
const SERVERS: [Server; 9] = [
    Server::HyperBare,
    Server::HyperWebhook,
    Server::AxumBare,
    Server::AxumWebhook,
    Server::AxumTyped,
    Server::AxumValueSigned,
    Server::ActixBare,
    Server::ActixWebhook,
    Server::ActixTyped,
];

/// Runs the rounds, and prints the medians of what nobody disturbed.
///
/// Each measurement is printed when it is done, so that a run that is interrupted has told something.
pub(crate) fn print(page: &Page, rounds: usize, seconds: u32) -> anyhow::Result<()> {
    let contestants = contestants()?;
    let mut loads: Vec<BTreeMap<&str, Load>> = Vec::new();
    for round in 1..=rounds {
        let mut measured = BTreeMap::new();
        for contestant in &contestants {
            let load = contestant.load(seconds)?;
            println!("round {round:>2}  {:<18} {load}", contestant.name);
            measured.insert(contestant.name, load);
        }
        loads.push(measured);
    }
    page.put("rounds", &summary(&contestants, &loads).to_string())
}

/// The medians. A server is compared with the bare one of the same round, where neither was disturbed.
fn summary(contestants: &[Contestant], rounds: &[BTreeMap<&str, Load>]) -> comfy_table::Table {
    let mut table = table::of(["server", "rounds", "CPU µs", "of bare", "requests/s", "of bare"]);
    for contestant in contestants {
        let pairs = rounds
            .iter()
            .filter_map(|round| Some((round.get(contestant.bare)?, round.get(contestant.name)?)));
        let kept: Vec<_> = pairs.filter(|(bare, own)| !bare.is_disturbed() && !own.is_disturbed()).collect();
        let middle = |of: fn(&(&Load, &Load)) -> f64| median(kept.iter().map(of).collect());
        let figures = [
            format!("{} of {}", kept.len(), rounds.len()),
            rounded(middle(|(_, own)| own.cpu_micros), 1),
            rounded(middle(|(bare, own)| own.cpu_micros / bare.cpu_micros), 2),
            rounded(middle(|(_, own)| own.per_second), 0),
            rounded(middle(|(bare, own)| own.per_second / bare.per_second), 2),
        ];
        table::add(&mut table, [contestant.name], figures);
    }
    table
}

/// One that takes its turn in each round.
struct Contestant {
    name: &'static str,
    /// Its framework's server that answers a constant; axum's for other languages.
    bare: &'static str,
    command: Vec<String>,
}

fn contestants() -> anyhow::Result<Vec<Contestant>> {
    let own = std::env::current_exe()?.to_str().context("this program's path is no text")?.to_owned();
    let mut contestants: Vec<_> = SERVERS
        .into_iter()
        .map(|server| {
            let arguments = server.arguments(true).map(str::to_owned);
            let command = [own.clone()].into_iter().chain(arguments).collect();
            Contestant { name: server.name(), bare: server.bare().name(), command }
        })
        .collect();
    for peer in Peer::ALL {
        match peer.prepare()? {
            Some(command) => {
                contestants.push(Contestant { name: peer.name(), bare: Server::AxumBare.name(), command });
            }
            None => println!("{} is left out: what it needs is not installed", peer.name()),
        }
    }
    Ok(contestants)
}

/// What one server did in one round.
struct Load {
    cpu_micros: f64,
    per_second: f64,
    /// The share of a core's time that went to neither server nor load generator.
    disturbance: f64,
}

impl Load {
    fn is_disturbed(&self) -> bool {
        self.disturbance > DISTURBANCE
    }
}

impl std::fmt::Display for Load {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { cpu_micros, per_second, disturbance } = self;
        let note = if self.is_disturbed() { ", dropped" } else { "" };
        write!(
            f,
            "{cpu_micros:>7.1} µs CPU, {per_second:>7.0} a second, {:.1} % disturbed{note}",
            100.0 * disturbance
        )
    }
}

impl Contestant {
    /// The server on the first core, wrk on the second.
    fn load(&self, seconds: u32) -> anyhow::Result<Load> {
        let running = Running::start(on_core(0).args(&self.command).env("NODE_ENV", "production"))
            .with_context(|| format!("{}: taskset is in the package util-linux", self.name))?;
        measure(&running, seconds).with_context(|| format!("{} under load", self.name))
    }
}

fn measure(server: &Running, seconds: u32) -> anyhow::Result<Load> {
    let script = crate::steps::target()?.join("request.lua");
    let request = Request::new(Body::Small);
    fs::write(&script, lua(&request))?;
    let before = Ticks::now(server)?;
    let wrk = on_core(1)
        .args(["wrk", "-t1", "-c32", &format!("-d{seconds}s"), "-s"])
        .arg(&script)
        .arg(format!("http://127.0.0.1:{}/im/webhook?{}", server.port, request.query))
        .output()
        .context("taskset does not start: it is in the package util-linux")?;
    let after = Ticks::now(server)?;
    let output = String::from_utf8_lossy(&wrk.stdout).into_owned();
    let errors = String::from_utf8_lossy(&wrk.stderr).into_owned();
    ensure!(
        wrk.status.success() && !output.contains("Non-2xx") && !output.contains("Socket errors"),
        "wrk, of `apt-get install wrk`, says {output}{errors}"
    );
    let requests: f64 =
        output.lines().find_map(|line| number_before(line, " requests in")).context("no count")?;
    let [server, wrk, all] =
        [after.server - before.server, after.children - before.children, after.all - before.all];
    Ok(Load {
        cpu_micros: server / TICKS_PER_SECOND * 1e6 / requests,
        per_second: requests / f64::from(seconds),
        disturbance: ((all - server - wrk) / (f64::from(seconds) * TICKS_PER_SECOND)).max(0.0),
    })
}

fn on_core(core: usize) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &core.to_string()]);
    command
}

/// Answers that are no yes end wrk with an error.
fn lua(request: &Request) -> String {
    let body = request.body.replace('\\', r"\\").replace('\n', r"\n").replace('"', "\\\"");
    format!(
        "wrk.method = \"POST\"\nwrk.body = \"{body}\"\nwrk.headers[\"content-type\"] = \"application/json\"\n\
         function response(status, headers, body)\n  if not body:find('\"ErrorCode\":0', 1, true) then error(body) end\nend\n"
    )
}

/// Processor time in user space and kernel until now.
struct Ticks {
    server: f64,
    /// Of this process's children that have ended, such as wrk.
    children: f64,
    /// Of all cores, by anybody: user, nice, system, irq, softirq and steal.
    all: f64,
}

impl Ticks {
    fn now(server: &Running) -> anyhow::Result<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        let all = stat.lines().next().context("an empty stat")?;
        let ticks: Vec<f64> = all.split_whitespace().skip(1).map(str::parse).collect::<Result<_, _>>()?;
        let all = ticks.iter().take(8).sum::<f64>() - ticks.iter().skip(3).take(2).sum::<f64>();
        let [server, _] = of_process(&server.id().to_string())?;
        let [_, children] = of_process("self")?;
        Ok(Self { server, children, all })
    }
}

/// A process's own time, and that of its children that have ended.
pub(crate) fn of_process(pid: &str) -> anyhow::Result<[f64; 2]> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(") ").context("an odd stat")?;
    let ticks: Vec<f64> = fields.split(' ').skip(11).take(4).map(str::parse).collect::<Result<_, _>>()?;
    let &[user, system, of_children, in_system] = &ticks[..] else { anyhow::bail!("an odd stat") };
    Ok([user + system, of_children + in_system])
}

fn number_before(line: &str, text: &str) -> Option<f64> {
    line.split_once(text)?.0.trim().parse().ok()
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn rounded(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "none".to_owned(), |value| format!("{value:.digits$}"))
}

/// The kernel's unit of a process's time.
pub(crate) const TICKS_PER_SECOND: f64 = 100.0;
