//! Every measurement, into its page.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::SystemTime;

use anyhow::Context;
use benches::Body;

use crate::page::Page;
use crate::{cold, counts, flat, growth, idle, plot};

/// Measures what needs no quiet machine, and says on which it was.
pub(crate) fn print(page: &Page, plot: &Path) -> anyhow::Result<()> {
    page.put("machine", &machine()?)?;
    fs::write(plot, plot::draw(&counts::print(page, &[], &[], true)?))?;
    counts::print(page, &[Body::Small], &[], false)?;
    growth::print(page)?;
    flat::print(page)?;
    idle::print(page)?;
    cold::print(page)
}

fn machine() -> anyhow::Result<String> {
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let date = now.split('T').next().unwrap_or_default();
    let processor = fs::read_to_string("/proc/cpuinfo")?;
    let processor = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let processor = processor.trim_matches([' ', '\t', ':']);
    let cores = thread::available_parallelism()?;
    let (rustc, valgrind) = (version("rustc")?, version("valgrind")?);
    Ok(format!("Measured on {date}, on {cores} cores of {processor}, with {rustc} and {valgrind}."))
}

fn version(program: &str) -> anyhow::Result<String> {
    let output = Command::new(program).arg("--version").output().with_context(|| format!("no {program}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
