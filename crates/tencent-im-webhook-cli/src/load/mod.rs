//! `imhook load`: webhooks at a steady rate, whether the target keeps up or not.

mod mix;
mod pace;
mod plot;
mod record;
mod shots;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tencent_im_webhook_serve::asked_to_stop;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::client::Client;
use crate::error::Error;
use crate::judge::judge;
use crate::load::mix::Mix;
use crate::load::pace::Pace;
use crate::load::record::{Record, Summary};
use crate::load::shots::Shots;
use crate::output::Output;
use crate::sender::Sender;
use crate::time::some_duration;

/// Send webhooks at a steady rate, and measure how long the answers take.
///
/// The rate is kept whatever the target does, and latency counts from when a webhook was due: a target that stalls
/// is not spared the requests that it held up. Ctrl-C ends early, with the summary so far and exit code 6.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  imhook load --to http://127.0.0.1:8080/im/webhook --app-id 1400000000 --token secret --rate 500 --for 30s
  imhook load --to … --app-id … --rate 2000 --for 1m --mix mix.jsonl --plot latency.svg
  imhook load --to … --app-id … --rate 100 --for 10s --json | jq .p99_us

A mix is a file with a JSON object per line: a command, its weight (1 if left out), and its body (the sample if left
out). Without one, every command comes as often as any other.
  {\"command\": \"C2C.CallbackBeforeSendMsg\", \"weight\": 8}
  {\"command\": \"State.StateChange\", \"weight\": 2, \"body\": {\"Info\": {\"Action\": \"Login\", …}}}")]
pub(crate) struct Load {
    #[command(flatten)]
    sender: Sender,

    /// How many webhooks a second.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: u32,

    /// For how long, such as 30s or 5m; a day at most.
    #[arg(long = "for", value_name = "DURATION", default_value = "30s", value_parser = some_duration)]
    duration: Duration,

    /// What to send: see below.
    #[arg(long, value_name = "FILE")]
    mix: Option<PathBuf>,

    /// How many connections at most, each with one webhook at a time.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,

    /// Write a plot of latency over time, as SVG.
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
}

impl Load {
    pub(crate) async fn run(self, output: &Output) -> Result<(), Error> {
        let mix = self.mix.as_deref().map_or_else(|| Ok(Mix::even()), Mix::read)?;
        // Now rather than after minutes of load.
        self.plot.as_deref().map_or(Ok(()), require_writable)?;
        let client = self.sender.client()?;
        let shots = Arc::new(Shots::new(self.sender.clone(), client.clone(), mix));
        let pace = Pace::begin(self.rate, self.duration, self.connections);
        let record = Arc::new(Record::default());

        let mut workers = JoinSet::new();
        for _ in 0..self.connections {
            workers.spawn(work(Arc::clone(&pace), Arc::clone(&shots), Arc::clone(&record), client.clone()));
        }
        let ended = self.watch(&mut workers, &pace, &record).await;
        pace.stop();
        workers.shutdown().await;
        if let Ended::Unreachable(error) = ended {
            return Err(error);
        }
        let interrupted = matches!(ended, Ended::Interrupted);
        let summary = Summary::of(&record, &pace, interrupted);
        if let Some(path) = &self.plot {
            let svg = plot::draw(&summary, &record.seconds());
            fs::write(path, svg).map_err(|error| Error::file(path, error))?;
        }
        output.print(&summary);
        summary.verdict()
    }

    /// Until everything is answered, or somebody has had enough.
    async fn watch(&self, workers: &mut JoinSet<Result<(), Error>>, pace: &Pace, record: &Record) -> Ended {
        let bar = bar(self.duration);
        let mut redraw = tokio::time::interval(Duration::from_millis(100));
        let too_long = Instant::from_std(pace.ends()) + self.sender.patience();
        // One for all rounds: a signal between two of them would find nobody.
        let mut stop = pin!(asked_to_stop());
        let ended = loop {
            tokio::select! {
                worker = workers.join_next() => match worker {
                    None => break Ended::Done,
                    Some(Ok(Err(error))) => break Ended::Unreachable(error),
                    Some(_) => {}
                },
                _ = redraw.tick() => {
                    bar.set_position(millis(pace.elapsed().min(self.duration)));
                    bar.set_message(record.glance());
                }
                () = sleep_until(too_long) => break Ended::Done,
                () = &mut stop => break Ended::Interrupted,
            }
        };
        bar.finish_and_clear();
        ended
    }
}

enum Ended {
    Done,
    Interrupted,
    /// Not one answer, and no connection.
    Unreachable(Error),
}

/// One connection: waits until something is due, sends it, and waits for the answer.
async fn work(pace: Arc<Pace>, shots: Arc<Shots>, record: Arc<Record>, client: Client) -> Result<(), Error> {
    while let Some(due) = pace.next().await {
        let shot = shots.next();
        let mut result = client.send_prepared(shot.request).await;
        let latency = due.elapsed();
        if let Ok(timed) = &mut result {
            timed.latency = latency;
        }
        let fault = judge(&shot.command, &result).faults.into_iter().next();
        record.add(
            due.duration_since(pace.begun()),
            latency,
            result.is_ok(),
            fault.map(|fault| fault.kind()),
        );
        match result {
            Err(error) if error.kind().is_unreachable() && !record.has_answers() => {
                return Err(client.unreachable(&error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Leaves what is there as it is: there may be nothing to write in the end.
fn require_writable(path: &Path) -> Result<(), Error> {
    let opened = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            File::create_new(path).and_then(|_| fs::remove_file(path))
        }
        opened => opened.map(drop),
    };
    opened.map_err(|error| Error::file(path, error))
}

/// Seen on a terminal only.
fn bar(duration: Duration) -> ProgressBar {
    let style = ProgressStyle::with_template("{elapsed} {wide_bar} {msg}").expect("the template is right");
    let bar = ProgressBar::with_draw_target(Some(millis(duration)), ProgressDrawTarget::stderr());
    bar.with_style(style)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
