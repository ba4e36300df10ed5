//! Servers in other languages, written by hand like those beside them, where those languages are installed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use benches::{APP, Body, Request, TOKEN};

use crate::child::Running;
use crate::client::Client;
use crate::steps;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Peer {
    /// Go's `net/http`.
    Go,
    /// Node's own `http`.
    Node,
    Fastify,
    Express,
}

impl Peer {
    pub(crate) const ALL: [Self; 4] = [Self::Go, Self::Node, Self::Fastify, Self::Express];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Node => "node",
            Self::Fastify => "fastify",
            Self::Express => "express",
        }
    }

    /// What starts it, once it is built and answers as it should; `None` where its language is not installed.
    pub(crate) fn prepare(self) -> anyhow::Result<Option<Vec<String>>> {
        let program = match self {
            Self::Go => go()?,
            Self::Node => script("http.js", false)?,
            Self::Fastify => script("fastify.js", true)?,
            Self::Express => script("express.js", true)?,
        };
        let Some(mut command) = program else { return Ok(None) };
        command.extend([APP.to_string(), TOKEN.to_owned()]);
        check(&command).with_context(|| format!("{} is asked", self.name()))?;
        Ok(Some(command))
    }
}

/// Takes what is signed, and nothing else.
fn check(command: &[String]) -> anyhow::Result<()> {
    let (program, arguments) = command.split_first().context("a program")?;
    let running = Running::start(Command::new(program).args(arguments))?;
    let request = Request::new(Body::Small);
    let mut client = Client::connect(running.port)?;
    client.send(&request, 200, 1)?;
    client.send(&request.spoiled(), 401, 1)
}

fn go() -> anyhow::Result<Option<Vec<String>>> {
    let program = folder()?.join("webhook-go");
    let build = Command::new("go").arg("build").arg("-o").arg(&program).current_dir(sources("go")).status();
    let built = match build {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        build => build?.success(),
    };
    ensure!(built, "the peer in Go does not build");
    Ok(Some(vec![text(&program)?]))
}

/// One of the scripts, with the packages that it needs.
fn script(name: &str, needs_packages: bool) -> anyhow::Result<Option<Vec<String>>> {
    let folder = folder()?.join("node");
    fs::create_dir_all(&folder)?;
    for source in fs::read_dir(sources("node"))? {
        let source = source?;
        fs::copy(source.path(), folder.join(source.file_name()))?;
    }
    let found = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    let is_ready = found && (!needs_packages || has_packages(&folder)?);
    is_ready.then(|| Ok(vec!["node".to_owned(), text(&folder.join(name))?])).transpose()
}

/// Installs them beside the scripts, once, where npm can.
fn has_packages(folder: &Path) -> anyhow::Result<bool> {
    if folder.join("node_modules").exists() {
        return Ok(true);
    }
    let install = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"])
        .current_dir(folder)
        .status();
    match install {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        install => Ok(install?.success()),
    }
}

fn sources(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(language)
}

fn folder() -> anyhow::Result<PathBuf> {
    let folder = steps::target()?.join("peers");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn text(path: &Path) -> anyhow::Result<String> {
    Ok(path.to_str().context("a path that is no text")?.to_owned())
}
