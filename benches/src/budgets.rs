//! Counts beside their budgets.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use benches::Body;
use clap::ValueEnum as _;
use comfy_table::Table;
use serde::Deserialize;

use crate::counts::Counts;
use crate::servers::Server;

/// Counts what has a budget, and fails where one is over it.
pub(crate) fn check() -> anyhow::Result<()> {
    let budgets: Budgets = toml::from_str(include_str!("../budgets.toml"))?;
    let mut table = Table::new();
    table.set_header(["body", "server", "over bare", "budget"]);
    let mut over = Vec::new();
    for (body, servers) in &budgets.added {
        for (server, budget, added) in added(body, servers)? {
            table.add_row([body, server.name(), &added.to_string(), &budget.to_string()]);
            if added as f64 > budget as f64 * (1.0 + budgets.margin) {
                over.push(format!(
                    "{} adds {added} instructions to {body}, its budget is {budget}",
                    server.name()
                ));
            }
        }
    }
    println!("{table}");
    ensure!(over.is_empty(), "over budget:\n{}", over.join("\n"));
    Ok(())
}

/// The file of budgets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Budgets {
    /// How far above a budget a count may be, as a fraction.
    margin: f64,
    /// By body and server.
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
    let counts = Counts::of(body, &servers)?;
    let rows = named
        .iter()
        .map(|&(server, budget)| Ok((server, budget, counts.over_bare(server).context("not counted")?)));
    rows.collect()
}
