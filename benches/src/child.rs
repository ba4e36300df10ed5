use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process};

/// A server in a process of its own. It ends with this value.
pub(crate) struct Running {
    child: Child,
    pub(crate) port: u16,
}

impl Running {
    /// Starts one that prints its port first.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let child = child.with_context(|| format!("{:?} does not start", command.get_program()))?;
        let mut running = Self { child, port: 0 };
        let mut line = String::new();
        let output = running.child.stdout.take().context("its output is piped")?;
        BufReader::new(output).read_line(&mut line)?;
        running.port = line.trim().parse().with_context(|| format!("no port but {line:?}"))?;
        Ok(running)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How much of its memory is in use, in bytes.
    pub(crate) fn resident(&self) -> anyhow::Result<u64> {
        let maps = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.id()))?;
        let line = maps.lines().find_map(|line| line.strip_prefix("Rss:"));
        let kibibytes: Option<u64> = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse().ok());
        Ok(1024 * kibibytes.context("the kernel tells how much memory is in use")?)
    }

    /// Ends it in a way that lets valgrind write what it has to say.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Nothing is left to do about one that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
