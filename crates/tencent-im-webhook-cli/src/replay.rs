//! `imhook replay`: send again what `imhook listen --save` wrote.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use clap::Args;
use serde::Serialize;
use serde_json::Value;
use tencent_im_webhook::{Command, SdkAppId, UnixMillis};
use tencent_im_webhook_serve::asked_to_stop;
use tokio::time::{Instant, sleep_until};

use crate::client::{Client, Target};
use crate::error::Error;
use crate::lines::{self, at_line};
use crate::output::{FAINT, Output, printable};
use crate::record::{Record, Resign};
use crate::send::{Closing, Sent, Summary, reached};
use crate::sender::app_id;
use crate::token::Token;

/// Send again what `imhook listen --save` wrote: one webhook after another, signed anew.
///
/// Each goes out when it is due by the time at which it came, and not before the last one is answered. The query
/// and the body are those that came; the path is that of the URL. What `listen` turned away is left out.
/// Ctrl-C ends early, with the summary so far and exit code 6.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  imhook replay webhooks.jsonl --to http://127.0.0.1:8080/im/webhook --token secret
  imhook replay webhooks.jsonl --to … --speed 10
  imhook replay webhooks.jsonl --to … --speed max --json | jq -c 'select(.changed) | [.line, .answer]'")]
pub(crate) struct Replay {
    /// A file of JSON lines, as --save writes them.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Where to send: the URL that the console would have.
    #[arg(long, value_name = "URL")]
    to: Target,

    /// For another app than they came for.
    #[arg(long, value_name = "N", value_parser = app_id)]
    app_id: Option<SdkAppId>,

    /// The token of the console's webhook settings. Without it nothing is signed.
    #[arg(long, value_name = "T", env = "IMHOOK_TOKEN", hide_env_values = true)]
    token: Option<Token>,

    /// How many times as fast as they came; `max` does not wait at all.
    #[arg(long, value_name = "N", default_value = "1")]
    speed: Speed,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Speed {
    /// From [`SLOWEST`] on.
    Times(f64),
    Max,
}

/// A line of the file.
struct Line {
    number: usize,
    record: Record,
    command: Command,
}

#[derive(Debug, Serialize)]
struct Replayed<'a> {
    line: usize,
    #[serde(flatten)]
    sent: Sent<'a>,
    /// Whether status or body of the answer differ from what was recorded.
    changed: bool,
    #[serde(skip)]
    was: &'a str,
}

/// The last line.
#[derive(Debug, Serialize)]
struct Ended<'a> {
    #[serde(flatten)]
    closing: Closing<'a>,
    /// Those that were turned away when they came.
    left_out: usize,
}

impl Replay {
    pub(crate) async fn run(self, output: &Output) -> Result<(), Error> {
        let (lines, left_out) = read(&self.file)?;
        let client = Client::new(self.to.clone())?;
        let mut summary = Summary::of(lines.len());
        tokio::select! {
            // Listened for before anything is sent.
            biased;
            () = asked_to_stop() => {}
            result = self.send_all(&lines, &client, output, &mut summary) => result?,
        }
        output.print(&Ended { closing: Closing { summary: &summary }, left_out });
        summary.verdict()
    }

    async fn send_all(
        &self,
        lines: &[Line],
        client: &Client,
        output: &Output,
        summary: &mut Summary,
    ) -> Result<(), Error> {
        let resign = Resign { app: self.app_id, token: self.token.clone() };
        let (begun, url) = (Instant::now(), self.to.to_string());
        for line in lines {
            let wait = self.speed.wait(lines[0].record.received, line.record.received);
            // Only a file that was edited has a gap that no clock can name.
            if let Some(due) = begun.checked_add(wait) {
                sleep_until(due).await;
            }
            let request = line.record.request(&url, &resign, SystemTime::now().into());
            let request = request.map_err(|error| at_line(&self.file, line.number, error))?;
            let result = reached(client, client.send_prepared(request).await)?;
            let replayed = Replayed::new(line, Sent::new(&line.command, &result));
            summary.count(&replayed.sent);
            output.print(&replayed);
        }
        Ok(())
    }
}

impl Speed {
    /// How long after the first one a webhook is due.
    fn wait(self, first: UnixMillis, this: UnixMillis) -> Duration {
        let recorded = Duration::from_millis(this.0.saturating_sub(first.0));
        match self {
            Self::Times(times) => recorded.div_f64(times),
            Self::Max => Duration::ZERO,
        }
    }
}

impl FromStr for Speed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "max" {
            return Ok(Self::Max);
        }
        match text.parse::<f64>() {
            Ok(times) if times.is_finite() && times >= SLOWEST => Ok(Self::Times(times)),
            Ok(_) | Err(_) => Err("it is a number from 0.001 on, or `max`"),
        }
    }
}

const SLOWEST: f64 = 0.001;

impl<'a> Replayed<'a> {
    fn new(line: &'a Line, sent: Sent<'a>) -> Self {
        let recorded: Option<Value> = line.record.answer.as_ref().and_then(|answer| answer.parse().ok());
        let changed = sent.status != Some(line.record.status) || sent.answer != recorded;
        Self { line: line.number, sent, changed, was: &line.record.outcome }
    }
}

impl fmt::Display for Replayed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sent.fmt(f)?;
        match self.changed {
            true => write!(f, "\n     {FAINT}line {} was: {}{FAINT:#}", self.line, printable(self.was)),
            false => Ok(()),
        }
    }
}

impl fmt::Display for Ended<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.closing.summary.is_empty() {
            true => f.write_str("nothing to send")?,
            false => self.closing.fmt(f)?,
        }
        match self.left_out {
            0 if self.closing.summary.is_empty() => f.write_str(": the file is empty"),
            0 => Ok(()),
            count => write!(f, "; {count} left out, which had been turned away"),
        }
    }
}

/// All lines but those that were turned away, and how many of these there are. Everything is read before anything
/// is sent.
fn read(path: &Path) -> Result<(Vec<Line>, usize), Error> {
    let line = |(number, record): (usize, Record)| {
        let command = Command::from(record.command.as_deref().unwrap_or_default());
        Line { number, record, command }
    };
    let mut lines: Vec<_> = lines::read(path)?.into_iter().map(line).collect();
    let all = lines.len();
    lines.retain(|line| line.record.refused.is_none());
    let left_out = all - lines.len();
    Ok((lines, left_out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_are_due_by_the_time_at_which_they_came() {
        let wait =
            |speed: &str, this| speed.parse::<Speed>().unwrap().wait(UnixMillis(1_000), UnixMillis(this));
        for (speed, this, due) in [
            ("1", 1_000, 0),
            ("1", 3_500, 2_500),
            ("10", 3_500, 250),
            ("0.5", 3_500, 5_000),
            ("max", 9_000, 0),
            ("1", 7, 0),
        ] {
            assert_eq!(wait(speed, this), Duration::from_millis(due), "{speed} {this}");
        }
    }

    #[test]
    fn a_speed_is_a_number_above_zero() {
        for text in ["0.0009", "0", "-1", "NaN", "inf", "fast", ""] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
    }
}
