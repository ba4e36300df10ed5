//! Names of commands and families on the command line, in any case, with the nearest one for a slip.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use tencent_im_webhook::Command;

/// Reads a command: its wire name in any case, with or without `Callback`. Completions know all of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommandParser;

/// Reads a family: what stands before the dot of a command, in any case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FamilyParser;

impl TypedValueParser for CommandParser {
    type Value = Command;

    fn parse_ref(
        &self,
        cmd: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        TypedValueParser::parse_ref(&command, cmd, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = Command::ALL
            .iter()
            .map(|command| PossibleValue::new(command.as_str()).help(command.summary().unwrap_or_default()));
        Some(Box::new(values))
    }
}

impl TypedValueParser for FamilyParser {
    type Value = &'static str;

    fn parse_ref(
        &self,
        cmd: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        TypedValueParser::parse_ref(&family, cmd, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(families().into_iter().map(PossibleValue::new)))
    }
}

/// The command of this name.
pub(crate) fn command(name: &str) -> Result<Command, String> {
    let exact = Command::from(name);
    if Command::ALL.contains(&exact) {
        return Ok(exact);
    }
    let wanted = folded(name);
    match Command::ALL.iter().find(|command| folded(command.as_str()) == wanted) {
        Some(command) => Ok(command.clone()),
        None => Err(match nearest(&wanted) {
            Some(name) => format!("there is no such command; did you mean `{name}`?"),
            None => "there is no such command; see `imhook list`".into(),
        }),
    }
}

fn family(name: &str) -> Result<&'static str, String> {
    let families = families();
    let found = families.iter().find(|family| family.eq_ignore_ascii_case(name));
    found.copied().ok_or_else(|| format!("there are {}", families.join(", ")))
}

/// Every family once, in the order of the catalogue.
fn families() -> Vec<&'static str> {
    let mut families: Vec<&str> = Vec::new();
    for command in Command::ALL {
        if !families.contains(&command.family()) {
            families.push(command.family());
        }
    }
    families
}

/// What may have been meant, if anything is like it.
fn nearest(wanted: &str) -> Option<&'static str> {
    let likeness = |command: &Command| strsim::jaro_winkler(&folded(command.as_str()), wanted);
    let all = Command::ALL.iter().map(|command| (command.as_str(), likeness(command)));
    let (name, likeness) = all.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (likeness >= ALIKE).then_some(name)
}

/// From here on a name is taken for a slip of another. A slip in a name keeps more, any other word less.
const ALIKE: f64 = 0.8;

/// What is left of a name without its case and its `Callback`.
fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replacen(".callback", ".", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_people_write_them() {
        let before = Command::C2cBeforeSendMsg;
        for name in ["C2C.CallbackBeforeSendMsg", "c2c.beforesendmsg", "C2C.BeforeSendMsg"] {
            assert_eq!(command(name), Ok(before.clone()), "{name}");
        }
        assert_eq!(command("Live.CallbackMemberStateChanged"), Ok(Command::LiveAfterMemberStateChanged));
        for known in Command::ALL {
            assert_eq!(command(&folded(known.as_str())).as_ref(), Ok(known));
        }
    }

    #[test]
    fn a_slip_gets_the_nearest_name() {
        for (slip, meant) in [
            ("c2c.beforesendmgs", "C2C.CallbackBeforeSendMsg"),
            ("Group.BeforSendMsg", "Group.CallbackBeforeSendMsg"),
            ("State.Change", "State.StateChange"),
            ("Live.SendGift", "Live.CallbackBeforeSendGift"),
        ] {
            assert!(command(slip).unwrap_err().contains(&format!("`{meant}`")), "{:?}", command(slip));
        }
    }

    #[test]
    fn what_is_like_nothing_gets_no_guess() {
        for name in ["foo", "", "x", "help", "!", "hello.world"] {
            assert_eq!(command(name).unwrap_err(), "there is no such command; see `imhook list`", "{name}");
        }
    }

    #[test]
    fn families_are_read_in_any_case() {
        assert_eq!(family("group"), Ok("Group"));
        assert!(family("groups").unwrap_err().contains("C2C, "));
    }
}
