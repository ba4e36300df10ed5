//! The parameters that are no secret, and those that nobody knows.

use tencent_im_webhook::Command;

use super::{BAD_REQUEST, MISFIT, Row, TYPED, UNAUTHORIZED, UNKNOWN, each, good, row};
use crate::{Sample, Seen};

pub(super) const ROWS: &[Row] = &[
    row("62", "ten thousand parameters", || good().and(&"&a=b".repeat(10_000)), TYPED),
    row("68", "address and platform without a value", bare, TYPED).sees(|seen, _| {
        assert!(seen.context.client_ip().is_none() && seen.context.platform().is_none());
    }),
    row("69a", "the command in the body alone", || good().without("CallbackCommand"), TYPED)
        .sees(|seen, _| assert_eq!(seen.event.command(), Some(&Command::OfficialAccountBeforeSendMsg))),
    row("69b", "an empty command in the URL", || command(""), TYPED),
    each(
        "169",
        "a command in the URL that is no text",
        || ["%ff", "%zz", "%4", "%C0%AF"].map(command).into(),
        TYPED,
    ),
    row("70a", "two commands in the URL", || good().and("&CallbackCommand=State.StateChange"), BAD_REQUEST),
    row(
        "70b",
        "the same command twice in the URL",
        || good().and("&callbackcommand=OfficialAccount.CallbackBeforeSendMsg"),
        BAD_REQUEST,
    ),
    row(
        "71a",
        "another command in the body",
        || command("OfficialAccount.CallbackAfterSendMsg"),
        BAD_REQUEST,
    ),
    row("71b", "an unknown command beside a known one", || command("Group.CallbackFuture"), BAD_REQUEST),
    row(
        "71c",
        "another command in a body that does not fit",
        || good().body(r#"{"CallbackCommand":"OfficialAccount.CallbackAfterSendMsg"}"#),
        BAD_REQUEST,
    ),
    row(
        "71d",
        "the command in other letters",
        || command("officialaccount.callbackbeforesendmsg"),
        BAD_REQUEST,
    ),
    row("72a", "a command that nobody knows yet", future, UNKNOWN).sees(is_future),
    row("72b", "the same in the body alone", || future().without("CallbackCommand"), UNKNOWN).sees(is_future),
    each(
        "73",
        "a command of any text",
        || {
            ["a%0d%0ab", "%1b%5b31mred", "..%2f..%2f", "%00", "%E4%BD%A0", "%E2%80%AE", &"x".repeat(14_000)]
                .map(|name| command(name).body("{}"))
                .into()
        },
        UNKNOWN,
    ),
    row("170", "a command with a blank behind it", || command("State.StateChange%20").body("{}"), UNKNOWN),
    row("171", "a command by a prefix of its name", || command("State.State").body("{}"), UNKNOWN),
    row("172", "a known command that its body does not fit", || good().body("{}"), MISFIT),
    row("74b", "an address that is none", || address("999.1.1.1"), TYPED)
        .sees(|seen, _| assert_eq!(shown_address(seen).as_deref(), Some("999.1.1.1"))),
    row("74c", "an address of IPv6", || address("2001:db8::7"), TYPED)
        .sees(|seen, _| assert_eq!(shown_address(seen).as_deref(), Some("2001:db8::7"))),
    row("74d", "an address in brackets", || address("%5B2001%3Adb8%3A%3A7%5D"), TYPED)
        .sees(|seen, _| assert_eq!(shown_address(seen).as_deref(), Some("[2001:db8::7]"))),
    each("74e", "an address that is no text", || ["%zz", "%ff", ""].map(address).into(), TYPED)
        .sees(|seen, _| assert!(seen.context.client_ip().is_none())),
    row("173", "an address given twice", || good().and("&ClientIP=127.0.0.1"), TYPED)
        .sees(|seen, _| assert!(seen.context.client_ip().is_none())),
    each("75a", "a platform in any letters", || ["IOS", "iOS", "ios"].map(platform).into(), TYPED)
        .sees(|seen, _| assert_eq!(shown_platform(seen), "iOS")),
    row("75b", "a platform that nobody knows yet", || platform("Future"), TYPED)
        .sees(|seen, _| assert_eq!(shown_platform(seen), "Future")),
    row("75c", "a platform by its other name", || platform("macOS"), TYPED)
        .sees(|seen, _| assert_eq!(shown_platform(seen), "Mac")),
    row("76b", "both ways to write a blank", || address("a+b%20c"), TYPED)
        .sees(|seen, _| assert_eq!(shown_address(seen).as_deref(), Some("a b c"))),
    row("77a", "a thousand parameters that nobody knows", unknown_parameters, TYPED),
    row("77b", "names that are no text", || good().and("&%ff=1&%zz=1&%=1&=1&[]=1"), TYPED),
    row("78", "two question marks", || good().after_text("x=1?"), UNAUTHORIZED),
    row("174", "the parameters turned around", || good().reversed(), TYPED),
    row("175", "a request id", || good().and("&RequestID=r-1"), TYPED)
        .sees(|seen, _| assert_eq!(seen.context.request_id(), Some("r-1"))),
    row("176", "two request ids", || good().and("&RequestID=r-1&requestid=r-2"), TYPED)
        .sees(|seen, _| assert_eq!(seen.context.request_id(), None)),
    row("177", "empty parameters", || good().and("&&&&"), TYPED),
    row("178", "a content type in the URL that is none", || good().with("contenttype", "text%2Fxml"), TYPED),
    row("179", "a name of fourteen kilobytes", || good().and(&format!("&{}=1", "n".repeat(14_000))), TYPED),
];

fn command(name: &str) -> Sample {
    good().with("CallbackCommand", name)
}

fn address(value: &str) -> Sample {
    good().with("ClientIP", value)
}

fn platform(value: &str) -> Sample {
    good().with("OptPlatform", value)
}

fn bare() -> Sample {
    good().without("ClientIP").without("OptPlatform").and("&ClientIP&OptPlatform")
}

fn unknown_parameters() -> Sample {
    let many: String = (0..1000).map(|at| format!("&x{at}=%zz")).collect();
    good().and(&many)
}

fn future() -> Sample {
    command("Group.CallbackFuture").body(r#"{"CallbackCommand":"Group.CallbackFuture","New":[1,{"x":null}]}"#)
}

fn is_future(seen: &Seen, sample: &Sample) {
    let command = seen.event.command().expect("a command");
    assert_eq!(command.as_str(), "Group.CallbackFuture");
    assert_eq!(command.kind(), None);
    assert_eq!(seen.context.raw(), &sample.text());
}

fn shown_address(seen: &Seen) -> Option<String> {
    seen.context.client_ip().map(ToString::to_string)
}

fn shown_platform(seen: &Seen) -> &str {
    seen.context.platform().expect("a platform").as_str()
}
