//! The parameters that are no secret, and those that nobody knows.

use conformance::{Kind, Sample, Seen};
use tencent_im_webhook::Command;

use crate::{BAD_REQUEST, Bench, Expected, UNAUTHORIZED, behaviors};

behaviors! {
    Nothing: [
        the_command_may_stand_in_the_body_alone,
        the_command_may_stand_in_the_url_alone,
        two_commands_in_one_request_are_refused,
        an_unknown_command_reaches_the_handler_with_its_body,
        a_command_may_be_any_text,
        odd_addresses_and_platforms_do_not_matter,
        unknown_parameters_are_ignored,
        a_query_in_the_configured_url_hides_the_app_id,
    ]
}

async fn the_command_may_stand_in_the_body_alone(kind: Kind) {
    let seen =
        Bench::new(kind).expect("69", &Sample::before().without("CallbackCommand"), Expected::Typed).await;
    assert!(seen.iter().all(|seen| seen.event.command() == Some(&Command::OfficialAccountBeforeSendMsg)));
    let empty = Sample::before().with("CallbackCommand", "");
    Bench::new(kind).expect("69, empty", &empty, Expected::Typed).await;
}

async fn the_command_may_stand_in_the_url_alone(kind: Kind) {
    let alone =
        Sample::before().replacing("\"CallbackCommand\": \"OfficialAccount.CallbackBeforeSendMsg\",", "");
    Bench::new(kind).expect("99", &alone, Expected::Typed).await;
}

async fn two_commands_in_one_request_are_refused(kind: Kind) {
    let bench = Bench::new(kind);
    let other = "OfficialAccount.CallbackAfterSendMsg";
    bench.expect("70", &Sample::before().and(&format!("&CallbackCommand={other}")), BAD_REQUEST).await;
    bench.expect("71", &Sample::before().with("CallbackCommand", other), BAD_REQUEST).await;
    bench
        .expect("71, future", &Sample::before().with("CallbackCommand", "Group.CallbackFuture"), BAD_REQUEST)
        .await;
    // It is seen even where the body does not fit.
    let body = format!(r#"{{"CallbackCommand":"{other}"}}"#);
    bench.expect("71, misfit", &Sample::before().body(body), BAD_REQUEST).await;
}

async fn an_unknown_command_reaches_the_handler_with_its_body(kind: Kind) {
    let body = r#"{"CallbackCommand":"Group.CallbackFuture","New":[1,{"x":null}]}"#;
    let sample = Sample::before().with("CallbackCommand", "Group.CallbackFuture").body(body);
    let bench = Bench::new(kind);
    for Seen { event, context, .. } in bench.expect("72", &sample, Expected::Unknown).await {
        assert_eq!(event.command().unwrap().as_str(), "Group.CallbackFuture");
        assert_eq!(context.raw(), body);
        assert_eq!(event.command().unwrap().kind(), None);
    }
    bench.expect("72, in the body", &sample.without("CallbackCommand"), Expected::Unknown).await;
}

async fn a_command_may_be_any_text(kind: Kind) {
    let bench = Bench::new(kind);
    for name in ["a%0d%0ab", "%1b%5b31mred", "..%2f..%2f", "%00", "%E4%BD%A0", &"x".repeat(16 * 1024)] {
        let sample = Sample::before().with("CallbackCommand", name).body("{}");
        bench.expect("73", &sample, Expected::Unknown).await;
    }
}

async fn odd_addresses_and_platforms_do_not_matter(kind: Kind) {
    let bench = Bench::new(kind);
    for (value, read) in [
        ("999.1.1.1", Some("999.1.1.1")),
        ("2001:db8::7", Some("2001:db8::7")),
        ("%5B2001%3Adb8%3A%3A7%5D", Some("[2001:db8::7]")),
        ("%zz", None),
        ("%ff", None),
        ("", None),
        ("a+b%20c", Some("a b c")),
    ] {
        let seen = bench.expect("74, 76", &Sample::before().with("ClientIP", value), Expected::Typed).await;
        for seen in seen {
            assert_eq!(seen.context.client_ip().map(ToString::to_string).as_deref(), read, "{value}");
        }
    }
    for (value, read) in [("IOS", "iOS"), ("ios", "iOS"), ("macOS", "Mac"), ("Future", "Future")] {
        let seen = bench.expect("75", &Sample::before().with("OptPlatform", value), Expected::Typed).await;
        assert!(seen.iter().all(|seen| seen.context.platform().unwrap().as_str() == read), "{value}");
    }
    let bare = Sample::before().without("ClientIP").without("OptPlatform").and("&ClientIP&OptPlatform");
    for seen in bench.expect("68", &bare, Expected::Typed).await {
        assert!(seen.context.client_ip().is_none() && seen.context.platform().is_none());
    }
}

async fn unknown_parameters_are_ignored(kind: Kind) {
    let bench = Bench::new(kind);
    let many: String = (0..1000).map(|at| format!("&x{at}=%zz")).collect();
    bench.expect("77", &Sample::before().and(&many), Expected::Typed).await;
    bench.expect("62", &Sample::before().and(&"&a=b".repeat(10_000)), Expected::Typed).await;
    bench.expect("order", &Sample::before().reversed(), Expected::Typed).await;
    for seen in bench.expect("request id", &Sample::before().and("&RequestID=r-1"), Expected::Typed).await {
        assert_eq!(seen.context.request_id(), Some("r-1"));
    }
}

async fn a_query_in_the_configured_url_hides_the_app_id(kind: Kind) {
    let sample = Sample::before().after_text("x=1?");
    Bench::new(kind).expect("78", &sample, UNAUTHORIZED).await;
}
