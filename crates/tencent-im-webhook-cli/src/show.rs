//! `imhook show`: all about one command.

use std::collections::BTreeMap;
use std::fmt;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tencent_im_webhook::{Choice, Command};
use tencent_im_webhook_testing::fixture;

use crate::judge::{self, Confidence};
use crate::list::Row;
use crate::names::CommandParser;
use crate::output::{FAINT, Output, STRONG};

/// Show a command: its fields with their types, a sample body, and what it can be answered with.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  imhook show C2C.CallbackBeforeSendMsg
  imhook show group.aftersendmsg --json | jq .sample > body.json
  imhook show live.sendgift --json | jq -r '.fields[] | select(.required).path'")]
pub(crate) struct Show {
    /// The command, in any case, with or without `Callback`.
    #[arg(value_parser = CommandParser, hide_possible_values = true)]
    command: Command,
}

#[derive(Debug, Serialize)]
struct Page {
    #[serde(flatten)]
    row: Row,
    fields: Vec<Field>,
    sample: Value,
    /// The sample as it is laid out for reading.
    #[serde(skip)]
    sample_text: &'static str,
    answers: Vec<Answer>,
    failure: Effect,
}

/// A field of the body: see the file that these are read from.
#[derive(Debug, Deserialize, Serialize)]
struct Field {
    path: String,
    #[serde(rename = "type")]
    kind: String,
    required: bool,
    doc: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    names: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Answer {
    answer: &'static str,
    /// In words, since some answers have a range.
    error_code: String,
    keys: Vec<&'static str>,
    effect: String,
}

/// What the platform does when there is no good answer.
#[derive(Debug, Serialize)]
struct Effect {
    effect: String,
    confidence: Confidence,
}

impl Show {
    pub(crate) fn run(self, output: &Output) {
        output.print(&Page::of(&self.command));
    }
}

impl Page {
    fn of(command: &Command) -> Self {
        let (effect, confidence) = judge::after_no_answer(command);
        let sample_text = fixture(command).map_or("{}", |fixture| fixture.body());
        Self {
            row: Row::of(command),
            fields: fields(command),
            sample: serde_json::from_str(sample_text).expect("fixtures are JSON"),
            sample_text,
            answers: command.choices().iter().map(|choice| Answer::of(command, choice)).collect(),
            failure: Effect { effect, confidence },
        }
    }
}

impl Answer {
    fn of(command: &Command, choice: &Choice) -> Self {
        let error_code = match choice {
            Choice::Reject => "1".into(),
            Choice::Discard => "2".into(),
            Choice::RejectWith { codes } => format!("{} to {}", codes.start(), codes.end()),
            Choice::Fail => "any but 0".into(),
            _ => "0".into(),
        };
        let (effect, _) = judge::effect_of(command, choice);
        Self { answer: choice.as_str(), error_code, keys: choice.keys().collect(), effect }
    }
}

/// What the payload's type says, written down when it changes.
fn fields(command: &Command) -> Vec<Field> {
    let mut fields: BTreeMap<String, Vec<Field>> =
        serde_json::from_str(include_str!("fields.json")).expect("the tests read it");
    fields.remove(command.as_str()).unwrap_or_default()
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row { command, kind, summary, .. } = &self.row;
        writeln!(f, "{STRONG}{command}{STRONG:#}  {kind}\n{summary}\n\n{STRONG}Fields{STRONG:#}")?;
        let path = self.fields.iter().map(|field| field.path.len()).max().unwrap_or_default();
        let kind = self.fields.iter().map(|field| field.kind.len()).max().unwrap_or_default();
        for field in &self.fields {
            let need = if field.required { "" } else { "optional" };
            writeln!(
                f,
                "  {:path$}  {:kind$}  {need:8}  {FAINT}{}{FAINT:#}",
                field.path, field.kind, field.doc
            )?;
            if !field.names.is_empty() {
                writeln!(f, "  {:path$}  {FAINT}{}, …{FAINT:#}", "", field.names.join(", "))?;
            }
        }
        writeln!(f, "\n{STRONG}Sample{STRONG:#}\n{}", self.sample_text.trim_end())?;
        writeln!(f, "\n{STRONG}Answers{STRONG:#}")?;
        for Answer { error_code, keys, effect, .. } in &self.answers {
            let keys = if keys.is_empty() { String::new() } else { format!(" with {}", keys.join(", ")) };
            writeln!(f, "  ErrorCode {error_code}{keys}: {effect}")?;
        }
        let Effect { effect, confidence } = &self.failure;
        write!(f, "  no good answer in time: {effect} {FAINT}({confidence}){FAINT:#}")
    }
}
