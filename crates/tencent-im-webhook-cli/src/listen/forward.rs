//! `--forward`: another receiver's answer.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tencent_im_webhook::BoxError;
use tencent_im_webhook_testing::Answered;

use crate::client::{Client, Target};
use crate::error::Error;
use crate::listen::watch::FORWARDED_BY;

/// Passes webhooks on.
#[derive(Clone, Debug)]
pub(super) struct Forward {
    client: Client,
    url: String,
    /// By which it knows its own requests.
    key: Arc<str>,
}

impl Forward {
    pub(super) fn new(target: Target, key: Arc<str>) -> Result<Self, Error> {
        let url = target.to_string();
        Ok(Self { client: Client::new(target)?, url, key })
    }

    /// The target's answer to a webhook with this query and body: those that came, so that the signature holds
    /// there too.
    ///
    /// # Errors
    ///
    /// When there is none. Whatever the target answers is an answer.
    pub(super) async fn send(&self, query: &str, body: Bytes) -> Result<Answered, BoxError> {
        let length = body.len();
        let request = Request::post(format!("{}?{query}", self.url))
            .header(http::header::CONTENT_LENGTH, length)
            .header(FORWARDED_BY, &*self.key)
            .body(Full::new(body))?;
        match self.client.send_prepared(request).await {
            Ok(timed) => Ok(timed.answered),
            Err(error) => Err(format!("{}: {error}", self.url).into()),
        }
    }
}
