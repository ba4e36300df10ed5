//! Tables as Markdown, so that they can be put into a page.

use comfy_table::{Cell, CellAlignment, Table, presets};

pub(crate) fn of<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header(header);
    table
}

/// Adds a row of names, which stand left, and of figures, which stand right.
pub(crate) fn add<const N: usize, const M: usize>(table: &mut Table, names: [&str; N], figures: [String; M]) {
    let figures = figures.map(|figure| Cell::new(figure).set_alignment(CellAlignment::Right));
    table.add_row(names.map(Cell::new).into_iter().chain(figures));
}
