//! Something that is done once in a process of its own, so that callgrind counts it and nothing else.

use std::hint::black_box;

use clap::Subcommand;

use crate::{flat, growth, steps};

/// What is done.
#[derive(Subcommand)]
pub(crate) enum Once {
    /// A request of one of the families of `growth`.
    Family { name: String, size: usize },
    /// A call in one of the settings of `flat`.
    Setting { name: String },
    /// One of the steps with a budget.
    Step { name: String },
}

impl Once {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        match self {
            Self::Family { name, size } => growth::run(name, *size),
            Self::Setting { name } => flat::run(name),
            Self::Step { name } => steps::run(name),
        }
    }
}

/// The only function that is counted, with all that it calls: callgrind is told its name.
#[inline(never)]
pub(crate) fn counted(work: &mut dyn FnMut()) {
    work();
    // Without something left to do it would jump to the work, and not be there when that returns.
    black_box(());
}

pub(crate) const COUNTED: &str = "benches::once::counted";
