//! Where results go: text for people, or JSON for programs.

use std::fmt;
use std::io::{self, Write as _};
use std::process;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::error::Error;

/// The terminal, a pipe, or a program behind it. Colors are left out where nobody would see them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints a result: its text, or itself as one line of JSON.
    pub(crate) fn print<T: Serialize + fmt::Display>(&self, result: &T) {
        match self.json {
            false => self.text(&format!("{result}\n")),
            true => self.text(&format!("{}\n", json(result))),
        }
    }

    /// Prints text as it is.
    pub(crate) fn text(&self, text: &str) {
        let mut stdout = anstream::stdout().lock();
        let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        // There is nothing to go on for.
        match written {
            Ok(()) => {}
            // Whoever read it has gone, as `head` does.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => process::exit(0),
            Err(error) => {
                let error = Error::file("standard output", error);
                self.error(&error);
                process::exit(error.kind() as i32);
            }
        }
    }

    /// Prints why nothing came of it. The exit code tells those who cannot be told.
    pub(crate) fn error(&self, error: &Error) {
        let line = match self.json {
            false => format!("{BAD}error:{BAD:#} {}", printable(&error.to_string())),
            true => {
                let line = serde_json::json!({
                    "error": error.kind().as_str(), "reason": error.word(), "message": error.to_string(),
                });
                json(&line)
            }
        };
        let _ = writeln!(anstream::stderr(), "{line}");
    }
}

/// One line of JSON, which cannot steer a terminal either. It reads back as what it was.
fn json<T: Serialize>(result: &T) -> String {
    let text = serde_json::to_string(result).expect("results have only text for keys");
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_ascii() && c != DEL || !steers(c) {
            true => shown.push(c),
            false => shown.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
    }
    shown
}

/// A heading, or what a line is about.
pub(crate) const STRONG: Style = Style::new().bold();
/// What stands in the second row.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What went wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Text that cannot steer a terminal, whoever wrote it.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match steers(c) {
            true => shown.extend(c.escape_unicode()),
            false => shown.push(c),
        }
    }
    shown
}

/// Whether a terminal may take it for more than a character to show.
pub(crate) fn steers(c: char) -> bool {
    c.is_control() || turns_text(c)
}

/// Whether it changes the direction of what follows.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The one control character that JSON leaves alone although it is ASCII.
const DEL: char = '\u{7f}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_cannot_steer_the_terminal_and_reads_back() {
        let text = "a\u{1b}[2J\u{7f}\u{9b}2J\u{61c}\u{202e}\t\u{e9}";
        let line = json(&text);
        assert!(!line.contains(steers), "{line:?}");
        assert!(line.ends_with("\\u007f\\u009b2J\\u061c\\u202e\\t\u{e9}\""), "{line}");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
