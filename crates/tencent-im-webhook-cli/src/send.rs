//! `imhook send`: play the platform once, and judge the answers.

use std::fmt;
use std::io::Read as _;
use std::path::PathBuf;

use bytes::Bytes;
use clap::{ArgGroup, Args};
use serde::Serialize;
use serde_json::Value;
use tencent_im_webhook::Command;
use tencent_im_webhook_serve::asked_to_stop;

use crate::client::{Client, SendError, Timed};
use crate::edit::Edits;
use crate::error::{Error, ErrorKind};
use crate::judge::{Judgement, LIMIT, judge};
use crate::list::kind_name;
use crate::names::{CommandParser, FamilyParser};
use crate::output::{BAD, FAINT, GOOD, Output, STRONG, printable};
use crate::sender::Sender;

/// Send webhooks as the platform does, and say what it would make of the answers.
///
/// An answer is good if it comes within two seconds, with status 200, a JSON object and a code that the command
/// knows: whether it allows or refuses. Ctrl-C ends early, with the summary so far and exit code 6.
#[derive(Args, Debug)]
#[command(
    group = ArgGroup::new("what").required(true).args(["commands", "all", "family"]),
    after_help = "\
Examples:
  imhook send C2C.CallbackBeforeSendMsg --to http://127.0.0.1:8080/im/webhook --app-id 1400000000 --token secret
  imhook send group.beforesendmsg --set MsgBody.0.MsgContent.Text=spam --to … --app-id …
  imhook send --family Group --to … --app-id …
  imhook send --all --to … --app-id … --json | jq -r 'select(.faults != []).command'
  jq .raw saved.json | imhook send State.StateChange --body - --to … --app-id …"
)]
pub(crate) struct Send {
    /// The commands, in any case, with or without `Callback`.
    #[arg(value_name = "COMMAND", value_parser = CommandParser, hide_possible_values = true)]
    commands: Vec<Command>,

    /// Every command that there is.
    #[arg(long)]
    all: bool,

    /// Every command of a family.
    #[arg(long, value_name = "F", value_parser = FamilyParser, hide_possible_values = true)]
    family: Option<&'static str>,

    #[command(flatten)]
    sender: Sender,

    /// The body from a file instead of the sample. For one command only.
    #[arg(long, value_name = "FILE", help_heading = "Body", conflicts_with_all = ["body", "all", "family"])]
    file: Option<PathBuf>,

    /// The body itself, or `-` for standard input, instead of the sample. For one command only.
    #[arg(long, value_name = "JSON", help_heading = "Body", conflicts_with_all = ["all", "family"], allow_hyphen_values = true)]
    body: Option<String>,

    #[command(flatten)]
    edits: Edits,
}

/// A webhook that was sent, and what came of it.
#[derive(Debug, Serialize)]
pub(crate) struct Sent<'a> {
    command: &'a str,
    kind: &'static str,
    pub(crate) status: Option<u16>,
    latency_us: u128,
    #[serde(flatten)]
    judgement: Judgement,
    /// The answer's body: as JSON, as text if it is none, absent if there was no answer.
    pub(crate) answer: Option<Value>,
}

/// The last line.
#[derive(Debug, Serialize)]
pub(crate) struct Closing<'a> {
    pub(crate) summary: &'a Summary,
}

/// What came of all that was sent.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Summary {
    sent: usize,
    good: usize,
    planned: usize,
    slowest_us: u128,
    late: usize,
}

impl Send {
    pub(crate) async fn run(self, output: &Output) -> Result<(), Error> {
        let webhooks = self.webhooks()?;
        let client = self.sender.client()?;
        let mut summary = Summary::of(webhooks.len());
        tokio::select! {
            // Listened for before anything is sent.
            biased;
            () = asked_to_stop() => {}
            result = self.send_all(&webhooks, &client, output, &mut summary) => result?,
        }
        if summary.planned > 1 || summary.left() > 0 {
            output.print(&Closing { summary: &summary });
        }
        summary.verdict()
    }

    async fn send_all(
        &self,
        webhooks: &[(Command, Bytes)],
        client: &Client,
        output: &Output,
        summary: &mut Summary,
    ) -> Result<(), Error> {
        for (command, body) in webhooks {
            let webhook = self.sender.webhook(command).body(body.clone());
            let sent = Sent::new(command, &reached(client, client.send(&webhook).await)?);
            summary.count(&sent);
            output.print(&sent);
        }
        Ok(())
    }

    /// What to send: everything is checked before anything is sent.
    fn webhooks(&self) -> Result<Vec<(Command, Bytes)>, Error> {
        let commands = self.commands();
        let given = self.given_body()?;
        if given.is_some() && commands.len() > 1 {
            return Err(Error::new(ErrorKind::Usage, "one body does not fit several commands"));
        }
        let edited = |command: &Command| {
            let sample = self.sender.webhook(command);
            let body = given.as_ref().unwrap_or(sample.body_bytes());
            match self.edits.is_empty() {
                true => Ok(body.clone()),
                false => self.edits.apply(body).map(Bytes::from),
            }
        };
        let webhook = |command: Command| match edited(&command) {
            Ok(body) => Ok((command, body)),
            Err(problem) => Err(Error::new(ErrorKind::Usage, format!("{command}: {problem}"))),
        };
        commands.into_iter().map(webhook).collect()
    }

    fn commands(&self) -> Vec<Command> {
        let wanted =
            |command: &&Command| self.all || self.family.is_some_and(|family| command.family() == family);
        match self.commands.is_empty() {
            true => Command::ALL.iter().filter(wanted).cloned().collect(),
            false => self.commands.clone(),
        }
    }

    fn given_body(&self) -> Result<Option<Bytes>, Error> {
        let read = match (&self.file, self.body.as_deref()) {
            (Some(path), _) => std::fs::read(path).map_err(|error| Error::file(path, error))?,
            (None, Some("-")) => {
                let mut bytes = Vec::new();
                std::io::stdin()
                    .read_to_end(&mut bytes)
                    .map_err(|error| Error::file("standard input", error))?;
                bytes
            }
            (None, Some(body)) => body.into(),
            (None, None) => return Ok(None),
        };
        Ok(Some(read.into()))
    }
}

/// A target that cannot even be connected to ends everything: the next webhook would fare no better.
pub(crate) fn reached(
    client: &Client,
    result: Result<Timed, SendError>,
) -> Result<Result<Timed, SendError>, Error> {
    match result {
        Err(error) if error.kind().is_unreachable() => Err(client.unreachable(&error)),
        result => Ok(result),
    }
}

impl<'a> Sent<'a> {
    pub(crate) fn new(command: &'a Command, result: &Result<Timed, SendError>) -> Self {
        let (status, latency, answer) = match result {
            Ok(timed) => {
                let text = || Value::String(String::from_utf8_lossy(timed.answered.body()).into_owned());
                let answer = timed.answered.json().unwrap_or_else(text);
                (Some(timed.answered.status().as_u16()), timed.latency, Some(answer))
            }
            Err(error) => (None, error.latency(), None),
        };
        Self {
            command: command.as_str(),
            kind: command.kind().map_or("", kind_name),
            status,
            latency_us: latency.as_micros(),
            judgement: judge(command, result),
            answer,
        }
    }
}

impl fmt::Display for Sent<'_> {
    /// The command may be a replayed one, and names and texts are the target's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, status, judgement, .. } = self;
        let (command, effect) = (printable(command), printable(&judgement.effect));
        let (mark, style) = if judgement.is_good() { ("ok  ", GOOD) } else { ("FAIL", BAD) };
        let status = status.map_or_else(|| "-".into(), |status| status.to_string());
        let latency = Milliseconds(self.latency_us);
        write!(
            f,
            "{style}{mark}{style:#} {STRONG}{command}{STRONG:#}  {status} in {latency} of {} s",
            LIMIT.as_secs()
        )?;
        match &judgement.said {
            Some(said) => write!(f, "\n     {}: {effect}", printable(said))?,
            None => {
                for fault in &judgement.faults {
                    write!(f, "\n     {}", printable(&fault.to_string()))?;
                }
                write!(f, "\n     {effect}")?;
            }
        }
        let mut notes = judgement.notes.iter().map(|note| printable(note));
        notes.try_for_each(|note| write!(f, "\n     {FAINT}note: {note}{FAINT:#}"))
    }
}

impl Summary {
    /// Of nothing yet.
    pub(crate) fn of(planned: usize) -> Self {
        Self { planned, ..Self::default() }
    }

    /// Whether there was nothing to send.
    pub(crate) fn is_empty(&self) -> bool {
        self.planned == 0
    }

    /// How many have no answer, since somebody had enough before.
    fn left(&self) -> usize {
        self.planned - self.sent
    }

    /// An error where not all was well, or not all was done.
    pub(crate) fn verdict(&self) -> Result<(), Error> {
        match (self.sent - self.good, self.left()) {
            (0, 0) => Ok(()),
            (0, left) => Err(Error::stopped(left)),
            (bad, _) => {
                let message = format!("{bad} of {} not answered as the platform wants it", self.sent);
                Err(Error::new(ErrorKind::Failed, message))
            }
        }
    }

    pub(crate) fn count(&mut self, sent: &Sent<'_>) {
        self.sent += 1;
        self.good += usize::from(sent.judgement.is_good());
        self.slowest_us = self.slowest_us.max(sent.latency_us);
        self.late += usize::from(sent.latency_us > LIMIT.as_micros());
    }
}

impl fmt::Display for Closing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { sent, good, late, slowest_us, .. } = self.summary;
        write!(f, "{good} of {sent} answered as the platform wants it")?;
        if *sent > 0 {
            write!(f, ", the slowest in {}", Milliseconds(*slowest_us))?;
        }
        if *late > 0 {
            write!(f, ", {late} too late")?;
        }
        match self.summary.left() {
            0 => Ok(()),
            left => write!(f, "; stopped before {left} more"),
        }
    }
}

/// Microseconds, shown as milliseconds.
pub(crate) struct Milliseconds(pub(crate) u128);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} ms", self.0 / 1000, self.0 % 1000 / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{Confidence, Fault};
    use crate::output::steers;

    #[test]
    fn what_people_write_cannot_steer_the_terminal() {
        let hostile = || "x\u{1b}[2J\u{9b}2J\u{61c}\u{202e}".to_owned();
        let (command, name) = (Command::from(&*hostile()), hostile());
        let judgement = |said: Option<String>| Judgement {
            verdict: None,
            said,
            effect: format!("refused: {name}"),
            confidence: Confidence::Documented,
            faults: vec![Fault::Shape(hostile())],
            notes: vec![hostile()],
        };
        for said in [Some(hostile()), None] {
            let sent = Sent {
                command: command.as_str(),
                kind: "",
                status: Some(200),
                latency_us: 0,
                judgement: judgement(said),
                answer: None,
            };
            let text = anstream::adapter::strip_str(&sent.to_string()).to_string();
            assert!(!text.replace('\n', "").contains(steers), "{text:?}");
            assert!(text.contains("refused: x\\u{1b}[2J\\u{9b}2J\\u{61c}\\u{202e}"), "{text}");
        }
    }
}
