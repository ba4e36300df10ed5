//! The tower side: HTTP requests in, [`Call`](crate::Call)s through, HTTP responses out.

mod admission;
mod body;
mod bounds;
mod deliver;
mod future;
mod layer;
mod pending;
mod run;
mod shape;
mod spawn;
mod steps;
mod timer;
mod to_the_end;
mod webhook;

pub use admission::{AdmissionBody, AdmissionFuture, AdmissionLayer, AdmissionService};
pub use bounds::CallService;
pub use future::ResponseFuture;
pub use layer::WebhookLayer;
pub use webhook::WebhookService;
