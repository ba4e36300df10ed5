//! Runs behaviors on stacks, and shows which ran where.

use std::collections::HashSet;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use comfy_table::{CellAlignment, Table, presets};
use conformance::Kind;
use conformance::hostile::{Bytes, Row};
use libtest_mimic::{Arguments, Trial};

use crate::hostile;

/// Something that holds on every stack that has what it takes.
#[derive(Clone, Copy)]
pub(crate) struct Behavior {
    pub(crate) name: &'static str,
    pub(crate) needs: Needs,
    pub(crate) run: Run,
}

/// How a behavior is tried.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    Test(fn(Kind) -> Running),
    /// A row of the table of hostile requests.
    Row(&'static Row),
    /// The same for bytes that are no request.
    Bytes(&'static Bytes),
}

pub(crate) type Running = Pin<Box<dyn Future<Output = ()>>>;

impl Run {
    fn on(self, kind: Kind) -> Running {
        match self {
            Self::Test(test) => test(kind),
            Self::Row(row) => Box::pin(hostile::answers_as_the_row_says(row, kind)),
            Self::Bytes(bytes) => Box::pin(hostile::treats_bytes_as_the_row_says(bytes, kind)),
        }
    }
}

/// What a behavior takes of a stack.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Needs {
    Nothing,
    /// It reads bodies and runs handlers under a deadline.
    Service,
    /// The same, and its time can be paused: the behavior is exact to the millisecond.
    PausedTime,
    /// It has connections that bytes of HTTP/1 can be written to.
    Http1,
    /// The same in paused time.
    PausedHttp1,
}

impl Needs {
    fn are_met_by(self, kind: Kind) -> bool {
        match self {
            Self::Nothing => true,
            Self::Service => kind.reads_bodies(),
            Self::PausedTime => kind.reads_bodies() && kind.is_paused(),
            Self::Http1 => kind.speaks_http1(),
            Self::PausedHttp1 => kind.speaks_http1() && kind.is_paused(),
        }
    }

    /// Why a stack is left out.
    fn lacking(self, kind: Kind) -> &'static str {
        match self {
            Self::Http1 | Self::PausedHttp1 if !kind.speaks_http1() => "no HTTP/1",
            _ if !kind.reads_bodies() => "no IO",
            _ => "real time",
        }
    }
}

/// Lists the behaviors of a module by what they need.
macro_rules! behaviors {
    ($($needs:ident: [$($name:ident),* $(,)?])*) => {
        pub(crate) const ALL: &[$crate::Behavior] = &[$($(
            $crate::Behavior {
                name: stringify!($name),
                needs: $crate::Needs::$needs,
                run: $crate::Run::Test(|kind| Box::pin($name(kind))),
            },
        )*)*];
    };
}

pub(crate) use behaviors;

/// Runs what the command line asks for, and prints the matrix if that is everything.
pub(crate) fn run(modules: &[(&'static str, Vec<Behavior>)]) -> ExitCode {
    let arguments = Arguments::from_args();
    let passed = Arc::new(Mutex::new(HashSet::new()));
    let trials: Vec<Trial> = pairs(modules)
        .filter(|(_, behavior, kind)| behavior.needs.are_met_by(*kind))
        .map(|(module, behavior, kind)| trial(module, behavior, kind, Arc::clone(&passed)))
        .collect();
    let is_partial = arguments.filter.is_some() || arguments.list || !arguments.skip.is_empty();
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !is_partial {
        let passed = passed.lock().unwrap();
        println!("{}\n", table(modules, &passed));
    }
    conclusion.exit_code()
}

type Cell = (&'static str, &'static str, Kind);

fn pairs(modules: &[(&'static str, Vec<Behavior>)]) -> impl Iterator<Item = (&'static str, Behavior, Kind)> {
    modules.iter().flat_map(|(module, behaviors)| {
        behaviors.iter().flat_map(move |behavior| Kind::ALL.map(|kind| (*module, *behavior, kind)))
    })
}

fn trial(module: &'static str, behavior: Behavior, kind: Kind, passed: Arc<Mutex<HashSet<Cell>>>) -> Trial {
    Trial::test(format!("{module}::{} on {kind}", behavior.name), move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(kind.is_paused())
            .build()?;
        runtime.block_on(behavior.run.on(kind));
        passed.lock().unwrap().insert((module, behavior.name, kind));
        Ok(())
    })
}

/// A row per behavior, a column per stack, and no empty cell: where a stack lacks what a behavior needs, it
/// says what.
fn table(modules: &[(&'static str, Vec<Behavior>)], passed: &HashSet<Cell>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let head = ["behavior"].into_iter().chain(Kind::ALL.map(Kind::name));
    table.set_header(head);
    for (module, behaviors) in modules {
        for behavior in behaviors {
            let cells = Kind::ALL.map(|kind| match behavior.needs.are_met_by(kind) {
                true if passed.contains(&(*module, behavior.name, kind)) => "ok",
                true => "FAILED",
                false => behavior.needs.lacking(kind),
            });
            let name = format!("{module}: {}", behavior.name.replace('_', " "));
            table.add_row([name].into_iter().chain(cells.map(str::to_owned)));
        }
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Center);
    }
    table
}
