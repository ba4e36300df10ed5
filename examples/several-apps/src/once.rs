//! Handles an event once, though the platform may send it again.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tencent_im_webhook::{Call, Command, Kind, Reply};
use tower::Service;

/// Stands around a service of webhooks, as tower layers do: answers an event that has come before, so that its
/// handler does not see it.
///
/// It remembers for one process. Where several share the webhooks, keep the keys in a store that they share.
#[derive(Clone)]
pub(crate) struct DropRepeats<S> {
    inner: S,
    seen: Arc<Mutex<VecDeque<String>>>,
}

impl<S> DropRepeats<S> {
    pub(crate) fn new(inner: S) -> Self {
        Self { inner, seen: Arc::default() }
    }

    /// `None` for an event that has come before.
    fn claim(&self, key: String) -> Option<Claim> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.contains(&key) {
            return None;
        }
        seen.truncate(REMEMBERED - 1);
        seen.push_front(key.clone());
        Some(Claim { key, seen: Arc::clone(&self.seen), handled: false })
    }
}

impl<S> Service<Call> for DropRepeats<S>
where
    S: Service<Call, Response = Reply, Future: Send + 'static>,
{
    type Response = Reply;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, call: Call) -> Self::Future {
        // A decision is asked for each time anew.
        let key = match call.context.command().and_then(Command::kind) {
            Some(Kind::After) => call.duplicate_key(),
            _ => None,
        };
        let Some(key) = key else { return Box::pin(self.inner.call(call)) };
        let Some(claim) = self.claim(key) else { return Box::pin(async { Ok(Reply::ok()) }) };
        let handling = self.inner.call(call);
        Box::pin(async move {
            let reply = handling.await?;
            claim.keep();
            Ok(reply)
        })
    }
}

/// An event that is being handled. Should the handler fail or panic, the platform's next try is welcome.
struct Claim {
    key: String,
    seen: Arc<Mutex<VecDeque<String>>>,
    handled: bool,
}

impl Claim {
    fn keep(mut self) {
        self.handled = true;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.handled {
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).retain(|key| *key != self.key);
        }
    }
}

/// Events whose keys are kept: those of the minutes in which the platform may try again.
const REMEMBERED: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::http::StatusCode;
    use tencent_im_webhook::event::c2c::AfterSendMsg;
    use tencent_im_webhook::{CommandRouter, Receiver, SdkAppId, WebhookService};
    use tencent_im_webhook_testing::{WebhookRequest, send};

    #[tokio::test]
    async fn an_event_that_failed_may_come_again() {
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&tries);
        let router = CommandRouter::new().on(move |_: Call<AfterSendMsg>| {
            let first = counted.fetch_add(1, Ordering::Relaxed) == 0;
            async move { if first { Err("the database is away") } else { Ok(()) } }
        });
        let app = SdkAppId(1_400_000_001);
        let receiver = Receiver::builder().app(app, ["secret"]).build().unwrap();
        let webhooks = WebhookService::new(receiver, DropRepeats::new(router));
        for (status, tried) in
            [(StatusCode::SERVICE_UNAVAILABLE, 1), (StatusCode::OK, 2), (StatusCode::OK, 2)]
        {
            let request = WebhookRequest::of::<AfterSendMsg>(app).token("secret");
            let answer = send(webhooks.clone(), request.to_http("/")).await;
            assert_eq!((answer.status(), tries.load(Ordering::Relaxed)), (status, tried));
        }
    }

    #[test]
    fn what_is_old_is_forgotten() {
        let events = DropRepeats::new(());
        let is_new = |key: usize| events.claim(key.to_string()).map(Claim::keep).is_some();
        assert!((0..=REMEMBERED).all(is_new));
        assert_eq!(events.seen.lock().unwrap().len(), REMEMBERED);
        assert!(!is_new(REMEMBERED) && !is_new(1) && is_new(0));
    }
}
