//! The mounts, against routers as users build them.

mod mounting;
mod support;
