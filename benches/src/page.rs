//! Where what was measured goes.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;

/// Prints, and keeps a page of documentation up to date.
#[derive(clap::Args)]
pub(crate) struct Page {
    /// Put the tables into this page too, each between `<!-- measured: its name -->` and `<!-- end -->`.
    #[arg(long, global = true, value_name = "PAGE")]
    into: Option<PathBuf>,
}

impl Page {
    pub(crate) fn put(&self, name: &str, text: &str) -> anyhow::Result<()> {
        println!("\n{name}\n\n{text}");
        let Some(path) = &self.into else { return Ok(()) };
        let page = fs::read_to_string(path).with_context(|| format!("no page {}", path.display()))?;
        let page = with(&page, name, text)
            .with_context(|| format!("{} has no place for {name:?}", path.display()))?;
        Ok(fs::write(path, page)?)
    }
}

/// The page with another text in the place of this name; `None` where it has no such place.
fn with(page: &str, name: &str, text: &str) -> Option<String> {
    let begin = format!("<!-- measured: {name} -->\n");
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{begin}\n{}\n\n{END}{after}", text.trim()))
}

const END: &str = "<!-- end -->";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_place_of_that_name_is_written() {
        let page = "a\n<!-- measured: x -->\nold\n<!-- end -->\nb\n<!-- measured: y -->\nold\n<!-- end -->\n";
        let written = with(page, "y", "new\n").unwrap();
        assert_eq!(written, page.replace("y -->\nold\n", "y -->\n\nnew\n\n"));
        assert_eq!(with(&written, "y", "new").unwrap(), written);
        assert_eq!(with(page, "z", "new"), None);
    }
}
