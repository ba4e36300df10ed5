use std::fmt;
use std::process::ExitCode;

use comfy_table::presets;

/// What was measured, and whether it is good enough.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<[String; 4]>,
    failed: bool,
}

impl Table {
    /// A row with something to hold.
    pub(crate) fn check(&mut self, what: &str, measured: impl fmt::Display, bound: &str, holds: bool) {
        self.failed |= !holds;
        let verdict = if holds { "ok" } else { "FAILED" };
        self.rows.push([what, &measured.to_string(), bound, verdict].map(str::to_owned));
    }

    /// A row for information.
    pub(crate) fn tell(&mut self, what: &str, measured: impl fmt::Display) {
        self.rows.push([what, &measured.to_string(), "", ""].map(str::to_owned));
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self.failed {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut table = comfy_table::Table::new();
        table.load_style(presets::ASCII_MARKDOWN);
        table.set_header(["what", "measured", "bound", ""]);
        table.add_rows(&self.rows);
        writeln!(f, "{table}")
    }
}
