use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, ensure};
use benches::Request;
use rustix::process::{Pid, Signal, kill_process};

use crate::client::Client;
use crate::once::COUNTED;
use crate::servers::Server;

const FEW: usize = 100;
const MANY: usize = 600;

/// The user-space instructions that a whole server process takes for one request.
///
/// From two runs, so that neither its start nor the first requests count. Two runs agree to about a thousandth.
pub(crate) fn per_request(server: Server, request: &Request, status: u16) -> anyhow::Result<u64> {
    let (few, many) = thread::scope(|scope| {
        let few = scope.spawn(|| run(server, request, status, FEW));
        (few.join(), run(server, request, status, MANY))
    });
    let few = few.map_err(|_| anyhow::anyhow!("a run panicked"))??;
    Ok((many? - few) / (MANY - FEW) as u64)
}

fn run(server: Server, request: &Request, status: u16, requests: usize) -> anyhow::Result<u64> {
    let profile = folder()?.join(format!("callgrind.{}.{requests}.{}", server.name(), request.body.len()));
    let mut running = Running::start(server, &profile)?;
    let sent = Client::connect(running.port).and_then(|mut client| client.send(request, status, requests));
    running.stop()?;
    sent.with_context(|| format!("{} was asked", server.name()))?;
    total(&profile)
}

/// The instructions of something done once inside a process of its own.
pub(crate) fn once(what: &[&str]) -> anyhow::Result<u64> {
    let profile = folder()?.join(format!("callgrind.{}", what.join(".").replace(' ', "-")));
    let output = callgrind(&profile)
        .arg("--collect-atstart=no")
        .arg(format!("--toggle-collect={COUNTED}"))
        .arg(std::env::current_exe()?)
        .arg("once")
        .args(what)
        .output()
        .context(NO_VALGRIND)?;
    ensure!(output.status.success(), "{what:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    let instructions = total(&profile)?;
    ensure!(instructions > 0, "nothing was counted: the program's symbols were stripped");
    Ok(instructions)
}

fn callgrind(profile: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", profile.display()));
    command
}

const NO_VALGRIND: &str = "valgrind does not start: install it with `apt-get install valgrind`";

struct Running {
    child: Child,
    port: u16,
}

impl Running {
    fn start(server: Server, profile: &Path) -> anyhow::Result<Self> {
        let mut child = callgrind(profile)
            .arg(std::env::current_exe()?)
            .args(["serve", server.name()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context(NO_VALGRIND)?;
        let mut line = String::new();
        let output = child.stdout.take().context("no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let port = line.trim().parse().with_context(|| format!("no port but {line:?}"));
        match port {
            Ok(port) => Ok(Self { child, port }),
            Err(error) => {
                child.kill()?;
                Err(error)
            }
        }
    }

    /// valgrind writes the profile when the signal ends the server.
    fn stop(&mut self) -> anyhow::Result<()> {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }
}

fn total(profile: &Path) -> anyhow::Result<u64> {
    let text = fs::read_to_string(profile)?;
    let totals =
        text.lines().filter_map(|line| line.strip_prefix("totals: ")).map(|n| n.trim().parse::<u64>());
    let totals: Vec<u64> = totals.collect::<Result<_, _>>()?;
    ensure!(!totals.is_empty(), "{} has no totals", profile.display());
    Ok(totals.iter().sum())
}

/// Where profiles stay, for `callgrind_annotate`.
fn folder() -> anyhow::Result<PathBuf> {
    let folder = crate::steps::target()?.join("profiles");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
