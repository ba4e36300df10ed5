//! CPU time and throughput under load, in rounds that compare a server with the bare one.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use benches::{Body, Request};

use crate::page::Page;
use crate::servers::Server;
use crate::table;

/// How much of a round's time other processes may take.
const DISTURBANCE: f64 = 0.03;

/// What is compared with its bare server.
const COMPARED: [Server; 5] =
    [Server::HyperWebhook, Server::AxumWebhook, Server::AxumTyped, Server::ActixWebhook, Server::ActixTyped];

/// Runs the rounds, and prints the medians of those that nobody disturbed.
pub(crate) fn print(page: &Page, rounds: usize, seconds: u32) -> anyhow::Result<()> {
    let mut table =
        table::of(["server", "rounds kept", "CPU µs", "CPU over bare", "requests/s", "requests/s of bare"]);
    for server in COMPARED {
        let mut kept = Vec::new();
        for _ in 0..rounds {
            let (bare, ours) = (load(server.bare(), seconds)?, load(server, seconds)?);
            if bare.disturbance.max(ours.disturbance) <= DISTURBANCE {
                kept.push((bare, ours));
            }
        }
        let middle = |of: fn(&(Load, Load)) -> f64| median(kept.iter().map(of).collect());
        table.add_row([
            server.name().to_owned(),
            format!("{} of {rounds}", kept.len()),
            middle(|(_, ours)| ours.cpu_micros),
            middle(|(bare, ours)| ours.cpu_micros / bare.cpu_micros),
            middle(|(_, ours)| ours.per_second),
            middle(|(bare, ours)| ours.per_second / bare.per_second),
        ]);
    }
    page.put("rounds", &table.to_string())?;
    Ok(())
}

/// What one server did in one round.
struct Load {
    cpu_micros: f64,
    per_second: f64,
    /// The share of all cores' time that went to neither server nor load generator.
    disturbance: f64,
}

/// The server on the first core, wrk on the second.
fn load(server: Server, seconds: u32) -> anyhow::Result<Load> {
    let mut child = on_core(0, std::env::current_exe()?.as_os_str())
        .args(["serve", server.name()])
        .stdout(Stdio::piped())
        .spawn()
        .context("taskset does not start: it is in the package util-linux")?;
    let measured = measure(&mut child, seconds);
    child.kill()?;
    child.wait()?;
    measured.with_context(|| format!("{} under load", server.name()))
}

fn measure(child: &mut Child, seconds: u32) -> anyhow::Result<Load> {
    let mut port = String::new();
    BufReader::new(child.stdout.take().context("no output")?).read_line(&mut port)?;
    let script = crate::steps::target()?.join("request.lua");
    let request = Request::new(Body::Small);
    fs::write(&script, lua(&request))?;
    let (cpu, busy) = (cpu_ticks(child.id())?, busy_ticks()?);
    let wrk = on_core(1, "wrk".as_ref())
        .args(["-t1", "-c32", &format!("-d{seconds}s"), "-s"])
        .arg(&script)
        .arg(format!("http://127.0.0.1:{}/im/webhook?{}", port.trim(), request.query))
        .output()
        .context("wrk does not start: install it with `apt-get install wrk`")?;
    let (cpu, busy) = (cpu_ticks(child.id())? - cpu, busy_ticks()? - busy);
    let output = String::from_utf8_lossy(&wrk.stdout).into_owned();
    ensure!(wrk.status.success() && !output.contains("Non-2xx"), "wrk says {output}");
    let requests: f64 =
        output.lines().find_map(|line| number_before(line, " requests in")).context("no count")?;
    let per_second: f64 = requests / f64::from(seconds);
    // wrk keeps its own core busy for the whole round.
    let others = busy - cpu - f64::from(seconds) * TICKS_PER_SECOND;
    Ok(Load {
        cpu_micros: cpu / TICKS_PER_SECOND * 1e6 / requests,
        per_second,
        disturbance: (others / (f64::from(seconds) * TICKS_PER_SECOND)).max(0.0),
    })
}

fn on_core(core: usize, program: &std::ffi::OsStr) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &core.to_string()]).arg(program);
    command
}

/// Answers that are no yes stop the round: wrk prints them as errors.
fn lua(request: &Request) -> String {
    let body = request.body.replace('\\', r"\\").replace('\n', r"\n").replace('"', "\\\"");
    format!(
        "wrk.method = \"POST\"\nwrk.body = \"{body}\"\nwrk.headers[\"content-type\"] = \"application/json\"\n\
         function response(status, headers, body)\n  if not body:find('\"ErrorCode\":0', 1, true) then error(body) end\nend\n"
    )
}

/// Of a process, in user space and kernel.
fn cpu_ticks(pid: u32) -> anyhow::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(") ").context("an odd stat")?;
    let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()?)
}

/// Of all cores, by anybody: user, nice, system, irq, softirq and steal.
fn busy_ticks() -> anyhow::Result<f64> {
    let stat = fs::read_to_string("/proc/stat")?;
    let all = stat.lines().next().context("an empty stat")?;
    let ticks: Vec<f64> = all.split_whitespace().skip(1).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().take(8).sum::<f64>() - ticks.iter().skip(3).take(2).sum::<f64>())
}

fn number_before(line: &str, text: &str) -> Option<f64> {
    line.split_once(text)?.0.trim().parse().ok()
}

fn median(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).map_or_else(|| "none".to_owned(), |middle| format!("{middle:.2}"))
}

/// The kernel's unit of a process's time.
const TICKS_PER_SECOND: f64 = 100.0;
