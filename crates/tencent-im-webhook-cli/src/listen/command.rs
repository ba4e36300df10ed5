//! The command line of `imhook listen`, and what it starts.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use tencent_im_webhook::{Receiver, SdkAppId};
use tencent_im_webhook_serve::asked_to_stop;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio_util::sync::CancellationToken;

use crate::client::{Client, PATIENCE, Target};
use crate::error::{Error, ErrorKind};
use crate::judge::LIMIT;
use crate::listen::address::{address_of, base_of, bind};
use crate::listen::answers::{Answers, Rule};
use crate::listen::feed::Feed;
use crate::listen::forward::Forward;
use crate::listen::framework::{Framework, Mount};
use crate::listen::handler::Answering;
use crate::listen::journal::{Journal, Pen, SaveFile, Summary};
use crate::listen::page::{self, Ourselves, Page};
use crate::listen::watch::{Watch, on_failure, on_rejection};
use crate::output::{FAINT, Output, STRONG};
use crate::record::Resign;
use crate::sender::app_id;
use crate::token::Token;

/// Receive webhooks, print each as it comes, and answer it.
///
/// Every path takes webhooks but /_imhook, where a live page shows them: the bodies, the answers, and a button
/// that sends one again. It shows what people write: only who is on this machine gets it, and not through
/// a tunnel or a proxy.
///
/// An answer is allowed or acknowledged unless an --answer says otherwise; gifts are refused.
#[derive(Args, Debug)]
#[command(after_help = "\
Answers:
  COMMAND is a command, a family such as Group, or * for all; the particular comes before the general, and the
  last one of several. WHAT is one of
    allow               let it happen, or acknowledge that it has
    reject              refuse it, with the platform's own code
    reject:CODE:TEXT    refuse it, with a code and a text of yours
    discard             drop a message, and let its sender believe that it was sent
    defer               answer 503, so that the policy of the console rules
    delay:TIME[,WHAT]   answer so long after the request came, such as delay:2500ms,allow

Lines of --json and --save:
  command, typed, cause, event (as its type writes it), raw (the body), raw_base64 (its bytes, where raw is not
  just them), refused, status, answer, outcome, latency_us, id, received (milliseconds), method, path, query.
  With --json, the first line says where it listens and the last one has the summary.

Examples:
  imhook listen --app-id 1400000000
  imhook listen --app-id 1400000000 --token secret --save webhooks.jsonl
  imhook listen --app-id 1400000000 --answer 'C2C.CallbackBeforeSendMsg=reject:120001:no links, please'
  imhook listen --app-id 1400000000 --answer '*=delay:2500ms' --framework axum
  imhook listen --app-id 1400000000 --forward http://127.0.0.1:3000/im/webhook")]
pub(crate) struct Listen {
    /// The address and the port; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// The SDKAppID of the console.
    #[arg(long, value_name = "N", env = "IMHOOK_APP_ID", value_parser = app_id)]
    app_id: SdkAppId,

    /// The token of the console's webhook settings; several while one replaces another. Without one, signatures
    /// are not checked.
    #[arg(long, value_name = "TOKEN", env = "IMHOOK_TOKEN", hide_env_values = true)]
    token: Vec<Token>,

    /// Which server to mount the receiver on.
    #[arg(long, value_enum, default_value_t = Framework::Hyper)]
    framework: Framework,

    /// What to answer, as below. May be given several times.
    #[arg(long, value_name = "COMMAND=WHAT")]
    answer: Vec<Rule>,

    /// Append each webhook to this file, for `imhook replay`.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,

    /// Pass on what no --answer takes, as it came, and give the answer that comes back.
    #[arg(long, value_name = "URL")]
    forward: Option<Target>,
}

/// What is printed first.
#[derive(Debug, Serialize)]
struct Listening {
    listening: String,
    page: String,
    app_id: SdkAppId,
    framework: Framework,
    signed: bool,
}

impl Listen {
    pub(crate) async fn run(self, output: &Output) -> Result<(), Error> {
        self.framework.require_built()?;
        let answers = Answers::new(self.answer.clone())?;
        let receiver = self.receiver()?;
        let key: Arc<str> = page::random()?.into();
        // Not that of the page, which nobody else is to know.
        let mark: Arc<str> = page::random()?.into();
        let forward = self.forward.clone().map(|target| Forward::new(target, mark)).transpose()?;
        let file = self.save.as_deref().map(SaveFile::open).transpose()?;
        let listener = bind(self.listen)?;
        let address = address_of(&listener)?;
        let base = base_of(address);
        self.require_other_target(address)?;

        let stopping = CancellationToken::new();
        let feed = Arc::new(Feed::new(page::random()?, stopping.clone()));
        let page = Page::new(Arc::clone(&feed), Arc::clone(&key), self.ourselves(&base)?);
        output.print(&self.listening(&base));
        let (pen, journal) = start(Journal::new(*output, file, feed), &stopping);
        tokio::spawn(stop_when_asked(stopping.clone()));
        let (watch, answering) = (Watch::new(pen.clone(), key), Answering::new(answers, forward));
        self.framework.serve(listener, Mount { page, watch, answering, receiver, stopping }).await?;
        // The journal is gone already where it could not be written.
        let _ = pen.send(None).await;
        let summary = journal.await.map_err(|error| Error::new(ErrorKind::Failed, error))??;
        output.print(&summary);
        Ok(())
    }

    fn receiver(&self) -> Result<Receiver, Error> {
        let (builder, app) = (Receiver::builder(), self.app_id);
        let builder = match self.token.is_empty() {
            true => builder.app_without_signature(app),
            false => builder.app(app, self.token.iter().map(Token::as_str)),
        };
        // A target may answer late, which is to be seen, and so does not cut it off.
        let builder = match &self.forward {
            Some(_) => builder.deadline(PATIENCE + LIMIT),
            None => builder,
        };
        let receiver = builder.inspect_rejection(on_rejection).inspect_failure(on_failure).build();
        receiver.map_err(|error| Error::new(ErrorKind::Usage, error))
    }

    fn require_other_target(&self, address: SocketAddr) -> Result<(), Error> {
        match self.forward.as_ref().filter(|target| target.is_at(address)) {
            Some(target) => Err(Error::new(
                ErrorKind::Usage,
                format!("--forward {target} leads back to --listen {address}"),
            )),
            None => Ok(()),
        }
    }

    fn ourselves(&self, base: &str) -> Result<Ourselves, Error> {
        let target = base.parse().map_err(|error: String| Error::new(ErrorKind::Usage, error))?;
        let resign = Resign { app: None, token: self.token.first().cloned() };
        Ok(Ourselves { client: Client::new(target)?, base: base.into(), resign })
    }

    fn listening(&self, base: &str) -> Listening {
        Listening {
            listening: base.to_owned(),
            page: format!("{base}{}", page::PATH),
            app_id: self.app_id,
            framework: self.framework,
            signed: !self.token.is_empty(),
        }
    }
}

impl fmt::Display for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { listening, page, app_id, framework, signed } = self;
        writeln!(
            f,
            "{STRONG}{listening}{STRONG:#} takes webhooks for app {app_id}, on any path, with {framework}"
        )?;
        write!(f, "{STRONG}{page}{STRONG:#} shows them")?;
        match signed {
            true => Ok(()),
            false => write!(f, "\n{FAINT}no --token: signatures are not checked{FAINT:#}"),
        }
    }
}

/// Starts the journal. When it ends, however it does, the server stops.
fn start(journal: Journal, stopping: &CancellationToken) -> (Pen, JoinHandle<Result<Summary, Error>>) {
    let (pen, records) = mpsc::channel(BACKLOG);
    let stop = stopping.clone().drop_guard();
    let running = spawn_blocking(move || {
        let _stop = stop;
        journal.run(records)
    });
    (pen, running)
}

async fn stop_when_asked(stopping: CancellationToken) {
    asked_to_stop().await;
    stopping.cancel();
}

/// How many webhooks may wait for the terminal before the next ones wait with their answers.
const BACKLOG: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use std::time::Duration;

    use clap::Parser as _;
    use tencent_im_webhook::{Call, Command, Reply, WebhookService};
    use tencent_im_webhook_testing::WebhookRequest;
    use tokio::time::{Instant, sleep};
    use tower::{ServiceExt as _, service_fn};

    use crate::cli::{self, Cli};

    async fn answered_late(args: &[&str], command: Command) -> (u16, Duration) {
        let cli = Cli::try_parse_from([&["imhook", "listen", "--app-id", "1"], args].concat()).unwrap();
        let cli::Command::Listen(listen) = cli.command else { panic!("not listen") };
        let target = service_fn(|_: Call| async {
            sleep(LIMIT + Duration::from_secs(1)).await;
            Ok::<_, Infallible>(Reply::ok())
        });
        let begun = Instant::now();
        let request = WebhookRequest::new(SdkAppId(1), command).body("{}").to_http("/");
        let service = WebhookService::new(listen.receiver().unwrap(), target);
        let Ok(response) = service.oneshot(request).await;
        (response.status().as_u16(), begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_target_is_waited_for() {
        for command in [Command::C2cBeforeSendMsg, Command::C2cAfterSendMsg] {
            let late = answered_late(&["--forward", "http://localhost/"], command).await;
            assert_eq!(late, (200, Duration::from_secs(3)));
        }
        let (status, waited) = answered_late(&[], Command::C2cBeforeSendMsg).await;
        assert!(status == 503 && waited < LIMIT, "{waited:?}");
    }
}
