use std::sync::{Arc, Mutex, PoisonError};

use tencent_im_webhook::event::{group, official_account};
use tencent_im_webhook::{
    BoxError, Context, Event, MessageVerdict, Reply, UnknownEvent, WebhookHandler, async_trait,
};

/// A handler that allows everything and remembers what it saw. Clones share their memory.
#[derive(Clone, Debug, Default)]
pub struct Spy {
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// One webhook that reached a handler.
#[derive(Clone, Debug)]
pub struct Seen {
    pub event: Event,
    pub context: Context,
}

impl Spy {
    /// What it saw since it was last asked.
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn see(&self, context: &Context, event: impl Into<Event>) {
        let seen = Seen { event: event.into(), context: context.clone() };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }
}

#[async_trait]
impl WebhookHandler for Spy {
    async fn official_account_before_send_msg(
        &self,
        cx: &Context,
        event: official_account::BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        self.see(cx, event);
        Ok(MessageVerdict::Allow)
    }

    async fn official_account_after_send_msg(
        &self,
        cx: &Context,
        event: official_account::AfterSendMsg,
    ) -> Result<(), BoxError> {
        self.see(cx, event);
        Ok(())
    }

    async fn official_account_after_msg_withdraw(
        &self,
        cx: &Context,
        event: official_account::AfterMsgWithdraw,
    ) -> Result<(), BoxError> {
        self.see(cx, event);
        Ok(())
    }

    async fn group_after_send_msg(&self, cx: &Context, event: group::AfterSendMsg) -> Result<(), BoxError> {
        self.see(cx, event);
        Ok(())
    }

    async fn unknown(&self, cx: &Context, event: UnknownEvent) -> Result<Reply, BoxError> {
        self.see(cx, Event::Unknown(event.clone()));
        event.default_reply()
    }
}
