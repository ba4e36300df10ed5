//! The mounts, the extractor and the commands, against routers as users build them.

mod commands;
mod extractor;
mod mounting;
mod support;
