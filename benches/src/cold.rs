//! What the core takes to build from nothing.

use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::ensure;

use crate::page::Page;
use crate::rounds::{TICKS_PER_SECOND, of_process};
use crate::{steps, table};

const CORE: &str = "tencent-im-webhook";

/// Builds it with two jobs into an empty folder, without and with optimization, and prints what that took.
pub(crate) fn print(page: &Page) -> anyhow::Result<()> {
    let target = steps::target()?.join("cold");
    let mut table = table::of(["profile", "crates", "seconds", "processor seconds"]);
    for profile in ["dev", "release"] {
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        let [_, before] = of_process("self")?;
        let begun = Instant::now();
        let build = ["build", "--quiet", "--jobs", "2", "--package", CORE, "--profile", profile];
        let built = cargo().args(build).arg("--target-dir").arg(&target).status()?;
        ensure!(built.success(), "{CORE} does not build");
        let (seconds, [_, after]) = (begun.elapsed().as_secs_f64(), of_process("self")?);
        let figures = [
            crates()?.to_string(),
            format!("{seconds:.0}"),
            format!("{:.0}", (after - before) / TICKS_PER_SECOND),
        ];
        table::add(&mut table, [profile], figures);
    }
    fs::remove_dir_all(&target)?;
    page.put("build", &table.to_string())
}

/// How many are compiled, itself among them.
fn crates() -> anyhow::Result<usize> {
    let tree = ["tree", "--package", CORE, "--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
    let output = cargo().args(tree).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut packages: Vec<_> = std::str::from_utf8(&output.stdout)?.lines().collect();
    packages.sort_unstable();
    packages.dedup();
    Ok(packages.iter().filter(|line| !line.is_empty()).count())
}

fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).env("CARGO_INCREMENTAL", "0");
    cargo
}
