//! Runs the benchmarks of the steps in the process, with the runner that they need.

use std::hint::black_box;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail, ensure};
use benches::{Body, admitted, ready};

use crate::once::counted;

/// Runs them, and prints what they print.
pub(crate) fn print() -> anyhow::Result<()> {
    let mut bench = Command::new(env!("CARGO"));
    bench.args(["bench", "--package", "benches", "--bench", "steps"]).env("GUNGRAUN_RUNNER", runner()?);
    ensure!(bench.status()?.success(), "the benchmarks failed");
    Ok(())
}

/// Does one of the steps that have a budget, as the process that is counted.
pub(crate) fn run(name: &str) -> anyhow::Result<()> {
    match name {
        "admit-small" => {
            let (receiver, request) = ready(Body::Small);
            counted(&mut || drop(black_box(receiver.admit(&request.head()))));
        }
        "decode-small" => decode(Body::Small),
        "decode-text" => decode(Body::Text),
        "decode-elements" => decode(Body::Elements),
        _ => bail!("no step is called {name:?}"),
    }
    Ok(())
}

fn decode(body: Body) {
    let (receiver, admission, body) = admitted(body);
    drop(receiver.decode(admission.clone(), body.clone()));
    counted(&mut || drop(black_box(receiver.decode(admission.clone(), body.clone()))));
}

/// The runner has to be of the library's version. It is installed beside the profiles, once.
fn runner() -> anyhow::Result<PathBuf> {
    let root = target()?.join("tools");
    let runner = root.join("bin/gungraun-runner");
    let version = GUNGRAUN;
    let has = Command::new(&runner).arg("--version").output();
    if !has.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(version)) {
        // Unoptimized: it only starts valgrind and adds up, and takes a quarter of the time to build.
        let status = Command::new(env!("CARGO"))
            .args([
                "install",
                "gungraun-runner",
                "--locked",
                "--debug",
                "--force",
                "--version",
                version,
                "--root",
            ])
            .arg(&root)
            .status()?;
        ensure!(status.success(), "gungraun-runner {version} does not build");
    }
    Ok(runner)
}

/// The folder of build output, two above of this program.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.ancestors().nth(2).context("the program lies in no folder")?;
    Ok(folder.to_owned())
}

const GUNGRAUN: &str = "0.20.0";
