//! `--answer`: what to answer, by command.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tencent_im_webhook::{
    BoxError, Choice, Command, Event, FriendCode, FriendVerdict, IntoReply as _, Reply, UserId,
};

use crate::error::{Error, ErrorKind};
use crate::names;
use crate::time::duration;

/// The rules of the command line.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    /// The general before the particular, and the earlier before the later: the last one that fits counts.
    rules: Vec<Rule>,
}

/// One `--answer`: which commands, how long to wait, and what to decide.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Rule {
    scope: Scope,
    delay: Option<Duration>,
    decision: Option<Decision>,
}

/// From the general to the particular.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Scope {
    All,
    Family(String),
    Command(String),
}

/// What can be decided, though not for every command.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Decision {
    Allow,
    Reject,
    RejectWith(u32, String),
    Discard,
    Defer,
}

impl Answers {
    /// Puts rules in order.
    ///
    /// # Errors
    ///
    /// When one decides what no command in its scope can be answered with.
    pub(super) fn new(mut rules: Vec<Rule>) -> Result<Self, Error> {
        rules.iter().try_for_each(Rule::check)?;
        rules.sort_by(|a, b| a.scope.cmp(&b.scope));
        Ok(Self { rules })
    }

    /// How long to hold the answer to a command back, counted from its head.
    pub(super) fn delay(&self, command: Option<&Command>) -> Option<Duration> {
        self.rules.iter().rev().filter(|rule| rule.scope.has(command)).find_map(|rule| rule.delay)
    }

    /// What to answer a command; `None` if no rule decides.
    pub(super) fn decision(&self, command: Option<&Command>) -> Option<&Decision> {
        let in_scope = self.rules.iter().rev().filter(|rule| rule.scope.has(command));
        in_scope.filter_map(|rule| rule.decision.as_ref()).find(|decision| decision.suits(command))
    }
}

impl Rule {
    fn check(&self) -> Result<(), Error> {
        let Some(decision) = &self.decision else { return Ok(()) };
        let mut commands = Command::ALL.iter().filter(|command| self.scope.has(Some(command)));
        match commands.any(|command| decision.suits(Some(command))) {
            true => Ok(()),
            false => Err(self.impossible(decision)),
        }
    }

    fn impossible(&self, decision: &Decision) -> Error {
        let message = match &self.scope {
            Scope::Command(name) => {
                format!(
                    "{name} cannot be answered with `{decision}`, but with {}",
                    possible(&Command::from(&**name))
                )
            }
            Scope::Family(name) => format!("no command of {name} can be answered with `{decision}`"),
            Scope::All => format!("no command can be answered with `{decision}`"),
        };
        Error::new(ErrorKind::Usage, message)
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (scope, what) = text.split_once('=').ok_or("write COMMAND=WHAT")?;
        let (delay, what) = match what.strip_prefix("delay:").map(|rest| rest.split_once(',')) {
            None => (None, Some(what)),
            Some(None) => (what.strip_prefix("delay:"), None),
            Some(Some((delay, what))) => (Some(delay), Some(what)),
        };
        Ok(Self {
            scope: scope.parse()?,
            delay: delay.map(duration).transpose()?,
            decision: what.map(str::parse).transpose()?,
        })
    }
}

impl Scope {
    fn has(&self, command: Option<&Command>) -> bool {
        match (self, command) {
            (Self::All, _) => true,
            (Self::Family(name), Some(command)) => name == command.family(),
            (Self::Command(name), Some(command)) => name == command.as_str(),
            (Self::Family(_) | Self::Command(_), None) => false,
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::All);
        }
        let family =
            Command::ALL.iter().map(Command::family).find(|family| family.eq_ignore_ascii_case(text));
        match family {
            Some(family) => Ok(Self::Family(family.to_owned())),
            None => Ok(Self::Command(names::command(text)?.as_str().to_owned())),
        }
    }
}

impl Decision {
    /// The reply to an event whose command it suits.
    ///
    /// # Errors
    ///
    /// When it is to be deferred, or names are needed that cannot be read.
    pub(super) fn reply(&self, event: &Event) -> Result<Reply, BoxError> {
        match self {
            Self::Defer => Err("as --answer says".into()),
            Self::Allow => allow(event),
            Self::Reject => refuse(event, 1, FriendCode::FIRST, ""),
            Self::RejectWith(code, text) => {
                refuse(event, *code, FriendCode::new(*code).unwrap_or(FriendCode::FIRST), text)
            }
            Self::Discard => Ok(Reply::new(2, "")?),
        }
    }

    /// Whether the command can be answered so. One that is not known can be acknowledged.
    fn suits(&self, command: Option<&Command>) -> bool {
        let choices = command.map(Command::choices).unwrap_or_default();
        match self {
            Self::Allow | Self::Defer => true,
            Self::Reject => choices
                .iter()
                .any(|choice| matches!(choice, Choice::Reject | Choice::Each { .. } | Choice::Fail)),
            Self::RejectWith(code, _) => choices.iter().any(|choice| match choice {
                Choice::RejectWith { codes } | Choice::Each { codes, .. } => codes.contains(code),
                Choice::Fail => *code == 1,
                _ => false,
            }),
            Self::Discard => choices.contains(&Choice::Discard),
        }
    }
}

impl FromStr for Decision {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "allow" => return Ok(Self::Allow),
            "reject" => return Ok(Self::Reject),
            "discard" => return Ok(Self::Discard),
            "defer" => return Ok(Self::Defer),
            _ => {}
        }
        let code = text.strip_prefix("reject:").ok_or_else(|| {
            format!("`{text}` is none of allow, reject, reject:CODE:TEXT, discard, defer and delay:TIME")
        })?;
        let (code, text) = code.split_once(':').unwrap_or((code, ""));
        let code = code.parse().map_err(|_| format!("`{code}` is no code: write reject:CODE:TEXT"))?;
        Ok(Self::RejectWith(code, text.to_owned()))
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow => f.write_str("allow"),
            Self::Reject => f.write_str("reject"),
            Self::RejectWith(code, _) => write!(f, "reject:{code}"),
            Self::Discard => f.write_str("discard"),
            Self::Defer => f.write_str("defer"),
        }
    }
}

fn allow(event: &Event) -> Result<Reply, BoxError> {
    match friends(event) {
        Some(friends) => {
            let verdict = friends.into_iter().fold(FriendVerdict::new(), FriendVerdict::allow);
            Ok(verdict.into_reply()?)
        }
        None => Ok(Reply::ok()),
    }
}

/// Friends are refused one by one, with a code of their own.
fn refuse(event: &Event, code: u32, friend_code: FriendCode, text: &str) -> Result<Reply, BoxError> {
    let Some(friends) = friends(event) else {
        return match event.command().is_some_and(refuses_each) {
            true => Err("the body does not fit, so nobody knows whom to refuse".into()),
            false => Ok(Reply::new(code, text)?),
        };
    };
    let refuse = |verdict: FriendVerdict, friend| verdict.reject(friend, friend_code, text.to_owned());
    Ok(friends.into_iter().fold(FriendVerdict::new(), refuse).into_reply()?)
}

/// Everybody whom the event asks about, where it asks about each.
fn friends(event: &Event) -> Option<Vec<UserId>> {
    match event {
        Event::SnsPrevFriendAdd(event) => {
            Some(event.friend_item.iter().map(|friend| friend.to_account.clone()).collect())
        }
        Event::SnsPrevFriendResponse(event) => {
            Some(event.response_friend_item.iter().map(|friend| friend.to_account.clone()).collect())
        }
        _ => None,
    }
}

fn refuses_each(command: &Command) -> bool {
    command.choices().iter().any(|choice| matches!(choice, Choice::Each { .. }))
}

/// What a command can be answered with, as `--answer` writes it.
fn possible(command: &Command) -> String {
    let mut words = vec!["allow".to_owned(), "defer".to_owned(), "delay:TIME".to_owned()];
    for choice in command.choices() {
        match choice {
            Choice::Reject => words.push("reject".into()),
            Choice::Fail => words.push("reject:1:TEXT".into()),
            Choice::Discard => words.push("discard".into()),
            Choice::RejectWith { codes } => {
                words.push(format!("reject:CODE:TEXT with a code from {} to {}", codes.start(), codes.end()));
            }
            Choice::Each { codes, .. } => {
                words.push("reject".into());
                words.push(format!("reject:CODE:TEXT with a code from {} to {}", codes.start(), codes.end()));
            }
            _ => {}
        }
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tencent_im_webhook_testing::payload;

    fn answers(rules: &[&str]) -> Answers {
        Answers::new(rules.iter().map(|rule| rule.parse().unwrap()).collect()).unwrap()
    }

    fn json(decision: &str, event: impl Into<Event>) -> serde_json::Value {
        let reply = decision.parse::<Decision>().unwrap().reply(&event.into()).unwrap();
        serde_json::from_slice(reply.body()).unwrap()
    }

    #[test]
    fn a_rule_is_a_scope_a_delay_and_a_decision() {
        let rule = |text: &str| text.parse::<Rule>().unwrap();
        let with = |scope, delay, decision| Rule { scope, delay, decision };
        let late = Some(Duration::from_millis(2500));
        assert_eq!(rule("*=delay:2500ms"), with(Scope::All, late, None));
        assert_eq!(
            rule("group=delay:2500ms,allow"),
            with(Scope::Family("Group".into()), late, Some(Decision::Allow))
        );
        assert_eq!(
            rule("C2C.CallbackBeforeSendMsg=reject:120001:no: links, please=1").decision,
            Some(Decision::RejectWith(120_001, "no: links, please=1".into()))
        );
        assert_eq!(rule("C2C=reject:120001").decision, Some(Decision::RejectWith(120_001, String::new())));
    }

    #[test]
    fn what_is_no_rule_says_why() {
        for (text, problem) in [
            ("allow", "write COMMAND=WHAT"),
            (
                "C2C.CallbackBeforeSendMessage=allow",
                "there is no such command; did you mean `C2C.CallbackBeforeSendMsg`?",
            ),
            ("*=deny", "`deny` is none of"),
            ("*=", "`` is none of"),
            ("*=delay:2500ms,", "`` is none of"),
            ("*=delay:soon", "`soon` is no time such as 2500ms"),
            ("*=reject:much", "`much` is no code"),
        ] {
            let error = text.parse::<Rule>().unwrap_err();
            assert!(error.starts_with(problem), "{text}: {error}");
        }
    }

    #[test]
    fn what_a_command_does_not_have_is_refused_with_what_it_has() {
        for (rule, problem) in [
            ("C2C.CallbackAfterSendMsg=reject", "but with allow, defer, delay:TIME"),
            ("C2C.CallbackBeforeSendMsg=reject:10100:x", "with a code from 120001 to 130000, discard"),
            ("Group.CallbackBeforeCreateGroup=discard", "cannot be answered with `discard`"),
            ("Follow=reject", "no command of Follow can be answered with `reject`"),
            ("*=reject:7:x", "no command can be answered with `reject:7`"),
        ] {
            let error = Answers::new(vec![rule.parse().unwrap()]).unwrap_err();
            assert!(
                error.to_string().ends_with(problem) || error.to_string().contains(problem),
                "{rule}: {error}"
            );
        }
    }

    #[test]
    fn the_particular_comes_before_the_general_and_the_last_before_the_first() {
        let answers = answers(&[
            "C2C.CallbackBeforeSendMsg=discard",
            "*=delay:1s,reject",
            "Group=allow",
            "Group=delay:2s,defer",
            "C2C=allow",
        ]);
        let seconds = |command: &Command| answers.delay(Some(command)).map(|delay| delay.as_secs());
        for (command, decision, delay) in [
            (Command::C2cBeforeSendMsg, Decision::Discard, 1),
            (Command::C2cAfterSendMsg, Decision::Allow, 1),
            (Command::GroupBeforeSendMsg, Decision::Defer, 2),
            (Command::LiveBeforeSendGift, Decision::Reject, 1),
        ] {
            assert_eq!((answers.decision(Some(&command)), seconds(&command)), (Some(&decision), Some(delay)));
        }
        assert_eq!(answers.decision(Some(&Command::StateStateChange)), None, "it cannot be refused");
        assert_eq!(answers.decision(None), None);
    }

    #[test]
    fn friends_are_decided_one_by_one() {
        use tencent_im_webhook::event::sns::PrevFriendAdd;
        let event = payload::<PrevFriendAdd>();
        let friends = event.friend_item.len();
        assert!(friends > 0);
        for (decision, code, text) in
            [("allow", 0, ""), ("reject", 38_000, ""), ("reject:38001:not here", 38_001, "not here")]
        {
            let answer = json(decision, event.clone());
            assert_eq!(answer["ErrorCode"], 0, "{decision}");
            let results = answer["ResultItem"].as_array().unwrap();
            assert_eq!(results.len(), friends);
            assert!(
                results.iter().all(|result| result["ResultCode"] == code && result["ResultInfo"] == text)
            );
        }
    }

    #[test]
    fn messages_are_decided_by_code() {
        use tencent_im_webhook::event::c2c::BeforeSendMsg;
        for (decision, code, text) in
            [("allow", 0, ""), ("reject", 1, ""), ("discard", 2, ""), ("reject:120001:no", 120_001, "no")]
        {
            let answer = json(decision, payload::<BeforeSendMsg>());
            assert_eq!(
                (&answer["ErrorCode"], &answer["ErrorInfo"]),
                (&code.into(), &text.into()),
                "{decision}"
            );
        }
    }
}
