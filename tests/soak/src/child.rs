//! A server in a process of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{ChildStdout, Command};
use tokio::time::timeout;

use crate::requests::TOKEN;

/// Ends with this value.
pub(crate) struct Child {
    process: tokio::process::Child,
    output: Lines<BufReader<ChildStdout>>,
    pub(crate) address: SocketAddr,
}

impl Child {
    /// Starts a program that prints where it listens, as the examples do.
    pub(crate) async fn start(program: &Path, args: &[String]) -> anyhow::Result<Self> {
        let mut process = Command::new(program)
            .args(args)
            .env("IM_TOKEN", TOKEN)
            .env("IM_LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}: build it first", program.display()))?;
        let output = process.stdout.take().context("its output is piped")?;
        let mut output = BufReader::new(output).lines();
        let line = output.next_line().await?.context("the server ended at once")?;
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let address = address.and_then(|address| address.parse().ok());
        let address = address.with_context(|| format!("no address in {line:?}"))?;
        Ok(Self { process, output, address })
    }

    /// This program's own server.
    pub(crate) async fn serve(args: &[&str]) -> anyhow::Result<Self> {
        let args: Vec<_> = ["serve"].iter().chain(args).map(|&arg| arg.to_owned()).collect();
        Self::start(&std::env::current_exe()?, &args).await
    }

    /// Asks it to stop, as a service manager does.
    pub(crate) fn terminate(&self) -> anyhow::Result<()> {
        Ok(kill_process(self.pid()?, Signal::TERM)?)
    }

    /// Waits until it has ended, and gives its last line.
    pub(crate) async fn ended(mut self) -> anyhow::Result<String> {
        let mut last = String::new();
        let ending = async {
            while let Some(line) = self.output.next_line().await? {
                last = line;
            }
            anyhow::Ok(self.process.wait().await?)
        };
        let status = timeout(Duration::from_secs(60), ending).await.context("the server does not end")??;
        if !status.success() {
            bail!("the server ended with {status}, saying {last:?}");
        }
        Ok(last)
    }

    /// How much of its memory is in use, in KiB.
    pub(crate) fn resident(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()?.as_raw_nonzero()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse().ok());
        kibibytes.context("the kernel tells how much memory is in use")
    }

    fn pid(&self) -> anyhow::Result<Pid> {
        let pid = self.process.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        pid.context("the server has ended")
    }
}
