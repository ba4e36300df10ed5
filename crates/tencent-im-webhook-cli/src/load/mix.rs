//! What a load consists of: commands with their weights and bodies.

use std::path::Path;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tencent_im_webhook::Command;

use crate::error::Error;
use crate::lines::{self, at_line};
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
        Self::of(path, lines::read(path)?)
    }

    /// What the lines of a file say.
    fn of(path: &Path, lines: Vec<(usize, Line)>) -> Result<Self, Error> {
        let part = |(number, line)| Part::of(line).map_err(|problem| at_line(path, number, problem));
        let parts = lines.into_iter().map(part).collect::<Result<Vec<_>, _>>()?;
        match parts.is_empty() {
            true => Err(Error::file(path, "no command in it")),
            false => Ok(Self(parts)),
        }
    }
}

impl Part {
    fn of(line: Line) -> Result<Self, String> {
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

    fn parse(text: &str) -> Result<Mix, Error> {
        let path = Path::new("mix");
        Mix::of(path, lines::parse(path, text.as_bytes())?)
    }

    #[test]
    fn a_mix_has_a_command_per_line() {
        let mix = parse(
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
            ("", "mix: no command in it"),
            ("\n{]", "mix: line 2: "),
            (r#"{"command":"State.StateChnge"}"#, "mix: line 1: there is no such command; did you mean"),
            (r#"{"command":"State.StateChange","weight":0}"#, "mix: line 1: a weight of 0"),
            (r#"{"command":"State.StateChange","often":1}"#, "mix: line 1: unknown field `often`"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.starts_with(problem), "{error}");
        }
    }
}
