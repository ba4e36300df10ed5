use tencent_im_webhook::{Call, Context, Head, Payload, Receiver, SdkAppId};

use crate::request::WebhookRequest;

/// A payload with a context, as a handler's method or a typed service takes it.
///
/// ```
/// use tencent_im_webhook::event::official_account::BeforeSendMsg;
/// use tencent_im_webhook::{BoxError, Context, MessageVerdict, WebhookHandler, async_trait};
/// use tencent_im_webhook_testing::{call, payload};
///
/// # struct Moderator;
/// # #[async_trait]
/// # impl WebhookHandler for Moderator {}
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let call = call(payload::<BeforeSendMsg>());
/// let verdict = Moderator.official_account_before_send_msg(&call.context, call.event).await.unwrap();
/// assert_eq!(verdict, MessageVerdict::Allow);
/// # }
/// ```
///
/// The context is that of an unsigned request for the app 1400000000, an Android client, and a deadline that
/// begins now. For another one, build a [`WebhookRequest`] and decode it with a receiver of yours.
#[must_use]
pub fn call<P: Payload + Clone>(payload: P) -> Call<P> {
    let context = context_of(&WebhookRequest::of::<P>(APP).payload(payload.clone()));
    Call { event: payload, context }
}

fn context_of(request: &WebhookRequest) -> Context {
    let receiver = Receiver::builder().app_without_signature(APP).build().expect("there is an app");
    let query = request.query();
    let admission = receiver.admit(&Head::new("POST", &query)).expect("the request is well-formed");
    let call = receiver.decode(admission, request.body_bytes().clone()).expect("a payload is an object");
    call.context
}

const APP: SdkAppId = SdkAppId(1_400_000_000);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload;
    use tencent_im_webhook::event::group::AfterSendMsg;

    #[test]
    fn a_call_has_the_context_of_its_payload() {
        let call = call(payload::<AfterSendMsg>());
        assert_eq!(call.context.command(), Some(&AfterSendMsg::COMMAND));
        assert_eq!(call.context.app(), APP);
        let body: AfterSendMsg = serde_json::from_slice(call.context.raw()).unwrap();
        assert_eq!(body, call.event);
    }
}
