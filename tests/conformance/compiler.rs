//! The oldest compiler that our crates declare is one that their dependencies take.
//!
//! What they use of the standard library is clippy's to check (`incompatible_msrv`).

use std::collections::{HashMap, HashSet};
use std::process::Command;

use serde_json::Value;

#[test]
fn no_dependency_asks_for_a_newer_compiler_than_we_declare() {
    let workspace = Workspace::read();
    let ours: Vec<_> = workspace.packages.values().filter(|package| is_ours(package)).collect();
    assert!(ours.len() >= 5, "these are not all crates: {}", ours.len());
    for package in ours {
        let declared = rust_version(package).expect("our crates declare a compiler");
        for dependency in workspace.dependencies(text(package, "id")) {
            let needed = rust_version(dependency).unwrap_or_default();
            assert!(needed <= declared, "{} needs {} of Rust", text(package, "name"), text(dependency, "id"));
        }
    }
}

struct Workspace {
    packages: HashMap<String, Value>,
    /// The ids of what a package is built from, tests apart.
    edges: HashMap<String, Vec<String>>,
}

impl Workspace {
    fn read() -> Self {
        let arguments = ["metadata", "--format-version", "1", "--locked"];
        let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        let packages = list(&metadata, "packages").iter();
        let nodes = list(&metadata["resolve"], "nodes").iter();
        Self {
            packages: packages.map(|package| (text(package, "id").to_owned(), package.clone())).collect(),
            edges: nodes.map(|node| (text(node, "id").to_owned(), built_from(node))).collect(),
        }
    }

    fn dependencies(&self, of: &str) -> Vec<&Value> {
        let mut seen = HashSet::new();
        let mut next = vec![of];
        while let Some(id) = next.pop() {
            let new = self.edges[id].iter().filter(|id| seen.insert(id.as_str()));
            next.extend(new.map(String::as_str));
        }
        seen.into_iter().map(|id| &self.packages[id]).collect()
    }
}

fn built_from(node: &Value) -> Vec<String> {
    let is_dev = |dependency: &&Value| list(dependency, "dep_kinds").iter().all(|kind| kind["kind"] == "dev");
    let dependencies = list(node, "deps").iter().filter(|dependency| !is_dev(dependency));
    dependencies.map(|dependency| text(dependency, "pkg").to_owned()).collect()
}

fn is_ours(package: &Value) -> bool {
    text(package, "name").starts_with("tencent-im-webhook")
}

/// The numbers of a version: `1.88` is `1.88.0`.
fn rust_version(package: &Value) -> Option<[u64; 3]> {
    let mut numbers = package["rust_version"].as_str()?.split('.').map(|number| number.parse().unwrap());
    Some([(); 3].map(|()| numbers.next().unwrap_or(0)))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap()
}
