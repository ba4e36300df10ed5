//! The mounts, the extractor and the commands, against routers as users build them.

mod commands;
mod extractor;
mod mounting;
#[cfg(feature = "serve")]
mod serve;
mod support;
