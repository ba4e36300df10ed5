//! What the platform makes of an answer, by its own rules.
//!
//! The rules: two seconds, status 200, a JSON object, and a code that the command knows. Anything else is a
//! webhook that failed. What then happens is documented for some cases only, so every judgement says how sure
//! it is.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use http::StatusCode;
use serde::Serialize;
use serde::ser::SerializeStruct as _;
use serde_json::{Map, Value};
use tencent_im_webhook::{Choice, Command, Kind};
use tencent_im_webhook_testing::Answered;

use crate::client::{SendError, SendErrorKind, Timed};

/// How long the platform waits for an answer.
pub(crate) const LIMIT: Duration = Duration::from_secs(2);

/// What an answer says, and what the platform does about it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Judgement {
    /// What the answer says, in a word; absent where the webhook failed.
    pub(crate) verdict: Option<&'static str>,
    /// The same in a few words, with its codes and names.
    pub(crate) said: Option<String>,
    /// What the platform does.
    pub(crate) effect: String,
    pub(crate) confidence: Confidence,
    /// Why the platform takes the webhook for failed. Empty where it does not.
    pub(crate) faults: Vec<Fault>,
    /// What is odd about the answer, and does not count.
    pub(crate) notes: Vec<String>,
}

/// How sure an effect is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Confidence {
    /// The platform's documentation says so.
    Documented,
    /// It follows from the documentation.
    Inferred,
    /// Nothing is known.
    NotDocumented,
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Documented => "documented",
            Self::Inferred => "inferred",
            Self::NotDocumented => "not documented",
        })
    }
}

/// Why an answer is none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// There was none.
    Silence(SendErrorKind),
    /// It took longer than [`LIMIT`].
    Late,
    Status(StatusCode),
    /// The body is no JSON object; what it is instead.
    NotJson(&'static str),
    /// A key is missing or has the wrong shape.
    Shape(String),
    /// The command knows no such code.
    Code(i64),
    /// A friend's own code lies outside of the range for it.
    ResultCode(i64),
}

impl Judgement {
    /// Whether the platform took the answer for one.
    pub(crate) fn is_good(&self) -> bool {
        self.faults.is_empty()
    }

    fn failed(command: &Command, faults: Vec<Fault>, notes: Vec<String>) -> Self {
        let (effect, confidence) = after_failure(command, &faults);
        Self { verdict: None, said: None, effect, confidence, faults, notes }
    }
}

impl fmt::Display for Judgement {
    /// In one line: what was said, or what is wrong, and what follows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.said {
            Some(said) => write!(f, "{said}: {}", self.effect),
            None => {
                let faults: Vec<_> = self.faults.iter().map(ToString::to_string).collect();
                write!(f, "{}: {}", faults.join(", "), self.effect)
            }
        }
    }
}

impl Fault {
    /// The fault in a word, the same for all of a kind.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Silence(SendErrorKind::Dns) => "dns",
            Self::Silence(SendErrorKind::Refused) => "refused",
            Self::Silence(SendErrorKind::Unreachable) => "unreachable",
            Self::Silence(SendErrorKind::Tls) => "tls",
            Self::Silence(SendErrorKind::TimedOut) => "timed_out",
            Self::Silence(SendErrorKind::Broken) => "broken",
            Self::Late => "late",
            Self::Status(_) => "status",
            Self::NotJson(_) => "not_json",
            Self::Shape(_) => "shape",
            Self::Code(_) | Self::ResultCode(_) => "code",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silence(kind) => f.write_str(kind.as_str()),
            Self::Late => write!(f, "the answer came after more than {} s", LIMIT.as_secs()),
            Self::Status(status) => write!(f, "the status is {}, and only 200 counts", status.as_u16()),
            Self::NotJson(problem) => f.write_str(problem),
            Self::Shape(problem) => f.write_str(problem),
            Self::Code(code) => write!(f, "the command knows no code {code}"),
            Self::ResultCode(code) => write!(f, "a `ResultCode` may not be {code}"),
        }
    }
}

impl Serialize for Fault {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Fault", 2)?;
        fields.serialize_field("kind", self.kind())?;
        fields.serialize_field("message", &self.to_string())?;
        fields.end()
    }
}

/// Judges what came back, or that nothing did.
pub(crate) fn judge(command: &Command, result: &Result<Timed, SendError>) -> Judgement {
    match result {
        Ok(timed) => judge_answer(command, &timed.answered, timed.latency),
        Err(error) => Judgement::failed(command, vec![Fault::Silence(error.kind())], Vec::new()),
    }
}

fn judge_answer(command: &Command, answered: &Answered, latency: Duration) -> Judgement {
    let mut faults = Vec::new();
    if latency > LIMIT {
        faults.push(Fault::Late);
    }
    if answered.status() != StatusCode::OK {
        faults.push(Fault::Status(answered.status()));
    }
    let mut notes = Vec::new();
    let said = read(command, answered.body(), &mut notes);
    match said {
        Ok(said) if faults.is_empty() => {
            let (effect, confidence) = said.effect(command);
            Judgement {
                verdict: Some(said.as_str()),
                said: Some(said.to_string()),
                effect,
                confidence,
                faults,
                notes,
            }
        }
        Ok(_) => Judgement::failed(command, faults, notes),
        Err(fault) => {
            faults.push(fault);
            Judgement::failed(command, faults, notes)
        }
    }
}

/// What an answer says.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    Ok,
    Rewrite {
        body: bool,
        custom_data: bool,
    },
    Except(Vec<String>),
    Each(Vec<(String, i64)>),
    Reject,
    RejectWith(i64, String),
    Discard,
    Data(&'static str),
    Variables(&'static str),
    Fail(i64, String),
    /// After the event: whatever it says is ignored.
    Noted,
}

impl Said {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Rewrite { .. } => "rewrite",
            Self::Except(_) => "except",
            Self::Each(_) => "each",
            Self::Reject => "reject",
            Self::RejectWith(..) => "reject_with",
            Self::Discard => "discard",
            Self::Data(_) => "data",
            Self::Variables(_) => "variables",
            Self::Fail(..) => "fail",
            Self::Noted => "noted",
        }
    }

    fn effect(&self, command: &Command) -> (String, Confidence) {
        let choice = match self {
            Self::Except(users) => {
                let goes_on = Subject::of(command).goes_on;
                return (format!("{goes_on}, without {}", users.join(", ")), Confidence::Documented);
            }
            Self::Each(results) => return (each(results), Confidence::Documented),
            said => command.choices().iter().find(|choice| choice.as_str() == said.as_str()),
        };
        effect_of(command, choice.unwrap_or(&Choice::Ok))
    }
}

/// What the platform does about an answer of this kind.
pub(crate) fn effect_of(command: &Command, choice: &Choice) -> (String, Confidence) {
    use Confidence::{Documented, NotDocumented};
    let Subject { goes_on, stops } = Subject::of(command);
    let effect = match choice {
        Choice::Ok if command.kind() == Some(Kind::After) => {
            "what an answer says after the event is ignored".into()
        }
        Choice::Ok if command.choices().iter().any(|choice| matches!(choice, Choice::Data { .. })) => {
            return ("no data was given; whether some must be is not documented".into(), NotDocumented);
        }
        Choice::Ok => goes_on.into(),
        Choice::Rewrite => "delivered as rewritten; the sender's client learns of the change".into(),
        Choice::Except { .. } => format!("{goes_on}, without those"),
        Choice::Each { .. } => "whose result is not 0 is refused; the others are let through".into(),
        Choice::Reject => match command.refused_with() {
            Some(code) => format!("{stops}; the caller gets {code}"),
            None => format!("{stops}; what code the caller gets is not documented"),
        },
        Choice::RejectWith { .. } => format!("{stops}; the client gets the code and the text"),
        Choice::Discard => format!("{stops}; the sender is told that it was sent"),
        Choice::Data { .. } => "the bot gets the data".into(),
        Choice::Variables { .. } => "the values go into the session's variables".into(),
        Choice::Fail => "the bot is told that the invocation failed".into(),
        _ => "what the platform does is not known to this program".into(),
    };
    (effect, Documented)
}

/// What the platform does when no answer comes.
pub(crate) fn after_no_answer(command: &Command) -> (String, Confidence) {
    after_failure(command, &[Fault::Late])
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            Self::Rewrite { body: true, custom_data: true } => f.write_str("rewrite of body and custom data"),
            Self::Rewrite { body: true, .. } => f.write_str("rewrite of the body"),
            Self::Rewrite { .. } => f.write_str("rewrite of the custom data"),
            Self::Except(users) => write!(f, "ok, except {}", users.len()),
            Self::Each(results) => write!(f, "{} results", results.len()),
            Self::Reject => f.write_str("reject"),
            Self::RejectWith(code, text) => write!(f, "reject with {code}, {text:?}"),
            Self::Discard => f.write_str("discard"),
            Self::Data(key) | Self::Variables(key) => write!(f, "data in `{key}`"),
            Self::Fail(code, text) => write!(f, "failed with {code}, {text:?}"),
            Self::Noted => f.write_str("noted"),
        }
    }
}

fn each(results: &[(String, i64)]) -> String {
    let refused: Vec<_> =
        results.iter().filter(|(_, code)| *code != 0).map(|(user, _)| user.as_str()).collect();
    match refused.is_empty() {
        true => "everybody is let through".into(),
        false => format!("refused: {}; the others are let through", refused.join(", ")),
    }
}

/// How the two outcomes of a command are called.
struct Subject {
    goes_on: &'static str,
    stops: &'static str,
}

impl Subject {
    fn of(command: &Command) -> Self {
        let (goes_on, stops) = match command {
            Command::LiveBeforeSendGift => ("the gift is sent", "the gift is not sent"),
            Command::SnsPrevFriendAdd | Command::SnsPrevFriendResponse => {
                ("everybody is let through", "refused")
            }
            _ if command.choices().contains(&Choice::Discard) => ("delivered", "not delivered"),
            _ if command.kind() == Some(Kind::Reply) => ("done", "failed"),
            _ => ("it goes on", "refused"),
        };
        Self { goes_on, stops }
    }
}

/// What happens when the webhook failed: by default nothing is held up, gifts excepted.
fn after_failure(command: &Command, faults: &[Fault]) -> (String, Confidence) {
    use Confidence::{Documented, Inferred, NotDocumented};
    match (command.kind(), faults) {
        (Some(Kind::After) | None, _) => {
            let effect = "the platform takes the webhook for failed, and sends it again only where the console has the retry on";
            (effect.into(), Inferred)
        }
        (Some(Kind::Before), _) if *command == Command::LiveBeforeSendGift => {
            ("the gift is not sent: gifts are refused where no good answer comes".into(), Documented)
        }
        (Some(Kind::Before), [Fault::Code(_)]) if has_results(command) => (
            "everybody is let through: a code for the whole refuses nobody, only each friend's own does"
                .into(),
            Documented,
        ),
        (Some(Kind::Before), [Fault::ResultCode(_)]) => (
            "refused are those whose result is not 0, whatever it is; the others are let through".into(),
            Documented,
        ),
        (Some(Kind::Before), [Fault::Code(_) | Fault::Shape(_)]) => {
            ("what the platform does with it is not documented; count on it going on".into(), NotDocumented)
        }
        (Some(Kind::Before), faults) => {
            let goes_on = Subject::of(command).goes_on;
            let effect = format!(
                "{goes_on} as if there were no webhook, unless the console's policy says otherwise{}",
                on_policy(command)
            );
            let timed_out = [Fault::Late, Fault::Silence(SendErrorKind::TimedOut)];
            (effect, if faults.iter().any(|fault| timed_out.contains(fault)) { Documented } else { Inferred })
        }
        (Some(_), _) => ("the bot gets no data; what it does then is not documented".into(), NotDocumented),
    }
}

fn has_results(command: &Command) -> bool {
    command.choices().iter().any(|choice| matches!(choice, Choice::Each { .. }))
}

/// What the sender sees where the console's policy refuses.
fn on_policy(command: &Command) -> &'static str {
    match command {
        Command::C2cBeforeSendMsg | Command::GroupBeforeSendMsg => " (then the sender gets 80003)",
        _ => "",
    }
}

/// Reads an answer as its command's.
fn read(command: &Command, body: &[u8], notes: &mut Vec<String>) -> Result<Said, Fault> {
    let answer = object(body)?;
    let code = integer(&answer, "ErrorCode").map_err(Fault::Shape)?;
    note_envelope(&answer, code, notes);
    let info = || answer.get("ErrorInfo").and_then(Value::as_str).unwrap_or_default().to_owned();
    let choices = match command.kind() {
        Some(Kind::After) | None => {
            if code != 0 {
                notes.push(format!("`ErrorCode` {code} changes nothing"));
            }
            return Ok(Said::Noted);
        }
        Some(_) => command.choices(),
    };
    note_ignored(choices, &answer, code, notes);
    if code == 0 {
        return go_ahead(choices, &answer, notes);
    }
    let refused = choices.iter().find_map(|choice| match choice {
        Choice::Reject if code == 1 => Some(Said::Reject),
        Choice::Discard if code == 2 => Some(Said::Discard),
        Choice::RejectWith { codes } if holds(codes, code) => Some(Said::RejectWith(code, info())),
        Choice::Fail => Some(Said::Fail(code, info())),
        _ => None,
    });
    refused.ok_or(Fault::Code(code))
}

/// What `ErrorCode` 0 says, together with the keys beside it.
fn go_ahead(choices: &[Choice], answer: &Map<String, Value>, notes: &mut Vec<String>) -> Result<Said, Fault> {
    for choice in choices {
        match choice {
            Choice::Rewrite if choice.keys().any(|key| answer.contains_key(key)) => return rewrite(answer),
            Choice::Except { key } if answer.contains_key(*key) => return except(answer, key),
            Choice::Each { key, codes } if answer.contains_key(*key) => {
                return each_result(answer, key, codes);
            }
            Choice::Each { key, .. } => {
                notes.push(format!("`{key}` is missing, which is documented as required"));
            }
            Choice::Data { key } => match answer.get(*key) {
                Some(Value::String(_)) => return Ok(Said::Data(key)),
                Some(_) => return Err(Fault::Shape(format!("`{key}` is no string"))),
                None => {}
            },
            Choice::Variables { key } => match answer.get(*key) {
                Some(Value::Object(_)) => return Ok(Said::Variables(key)),
                Some(_) => return Err(Fault::Shape(format!("`{key}` is no object"))),
                None => {}
            },
            _ => {}
        }
    }
    Ok(Said::Ok)
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Fault> {
    if body.is_empty() {
        return Err(Fault::NotJson("the body is empty"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Fault::NotJson("the body is JSON, but no object")),
        Err(_) => Err(Fault::NotJson("the body is no JSON")),
    }
}

fn rewrite(answer: &Map<String, Value>) -> Result<Said, Fault> {
    let (body, custom_data) = (answer.get("MsgBody"), answer.get("CloudCustomData"));
    match body {
        None => {}
        Some(Value::Array(elements)) if elements.is_empty() => {
            return Err(Fault::Shape("`MsgBody` is empty, and what that does is not documented".into()));
        }
        Some(Value::Array(elements)) if elements.iter().all(is_element) => {}
        Some(_) => {
            return Err(Fault::Shape(
                "`MsgBody` is no array of elements with `MsgType` and `MsgContent`".into(),
            ));
        }
    }
    if custom_data.is_some_and(|data| !data.is_string()) {
        return Err(Fault::Shape("`CloudCustomData` is no string".into()));
    }
    Ok(Said::Rewrite { body: body.is_some(), custom_data: custom_data.is_some() })
}

fn is_element(element: &Value) -> bool {
    element.get("MsgType").is_some_and(Value::is_string)
        && element.get("MsgContent").is_some_and(Value::is_object)
}

fn except(answer: &Map<String, Value>, key: &str) -> Result<Said, Fault> {
    let users = answer.get(key).and_then(Value::as_array).and_then(|users| {
        users.iter().map(|user| Some(user.as_str()?.to_owned())).collect::<Option<Vec<_>>>()
    });
    match users {
        Some(users) if users.is_empty() => Ok(Said::Ok),
        Some(users) => Ok(Said::Except(users)),
        None => Err(Fault::Shape(format!("`{key}` is no array of user ids"))),
    }
}

fn each_result(answer: &Map<String, Value>, key: &str, codes: &RangeInclusive<u32>) -> Result<Said, Fault> {
    let results = answer.get(key).and_then(Value::as_array);
    let results = results.ok_or_else(|| Fault::Shape(format!("`{key}` is no array")))?;
    let result = |(at, result): (usize, &Value)| {
        let fault = |problem: String| Fault::Shape(format!("{key}[{at}]: {problem}"));
        let result = result.as_object().ok_or_else(|| fault("it is no object".into()))?;
        let user = result.get("To_Account").and_then(Value::as_str);
        let user = user.ok_or_else(|| fault("`To_Account` is no string".into()))?;
        match integer(result, "ResultCode").map_err(fault)? {
            code if code == 0 || holds(codes, code) => Ok((user.to_owned(), code)),
            code => Err(Fault::ResultCode(code)),
        }
    };
    results.iter().enumerate().map(result).collect::<Result<_, _>>().map(Said::Each)
}

fn integer(object: &Map<String, Value>, key: &str) -> Result<i64, String> {
    match object.get(key) {
        None => Err(format!("`{key}` is missing")),
        Some(value) => value.as_i64().ok_or_else(|| format!("`{key}` is no integer")),
    }
}

fn holds(codes: &RangeInclusive<u32>, code: i64) -> bool {
    u32::try_from(code).is_ok_and(|code| codes.contains(&code))
}

fn note_envelope(answer: &Map<String, Value>, code: i64, notes: &mut Vec<String>) {
    for key in ["ActionStatus", "ErrorInfo"] {
        if !answer.get(key).is_some_and(Value::is_string) {
            notes.push(format!("`{key}` is documented as a required string"));
        }
    }
    if code == 0 && answer.get("ActionStatus").is_some_and(|status| status == "FAIL") {
        notes.push(
            "`ActionStatus` is FAIL beside `ErrorCode` 0: which of them counts is not documented".into(),
        );
    }
}

/// Keys that would do something in another answer.
fn note_ignored(choices: &[Choice], answer: &Map<String, Value>, code: i64, notes: &mut Vec<String>) {
    let known: Vec<&str> = choices.iter().flat_map(Choice::keys).collect();
    for choice in Command::ALL.iter().flat_map(Command::choices) {
        for key in choice.keys().filter(|key| answer.contains_key(*key)) {
            let note = match known.contains(&key) {
                true if code == 0 => continue,
                true => format!("`{key}` counts only beside `ErrorCode` 0"),
                false => format!("`{key}` is not known to this command"),
            };
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(command: &Command, status: u16, body: &str, latency: Duration) -> Judgement {
        let status = StatusCode::from_u16(status).unwrap();
        let answered = Answered::new(status, http::HeaderMap::new(), body.to_owned().into());
        judge_answer(command, &answered, latency)
    }

    /// In time, with status 200.
    fn answer(command: &Command, keys: &str) -> Judgement {
        let body = format!(r#"{{"ActionStatus":"OK","ErrorInfo":"why",{keys}}}"#);
        judged(command, 200, &body, Duration::ZERO)
    }

    #[test]
    fn every_decision_has_its_effect() {
        use Command::*;
        for (command, keys, verdict, effect) in [
            (C2cBeforeSendMsg, r#""ErrorCode":0"#, "ok", "delivered"),
            (C2cBeforeSendMsg, r#""ErrorCode":1"#, "reject", "not delivered; the caller gets 20006"),
            (GroupBeforeSendMsg, r#""ErrorCode":1"#, "reject", "not delivered; the caller gets 10016"),
            (GroupBeforeCreateGroup, r#""ErrorCode":1"#, "reject", "refused; the caller gets 10016"),
            (
                OfficialAccountBeforeAddSubscriber,
                r#""ErrorCode":1"#,
                "reject",
                "refused; what code the caller gets is not documented",
            ),
            (
                C2cBeforeSendMsg,
                r#""ErrorCode":2"#,
                "discard",
                "not delivered; the sender is told that it was sent",
            ),
            (
                C2cBeforeSendMsg,
                r#""ErrorCode":120001"#,
                "reject_with",
                "not delivered; the client gets the code and the text",
            ),
            (
                C2cBeforeSendMsg,
                r#""ErrorCode":0,"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"*"}}]"#,
                "rewrite",
                "delivered as rewritten; the sender's client learns of the change",
            ),
            (
                GroupBeforeInviteJoinGroup,
                r#""ErrorCode":0,"RefusedMembers_Account":["eve","rolf"]"#,
                "except",
                "it goes on, without eve, rolf",
            ),
            (
                SnsPrevFriendAdd,
                r#""ErrorCode":0,"ResultItem":[{"To_Account":"bob","ResultCode":0},{"To_Account":"eve","ResultCode":38000}]"#,
                "each",
                "refused: eve; the others are let through",
            ),
            (LiveBeforeSendGift, r#""ErrorCode":0"#, "ok", "the gift is sent"),
            (ChatbotOnC2cSignalMessage, r#""ErrorCode":0,"RspData":"{}""#, "data", "the bot gets the data"),
            (
                ChatbotInterfaceInvocation,
                r#""ErrorCode":7"#,
                "fail",
                "the bot is told that the invocation failed",
            ),
            (StateStateChange, r#""ErrorCode":1"#, "noted", "what an answer says after the event is ignored"),
        ] {
            let judgement = answer(&command, keys);
            assert!(judgement.is_good(), "{command} {keys}: {judgement:?}");
            assert_eq!((judgement.verdict, &*judgement.effect), (Some(verdict), effect), "{command} {keys}");
        }
    }

    #[test]
    fn what_is_no_answer_fails_open_but_for_gifts() {
        let ok = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;
        let late = LIMIT + Duration::from_millis(1);
        for (status, body, latency, fault) in [
            (503, ok, Duration::ZERO, "status"),
            (200, "", Duration::ZERO, "not_json"),
            (200, "done", Duration::ZERO, "not_json"),
            (200, "[]", Duration::ZERO, "not_json"),
            (200, "{}", Duration::ZERO, "shape"),
            (200, r#"{"ErrorCode":"0"}"#, Duration::ZERO, "shape"),
            (200, ok, late, "late"),
        ] {
            let message = judged(&Command::GroupBeforeSendMsg, status, body, latency);
            assert_eq!(message.faults.iter().map(Fault::kind).collect::<Vec<_>>(), [fault]);
            assert_eq!(message.verdict, None);
            let gift = judged(&Command::LiveBeforeSendGift, status, body, latency);
            assert_eq!(
                (gift.effect.starts_with("the gift is not sent"), gift.faults),
                (true, message.faults)
            );
        }
        let on_time = judged(&Command::GroupBeforeSendMsg, 200, ok, LIMIT);
        assert!(on_time.is_good(), "{on_time:?}");
        let failed = judged(&Command::C2cBeforeSendMsg, 500, "", late);
        assert_eq!(failed.faults.len(), 3);
        assert!(failed.effect.contains("80003"), "{}", failed.effect);
        assert_eq!(failed.confidence, Confidence::Documented, "late ones are");
    }

    #[test]
    fn a_code_outside_the_range_is_a_fault() {
        use Confidence::{Documented, NotDocumented};
        for (command, keys, confidence) in [
            (Command::C2cBeforeSendMsg, r#""ErrorCode":10100"#, NotDocumented),
            (Command::GroupBeforeSendMsg, r#""ErrorCode":120001"#, NotDocumented),
            (Command::GroupBeforeCreateGroup, r#""ErrorCode":2"#, NotDocumented),
            (Command::C2cBeforeSendMsg, r#""ErrorCode":-1"#, NotDocumented),
            (Command::LiveBeforeSendGift, r#""ErrorCode":5"#, Documented),
            (Command::SnsPrevFriendAdd, r#""ErrorCode":38000"#, Documented),
        ] {
            let judgement = answer(&command, keys);
            assert!(matches!(judgement.faults[..], [Fault::Code(_)]), "{command} {keys}: {judgement:?}");
            assert_eq!(judgement.confidence, confidence, "{command} {keys}");
        }
    }

    #[test]
    fn a_friends_own_code_outside_the_range_is_a_fault_that_is_said_to_refuse() {
        let keys = r#""ErrorCode":0,"ResultItem":[{"To_Account":"eve","ResultCode":5}]"#;
        let judgement = answer(&Command::SnsPrevFriendAdd, keys);
        assert_eq!(judgement.faults, [Fault::ResultCode(5)]);
        assert!(judgement.effect.starts_with("refused are those"), "{}", judgement.effect);
    }

    #[test]
    fn shapes_are_looked_at() {
        for (command, keys) in [
            (Command::C2cBeforeSendMsg, r#""ErrorCode":0,"MsgBody":[]"#),
            (Command::C2cBeforeSendMsg, r#""ErrorCode":0,"MsgBody":["text"]"#),
            (Command::C2cBeforeSendMsg, r#""ErrorCode":0,"CloudCustomData":{}"#),
            (Command::GroupBeforeInviteJoinGroup, r#""ErrorCode":0,"RefusedMembers_Account":"eve""#),
            (Command::SnsPrevFriendAdd, r#""ErrorCode":0,"ResultItem":[{"To_Account":"eve"}]"#),
            (Command::ChatbotOnC2cSignalMessage, r#""ErrorCode":0,"RspData":{}"#),
            (Command::ChatbotInterfaceInvocation, r#""ErrorCode":0,"Body":"x""#),
        ] {
            let judgement = answer(&command, keys);
            assert!(matches!(judgement.faults[..], [Fault::Shape(_)]), "{command} {keys}: {judgement:?}");
        }
    }

    #[test]
    fn what_does_not_count_is_noted() {
        let bare = judged(&Command::StateStateChange, 200, r#"{"ErrorCode":0}"#, Duration::ZERO);
        assert_eq!((bare.is_good(), bare.notes.len()), (true, 2), "{bare:?}");
        let refused =
            answer(&Command::GroupBeforeInviteJoinGroup, r#""ErrorCode":1,"RefusedMembers_Account":[]"#);
        assert_eq!(refused.notes, ["`RefusedMembers_Account` counts only beside `ErrorCode` 0"]);
        let other = answer(&Command::GroupBeforeCreateGroup, r#""ErrorCode":0,"RefusedMembers_Account":[]"#);
        assert_eq!(other.notes, ["`RefusedMembers_Account` is not known to this command"]);
    }
}
