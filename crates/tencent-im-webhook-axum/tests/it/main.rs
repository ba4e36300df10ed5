//! The mounts and the extractor, against routers as users build them.

mod extractor;
mod mounting;
mod support;
