//! The product, as its first example shows it: a handler, everything on that is on by default.

use std::net::TcpListener;

use actix_web::web::ServiceConfig;
use axum::Router;
use hyper_util::service::TowerToHyperService;
use tencent_im_webhook::event::official_account::BeforeSendMsg;
use tencent_im_webhook::{
    BoxError, Context, HandlerService, MessageVerdict, Receiver, WebhookHandler, WebhookService, async_trait,
};
use tencent_im_webhook_actix::Webhook;
use tencent_im_webhook_axum::RouterExt as _;

use crate::servers::{PATH, bare};

struct Moderator;

#[async_trait]
impl WebhookHandler for Moderator {
    async fn official_account_before_send_msg(
        &self,
        _: &Context,
        message: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        Ok(if message.msg_body.is_empty() { MessageVerdict::Reject } else { MessageVerdict::Allow })
    }
}

pub(super) async fn hyper(listener: TcpListener, receiver: Receiver) -> anyhow::Result<()> {
    let service = WebhookService::new(receiver, HandlerService::new(Moderator));
    bare::serve(listener, TowerToHyperService::new(service)).await
}

pub(super) fn axum(receiver: Receiver) -> Router {
    Router::new().webhook(PATH, receiver, Moderator)
}

pub(super) fn actix(receiver: Receiver) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let webhook = Webhook::new(receiver, Moderator);
    move |routes| {
        routes.service(webhook.clone().at(PATH));
    }
}
