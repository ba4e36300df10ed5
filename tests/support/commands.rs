//! A handler's methods as native handlers of a framework, one per command.
//!
//! The commands that the behaviors look at have a handler of their own; a fallback has the rest.

use std::sync::Arc;

use actix_web::web::Data;
use axum::extract::State;
use tencent_im_webhook::event::group;
use tencent_im_webhook::event::official_account::{AfterMsgWithdraw, AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook::{BoxError, Call, MessageVerdict, Receiver, Reply, WebhookHandler, dispatch};

pub(crate) type Handler = Arc<dyn WebhookHandler>;

/// Defines the handlers of one framework, which differ in how they get at the state.
macro_rules! handlers {
    ($state:ident: $extractor:ty) => {
        pub(super) async fn before(
            $state: $extractor,
            call: Call<BeforeSendMsg>,
        ) -> Result<MessageVerdict, BoxError> {
            $state.official_account_before_send_msg(&call.context, call.event).await
        }

        pub(super) async fn after($state: $extractor, call: Call<AfterSendMsg>) -> Result<(), BoxError> {
            $state.official_account_after_send_msg(&call.context, call.event).await
        }

        pub(super) async fn withdraw(
            $state: $extractor,
            call: Call<AfterMsgWithdraw>,
        ) -> Result<(), BoxError> {
            $state.official_account_after_msg_withdraw(&call.context, call.event).await
        }

        pub(super) async fn group(
            $state: $extractor,
            call: Call<group::AfterSendMsg>,
        ) -> Result<(), BoxError> {
            $state.group_after_send_msg(&call.context, call.event).await
        }

        pub(super) async fn rest($state: $extractor, call: Call) -> Result<Reply, BoxError> {
            dispatch(Handler::as_ref(&$state), call).await
        }
    };
}

mod on_axum {
    use super::*;

    handlers!(handler: State<Handler>);
}

mod on_actix {
    use super::*;

    handlers!(handler: Data<Handler>);
}

pub(crate) fn axum_commands() -> tencent_im_webhook_axum::Commands<Handler> {
    tencent_im_webhook_axum::Commands::new()
        .on(on_axum::before)
        .on(on_axum::after)
        .on(on_axum::withdraw)
        .on(on_axum::group)
        .fallback(on_axum::rest)
}

pub(crate) fn actix_commands(receiver: Receiver) -> tencent_im_webhook_actix::Commands {
    tencent_im_webhook_actix::Commands::new(receiver)
        .on(on_actix::before)
        .on(on_actix::after)
        .on(on_actix::withdraw)
        .on(on_actix::group)
        .fallback(on_actix::rest)
}
