//! Counts beside their budgets.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use benches::Body;
use clap::ValueEnum as _;
use comfy_table::Table;
use serde::Deserialize;

use crate::counts::Counts;
use crate::servers::Server;
use crate::{table, valgrind};

/// Counts what has a budget, and fails where one is over it.
pub(crate) fn check() -> anyhow::Result<()> {
    let budgets: Budgets = toml::from_str(include_str!("../budgets.toml"))?;
    let mut checked = Checked::new(budgets.margin);
    for (step, &budget) in &budgets.steps {
        checked.row("in process", step, i64::try_from(valgrind::instructions_of(&["step", step])?)?, budget);
    }
    for (family, &budget) in &budgets.families {
        let count = valgrind::instructions_of(&["family", family, FAMILY_SIZE])?;
        checked.row("hostile", family, i64::try_from(count)?, budget);
    }
    for (body, servers) in &budgets.added {
        for (server, budget, added) in added(body, servers)? {
            checked.row(body, server.name(), added, budget);
        }
    }
    println!("{}", checked.table);
    ensure!(checked.over.is_empty(), "over budget:\n{}", checked.over.join("\n"));
    Ok(())
}

/// Counts beside their budgets.
struct Checked {
    margin: f64,
    table: Table,
    over: Vec<String>,
}

impl Checked {
    fn new(margin: f64) -> Self {
        let table = table::of(["of", "what", "instructions", "budget"]);
        Self { margin, table, over: Vec::new() }
    }

    fn row(&mut self, of: &str, what: &str, count: i64, budget: i64) {
        self.table.add_row([of, what, &count.to_string(), &budget.to_string()]);
        if count as f64 > budget as f64 * (1.0 + self.margin) {
            self.over.push(format!("{of}, {what}: {count} instructions, the budget is {budget}"));
        }
    }
}

/// In bytes: enough that the first ones do not count.
const FAMILY_SIZE: &str = "16000";

/// The file of budgets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Budgets {
    /// How far above a budget a count may be, as a fraction.
    margin: f64,
    /// In process, by step.
    steps: BTreeMap<String, i64>,
    /// In process too, by family of `growth`.
    families: BTreeMap<String, i64>,
    /// Over bare, by body and server.
    added: BTreeMap<String, BTreeMap<String, i64>>,
}

/// Each server with its budget and its count.
fn added(body: &str, budgets: &BTreeMap<String, i64>) -> anyhow::Result<Vec<(Server, i64, i64)>> {
    let body = Body::from_str(body, false).map_err(anyhow::Error::msg)?;
    let named = budgets.iter().map(|(name, budget)| Ok((Server::from_str(name, false)?, *budget)));
    let named: Vec<_> = named.collect::<Result<_, String>>().map_err(anyhow::Error::msg)?;
    let mut servers: Vec<_> = named.iter().flat_map(|(server, _)| [server.bare(), *server]).collect();
    servers.sort_by_key(|server| server.name());
    servers.dedup();
    let counts = Counts::of(body, &servers, true)?;
    let rows = named
        .iter()
        .map(|&(server, budget)| Ok((server, budget, counts.over_bare(server).context("not counted")?)));
    rows.collect()
}
