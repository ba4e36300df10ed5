//! `imhook listen`: a receiver that shows what comes.

#[cfg(feature = "actix")]
mod actix;
mod address;
mod answers;
mod command;
mod feed;
mod forward;
mod framework;
mod handler;
mod journal;
mod page;
mod site;
mod watch;

pub(crate) use command::Listen;
