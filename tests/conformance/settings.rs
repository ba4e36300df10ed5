//! What a receiver is built from.

use conformance::{APP, Sample, receiver};
use tencent_im_webhook::{BuildError, Head, Receiver};

#[test]
fn an_app_is_signed_unless_somebody_says_otherwise() {
    let build = |tokens: &[&str]| Receiver::builder().app(APP, tokens.iter().copied()).build();
    assert_eq!(build(&[]).unwrap_err(), BuildError::NoToken(APP));
    assert_eq!(build(&["good", ""]).unwrap_err(), BuildError::EmptyToken(APP));
    assert_eq!(Receiver::builder().build().unwrap_err(), BuildError::NoApp);
    let both = Receiver::builder().app(APP, ["token"]).app_without_signature(APP).build();
    assert_eq!(both.unwrap_err(), BuildError::Ambiguous(APP));
    assert!(build(&[]).unwrap_err().to_string().contains("app_without_signature"), "32: it says what to do");
    assert!(build(&[""]).unwrap_err().to_string().contains("1400000000"), "32: it says which app");
}

#[test]
fn an_announced_length_decides_before_a_byte_is_read() {
    let receiver = receiver().body_limit(1000).build().unwrap();
    let query = Sample::before().query;
    let admit = |length| receiver.admit(&Head::new("POST", &query).content_length(length));
    assert!(admit(1000).is_ok(), "47");
    for length in [1001, 300_000_000, u64::MAX] {
        assert_eq!(admit(length).unwrap_err().status(), 413, "46, 47: {length}");
    }
}
