//! A server whose handler does as the messages say.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::App;
use axum::Router;
use clap::ValueEnum;
use tencent_im_webhook::event::c2c::{AfterSendMsg, BeforeSendMsg};
use tencent_im_webhook::{
    BoxError, CallService, Context, HandlerService, MessageVerdict, MsgBody, Receiver, WebhookHandler,
    WebhookService, async_trait,
};
use tencent_im_webhook_actix::{Stopped, Webhook, asked_to_stop};
use tokio::time::sleep;
use tower::ServiceBuilder;

use crate::requests::{APP, PATH, TOKEN};
use crate::table::Table;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[arg(long, value_enum, default_value_t = Stack::Axum)]
    stack: Stack,

    /// How many webhooks are handled at a time before others are turned away
    #[arg(long)]
    capacity: Option<usize>,

    /// How many threads actix-web answers with
    #[arg(long, default_value_t = 2)]
    workers: usize,
}

/// Who serves.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Stack {
    Axum,
    Actix,
    /// `axum::serve` as it is: to see what it loses.
    BareAxum,
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Axum => "axum",
            Self::Actix => "actix",
            Self::BareAxum => "bare-axum",
        })
    }
}

pub(crate) async fn run(args: Args) -> anyhow::Result<Table> {
    // Thousands of panics on purpose would drown all else.
    std::panic::set_hook(Box::new(|_| {}));
    let receiver = Receiver::builder().app(APP, [TOKEN]).build()?;
    let obedient = Obedient::default();
    let handler = HandlerService::new(obedient.clone());
    let stopped = match args.capacity {
        Some(capacity) => {
            let shedding = ServiceBuilder::new().load_shed().concurrency_limit(capacity).service(handler);
            serve(&args, receiver, shedding).await?
        }
        None => serve(&args, receiver, handler).await?,
    };
    println!("{obedient}; {stopped}");
    Ok(Table::default())
}

async fn serve<S: CallService + Sync>(
    args: &Args,
    receiver: Receiver,
    service: S,
) -> anyhow::Result<Stopped> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    println!("listening on http://{}{PATH}", listener.local_addr()?);
    Ok(match args.stack {
        Stack::Axum => {
            let app = router(&receiver, service);
            tencent_im_webhook_axum::serve(on_tokio(listener)?, app, receiver).await
        }
        Stack::BareAxum => {
            let app = router(&receiver, service);
            axum::serve(on_tokio(listener)?, app).with_graceful_shutdown(asked_to_stop()).await?;
            receiver.drain().await;
            Stopped::default()
        }
        Stack::Actix => {
            let webhook = Webhook::service(receiver.clone(), service);
            let app = move || App::new().service(webhook.clone().at(PATH));
            tencent_im_webhook_actix::serve(listener, app, receiver).workers(args.workers).await?
        }
    })
}

fn router<S: CallService + Sync>(receiver: &Receiver, service: S) -> Router {
    Router::new().route_service(PATH, WebhookService::new(receiver.clone(), service))
}

fn on_tokio(listener: std::net::TcpListener) -> std::io::Result<tokio::net::TcpListener> {
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}

/// Does as the texts of messages say, and counts events.
#[derive(Clone, Debug, Default)]
struct Obedient(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    begun: AtomicU64,
    finished: AtomicU64,
}

#[async_trait]
impl WebhookHandler for Obedient {
    async fn c2c_before_send_msg(
        &self,
        _: &Context,
        message: BeforeSendMsg,
    ) -> Result<MessageVerdict, BoxError> {
        obey(&message.msg_body).await?;
        Ok(MessageVerdict::Allow)
    }

    async fn c2c_after_send_msg(&self, _: &Context, message: AfterSendMsg) -> Result<(), BoxError> {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        let outcome = obey(&message.msg_body).await;
        self.0.finished.fetch_add(1, Ordering::Relaxed);
        outcome
    }
}

impl fmt::Display for Obedient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (begun, finished) =
            (self.0.begun.load(Ordering::Relaxed), self.0.finished.load(Ordering::Relaxed));
        write!(f, "events: {begun} begun, {finished} finished")
    }
}

async fn obey(body: &MsgBody) -> Result<(), BoxError> {
    match body.texts().next() {
        Some("fail") => return Err("as told".into()),
        Some("panic") => panic!("as told"),
        Some("hang") => std::future::pending().await,
        Some("work") => sleep(WORK).await,
        Some("outlast") => sleep(LONGER_THAN_THE_DEADLINE).await,
        Some("block") => std::thread::sleep(BLOCK),
        Some(_) | None => {}
    }
    Ok(())
}

/// What a handler does that asks somebody else.
pub(crate) const WORK: Duration = Duration::from_millis(50);

/// What an *after* handler may do that goes on after its answer.
const LONGER_THAN_THE_DEADLINE: Duration = Duration::from_secs(2);

/// What a handler does that should have asked for a thread of its own.
const BLOCK: Duration = Duration::from_millis(200);
