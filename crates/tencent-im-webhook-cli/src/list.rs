//! `imhook list`: the commands of the platform.

use std::fmt;

use clap::Args;
use serde::Serialize;
use tencent_im_webhook::{Command, Kind};

use crate::names::FamilyParser;
use crate::output::{FAINT, Output, STRONG};

/// List the commands, with what the platform asks and what each tells.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  imhook list
  imhook list Group
  imhook list --json | jq -r 'select(.kind == \"before\").command'")]
pub(crate) struct List {
    /// Only this family: what stands before the dot of a command, in any case.
    #[arg(value_parser = FamilyParser, hide_possible_values = true)]
    family: Option<&'static str>,
}

/// A command in a line.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) command: String,
    pub(crate) kind: &'static str,
    family: String,
    pub(crate) summary: &'static str,
}

impl List {
    pub(crate) fn run(self, output: &Output) {
        let rows = Command::ALL.iter().map(Row::of);
        let wanted = rows.filter(|row| self.family.is_none_or(|family| family == row.family));
        wanted.for_each(|row| output.print(&row));
    }
}

impl Row {
    pub(crate) fn of(command: &Command) -> Self {
        Self {
            command: command.as_str().into(),
            kind: command.kind().map_or("", kind_name),
            family: command.family().into(),
            summary: command.summary().unwrap_or_default(),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, kind, summary, .. } = self;
        write!(f, "{STRONG}{command:<44}{STRONG:#} {kind:<7} {FAINT}{summary}{FAINT:#}")
    }
}

/// The word for a kind; empty for one that this program does not know yet.
pub(crate) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Before => "before",
        Kind::Reply => "reply",
        Kind::After => "after",
        _ => "",
    }
}
