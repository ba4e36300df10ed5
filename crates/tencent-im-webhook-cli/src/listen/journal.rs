//! Where records go, one after another: the terminal, the file, the page.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use tencent_im_webhook::Command;
use tokio::sync::mpsc;

use crate::error::Error;
use crate::listen::feed::Feed;
use crate::output::{BAD, FAINT, Output, STRONG, printable};
use crate::record::Record;

/// Writes to a journal. `None` ends it, whatever still holds a clone.
pub(super) type Pen = mpsc::Sender<Option<Record>>;

/// Writes what is recorded. Its thread is its own: a terminal and a disk may take their time.
#[derive(Debug)]
pub(super) struct Journal {
    output: Output,
    file: Option<SaveFile>,
    feed: Arc<Feed>,
    summary: Summary,
}

/// A file that gets a line per webhook.
#[derive(Debug)]
pub(super) struct SaveFile {
    path: PathBuf,
    file: File,
}

/// What a run has seen.
#[derive(Debug, Default, Serialize)]
pub(super) struct Summary {
    summary: Counts,
    commands: BTreeMap<String, Counts>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Counts {
    webhooks: u64,
    /// With 200, which is what the platform calls answered.
    answered: u64,
    /// Those that did not fit the type of their command, answered or not.
    untyped: u64,
    turned_away: u64,
    /// With any other status, or not at all.
    failed: u64,
}

impl Journal {
    pub(super) fn new(output: Output, file: Option<SaveFile>, feed: Arc<Feed>) -> Self {
        Self { output, file, feed, summary: Summary::default() }
    }

    /// Writes records until a `None` ends it. Blocks its thread.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(super) fn run(mut self, mut records: mpsc::Receiver<Option<Record>>) -> Result<Summary, Error> {
        while let Some(Some(record)) = records.blocking_recv() {
            self.write(record)?;
        }
        Ok(self.summary)
    }

    fn write(&mut self, mut record: Record) -> Result<(), Error> {
        self.summary.count(&record);
        record.id = self.summary.summary.webhooks;
        let line = serde_json::to_string(&record).expect("records have only text for keys");
        if let Some(file) = &mut self.file {
            file.append(&line)?;
        }
        let record = Arc::new(record);
        self.feed.publish(Arc::clone(&record), line);
        // Last, so that who has read of it finds it everywhere.
        self.output.print(&*record);
        Ok(())
    }
}

impl SaveFile {
    /// Opens a file to append to.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        // People's messages are in it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| Error::file(path, error))?;
        Ok(Self { path: path.to_owned(), file })
    }

    fn append(&mut self, line: &str) -> Result<(), Error> {
        // One write, so that a line is whole or not there.
        self.file.write_all(format!("{line}\n").as_bytes()).map_err(|error| Error::file(&self.path, error))
    }
}

impl Summary {
    fn count(&mut self, record: &Record) {
        let command = counted_as(record);
        if !self.commands.contains_key(command) {
            self.commands.insert(command.to_owned(), Counts::default());
        }
        let of_command = self.commands.get_mut(command);
        of_command.into_iter().chain([&mut self.summary]).for_each(|counts| counts.add(record));
    }
}

/// A name for what is counted together. Whoever is turned away may name as many commands as they like.
fn counted_as(record: &Record) -> &str {
    match (record.command.as_deref(), &record.refused) {
        (None, _) => "(no command)",
        (Some(name), Some(_)) if !Command::ALL.contains(&Command::from(name)) => "(unknown command)",
        (Some(name), _) => name,
    }
}

impl Counts {
    fn add(&mut self, record: &Record) {
        self.webhooks += 1;
        match (&record.refused, record.status) {
            (Some(_), _) => self.turned_away += 1,
            (None, 200) => self.answered += 1,
            (None, _) => self.failed += 1,
        }
        self.untyped += u64::from(record.refused.is_none() && !record.typed);
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{STRONG}{}{STRONG:#}", self.summary)?;
        for (command, counts) in &self.commands {
            write!(f, "\n  {:<44} {counts}", printable(command))?;
        }
        Ok(())
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { webhooks, answered, untyped, turned_away, failed } = self;
        write!(f, "{webhooks} webhook{}: {answered} answered", if *webhooks == 1 { "" } else { "s" })?;
        for (count, what) in [(untyped, "untyped"), (turned_away, "turned away"), (failed, "failed")] {
            if *count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Record {
    /// What came and what became of it, then the beginning of its body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.received.system_time().map(humantime::format_rfc3339_millis);
        let time = time.map(|time| time.to_string()).unwrap_or_default();
        let (_, time) = time.split_once('T').unwrap_or_default();
        let command = printable(self.command.as_deref().unwrap_or("(no command)"));
        let outcome = printable(&self.outcome);
        let millis = self.latency_us as f64 / 1e3;
        write!(f, "{FAINT}{time}{FAINT:#} {STRONG}{command}{STRONG:#} ")?;
        match self.status {
            200 => write!(f, "{outcome}")?,
            _ => write!(f, "{BAD}{outcome}{BAD:#}")?,
        }
        write!(f, " {FAINT}{millis:.1} ms{FAINT:#}")?;
        if let Some(cause) = &self.cause {
            write!(f, "\n  {BAD}does not fit its type: {}{BAD:#}", printable(cause))?;
        }
        if let Some(raw) = &self.raw {
            write!(f, "\n  {FAINT}{}{FAINT:#}", shortened(raw.as_str()))?;
        }
        Ok(())
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", printable(&text[..end])),
        None => printable(text),
    }
}

/// How many characters of a body the terminal gets. `--json`, the file and the page have all of it.
const SHOWN: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;
    use tencent_im_webhook::{RawJson, UnixMillis};

    fn record(command: &str, refused: Option<&str>) -> Record {
        let (command, refused) = (Some(command.to_owned()), refused.map(ToOwned::to_owned));
        Record { command, refused, typed: true, status: 200, ..Record::default() }
    }

    #[test]
    fn names_that_nobody_vouches_for_are_counted_together() {
        let mut summary = Summary::default();
        summary.count(&record("State.StateChange", Some("stale")));
        summary.count(&record("Future.Command", None));
        (0..1000).for_each(|n| summary.count(&record(&format!("Random.{n}"), Some("app_id"))));
        let counted: Vec<_> = summary.commands.keys().map(String::as_str).collect();
        assert_eq!(counted, ["(unknown command)", "Future.Command", "State.StateChange"]);
        assert_eq!((summary.summary.webhooks, summary.summary.turned_away), (1002, 1001));
    }

    #[test]
    fn what_people_write_cannot_steer_the_terminal() {
        let mut record = record("A.\u{1b}[2J", None);
        record.received = UnixMillis(1_700_000_000_123);
        record.outcome = "reject with 1, \"\u{9b}2J\u{202e}\"".into();
        record.raw = RawJson::new(&format!("\"\u{202e}{}\"", "x".repeat(SHOWN))).ok();
        let text = anstream::adapter::strip_str(&record.to_string()).to_string();
        assert!(!text.replace('\n', "").contains(|c: char| c.is_control() || c == '\u{202e}'), "{text:?}");
        assert!(text.starts_with("22:13:20.123Z A.\\u{1b}[2J reject with 1, "), "{text}");
        assert!(text.ends_with("xxx…"), "{text}");
    }
}
