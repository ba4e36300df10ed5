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
    /// there too. `by` has the keys of the runs that have passed it on already.
    ///
    /// # Errors
    ///
    /// When there is none, or this run is among those. Whatever the target answers is an answer.
    pub(super) async fn send(&self, query: &str, by: &str, body: Bytes) -> Result<Answered, BoxError> {
        if by.split(' ').any(|key| key == &*self.key) {
            return Err("--forward leads back here".into());
        }
        let (by, length) = (format!("{by} {}", self.key), body.len());
        let request = Request::post(format!("{}?{query}", self.url))
            .header(http::header::CONTENT_LENGTH, length)
            .header(FORWARDED_BY, by.trim_start())
            .body(Full::new(body))?;
        match self.client.send_prepared(request).await {
            Ok(timed) => Ok(timed.answered),
            Err(error) => Err(format!("{}: {error}", self.url).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_comes_back_goes_no_further() {
        let forward = Forward::new("http://host.invalid/".parse().unwrap(), "ours".into()).unwrap();
        for (by, looped) in [("ours", true), ("theirs ours another", true), ("theirs", false), ("", false)] {
            let error = forward.send("a=b", by, Bytes::new()).await.unwrap_err().to_string();
            assert_eq!(error == "--forward leads back here", looped, "{by}: {error}");
        }
    }
}
