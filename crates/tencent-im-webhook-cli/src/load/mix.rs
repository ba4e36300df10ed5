//! What a load consists of: commands with their weights and bodies.

use std::path::Path;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tencent_im_webhook::Command;

use crate::error::{Error, ErrorKind};
use crate::names;

/// Never empty.
#[derive(Clone, Debug)]
pub(super) struct Mix(pub(super) Vec<Part>);

#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) command: Command,
    /// At least 1.
    pub(super) weight: u32,
    /// The sample if absent.
    pub(super) body: Option<Bytes>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    command: String,
    #[serde(default = "one")]
    weight: u32,
    body: Option<Box<RawValue>>,
}

impl Mix {
    /// Every command as often as any other.
    pub(super) fn even() -> Self {
        let part = |command: &Command| Part { command: command.clone(), weight: 1, body: None };
        Self(Command::ALL.iter().map(part).collect())
    }

    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|error| Error::file(path, error))?;
        Self::parse(&text)
            .map_err(|problem| Error::new(ErrorKind::File, format!("{}{problem}", path.display())))
    }

    /// Problems begin with the number of the line, to follow the name of the file.
    fn parse(text: &str) -> Result<Self, String> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let part = |(at, line): (usize, &str)| {
            Part::parse(line).map_err(|problem| format!(":{}: {problem}", at + 1))
        };
        let parts = lines.map(part).collect::<Result<Vec<_>, _>>()?;
        match parts.is_empty() {
            true => Err(": no command in it".into()),
            false => Ok(Self(parts)),
        }
    }
}

impl Part {
    fn parse(line: &str) -> Result<Self, String> {
        let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
        if line.weight == 0 {
            return Err("a weight of 0 sends nothing".into());
        }
        let body = line.body.map(|body| Bytes::copy_from_slice(body.get().as_bytes()));
        Ok(Self { command: names::command(&line.command)?, weight: line.weight, body })
    }
}

fn one() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_has_a_command_per_line() {
        let mix = Mix::parse(
            r#"{"command":"c2c.beforesendmsg","weight":8}

            {"command":"State.StateChange","body":{"a": 1}}"#,
        );
        let parts = mix.unwrap().0;
        assert_eq!((&parts[0].command, parts[0].weight), (&Command::C2cBeforeSendMsg, 8));
        assert_eq!(parts[1].body.as_deref(), Some(&br#"{"a": 1}"#[..]));
    }

    #[test]
    fn a_bad_line_is_told_by_its_number() {
        for (text, problem) in [
            ("", ": no command in it"),
            ("\n{]", ":2: "),
            (r#"{"command":"State.StateChnge"}"#, ":1: there is no such command; did you mean"),
            (r#"{"command":"State.StateChange","weight":0}"#, ":1: a weight of 0"),
            (r#"{"command":"State.StateChange","often":1}"#, ":1: unknown field `often`"),
        ] {
            let error = Mix::parse(text).unwrap_err();
            assert!(error.starts_with(problem), "{error}");
        }
    }
}
