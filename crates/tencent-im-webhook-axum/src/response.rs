use axum::http::header::{CONNECTION, HeaderValue};
use axum::http::{self, Version};
use axum::response::{IntoResponse, Response};
use tencent_im_webhook::Answer;

/// The answer to a webhook, for axum to write out: a refusal of the [`Received`](crate::Received) extractor, or
/// what its [`Responder`](crate::Responder) made of a decision.
#[derive(Clone, Debug)]
#[must_use = "an answer does nothing unless the handler returns it"]
pub struct WebhookResponse {
    answer: Answer,
    closes: bool,
}

impl WebhookResponse {
    /// The answer to a request of this version: HTTP/2 has no header to close a connection.
    pub(crate) fn refusal(answer: Answer, version: Version) -> Self {
        let closes = answer.closes() && version <= Version::HTTP_11;
        Self { answer, closes }
    }

    /// What it says.
    ///
    /// ```
    /// use tencent_im_webhook_axum::{Answer, WebhookResponse};
    ///
    /// let response = WebhookResponse::from(Answer::deferred());
    /// assert_eq!(response.answer().status(), 503);
    /// ```
    #[must_use]
    pub fn answer(&self) -> &Answer {
        &self.answer
    }
}

impl From<Answer> for WebhookResponse {
    fn from(answer: Answer) -> Self {
        Self { answer, closes: false }
    }
}

impl IntoResponse for WebhookResponse {
    fn into_response(self) -> Response {
        let mut response = http::Response::from(self.answer);
        if self.closes {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response.into_response()
    }
}
