//! The tower side: HTTP requests in, [`Call`](crate::Call)s through, HTTP responses out.

mod admission;
mod body;
mod bounds;
mod future;
mod layer;
mod outcome;
mod shape;
mod spawn;
mod steps;
mod webhook;
mod within;

pub use admission::{AdmissionBody, AdmissionFuture, AdmissionLayer, AdmissionService};
pub use bounds::CallService;
pub use future::ResponseFuture;
pub use layer::WebhookLayer;
pub use webhook::WebhookService;
