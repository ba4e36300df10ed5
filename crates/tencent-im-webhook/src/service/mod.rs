//! The tower side: HTTP requests in, [`Call`](crate::Call)s through, HTTP responses out.

mod body;
mod future;
mod layer;
mod outcome;
mod webhook;

pub use future::ResponseFuture;
pub use layer::WebhookLayer;
pub use webhook::WebhookService;
