//! What many commands, apps and tokens cost a call.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use anyhow::{Context as _, ensure};
use benches::{APP, Body, TOKEN};
use bytes::Bytes;
use http_body_util::Full;
use tencent_im_webhook::{
    BoxError, Call, CallService, Command, CommandMap, HandlerService, Head, Receiver, Reply, SdkAppId,
    UnixSeconds, WebhookHandler, WebhookService, sign,
};
use tencent_im_webhook_testing::WebhookRequest;
use tower::service_fn;

use crate::once::counted;
use crate::page::Page;
use crate::{parallel, table, valgrind};

/// Counts one call in every setting, each beside the first of its sort.
pub(crate) fn print(page: &Page) -> anyhow::Result<()> {
    let mut table = table::of(["a call to", "instructions", "of the first"]);
    for settings in SETTINGS {
        let counts =
            parallel::map(settings.iter(), |setting| valgrind::instructions_of(&["setting", setting.name]));
        let counts: Vec<u64> = counts.into_iter().collect::<anyhow::Result<_>>()?;
        let first = *counts.first().context("a sort without settings")?;
        for (setting, count) in settings.iter().zip(counts) {
            let figures = [count.to_string(), format!("{:.3}", count as f64 / first as f64)];
            table::add(&mut table, [setting.name], figures);
        }
    }
    page.put("flat", &table.to_string())?;
    Ok(())
}

/// Handles one call in a setting, as the process that is counted. One before it has computed the second's digest.
pub(crate) fn run(name: &str) -> anyhow::Result<()> {
    let setting = SETTINGS.iter().flat_map(|settings| settings.iter()).find(|setting| setting.name == name);
    let mut call = (setting.with_context(|| format!("no setting is called {name:?}"))?.call)();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let _inside = runtime.enter();
    ensure!(call(), "{name} is not answered with yes");
    counted(&mut || {
        black_box(call());
    });
    Ok(())
}

struct Setting {
    name: &'static str,
    /// Makes the call, which tells whether it was answered with yes.
    call: fn() -> Box<dyn FnMut() -> bool>,
}

const SETTINGS: [&[Setting]; 3] = [
    &[
        Setting { name: "routes of 4 commands", call: || routed(4) },
        Setting { name: "routes of every command", call: || routed(Command::ALL.len()) },
    ],
    &[
        Setting { name: "1 app", call: || handled(1, 1, SAME) },
        Setting { name: "10 apps", call: || handled(10, 1, SAME) },
        Setting { name: "1,000 apps", call: || handled(1000, 1, SAME) },
        Setting { name: "1,000 apps with two tokens each", call: || handled(1000, 2, SAME) },
        Setting { name: "1 app, in a new second", call: || handled(1, 1, NEW) },
        Setting { name: "1,000 apps, in a new second", call: || handled(1000, 1, NEW) },
        Setting { name: "1,000 apps with two tokens each, in a new second", call: || handled(1000, 2, NEW) },
    ],
    &[
        Setting { name: "1 app, the console's check", call: || checked(1, SAME) },
        Setting { name: "10 apps, the console's check", call: || checked(10, SAME) },
        Setting { name: "1,000 apps, the console's check", call: || checked(1000, SAME) },
        Setting { name: "1 app, the console's check in a new second", call: || checked(1, NEW) },
        Setting { name: "1,000 apps, the console's check in a new second", call: || checked(1000, NEW) },
    ],
];

/// What a router and the adapters' native handlers are found with, where so many commands have a route.
fn routed(commands: usize) -> Box<dyn FnMut() -> bool> {
    let measured = Command::OfficialAccountBeforeSendMsg;
    let others = Command::ALL.iter().filter(|other| **other != measured).take(commands - 1);
    let routes = others.fold(CommandMap::new(), |routes, other| routes.with(other.clone(), "others"));
    let routes = routes.with(measured, "measured");
    delivered(
        receiver(1, 1),
        SAME,
        service_fn(move |call: Call| {
            let found = routes.find(&call) == Some(&"measured");
            async move { if found { Ok(Reply::ok()) } else { Err(BoxError::from("another route")) } }
        }),
    )
}

/// A handler, for the last of so many apps and the last of its tokens.
fn handled(apps: u64, tokens: usize, seconds: Seconds) -> Box<dyn FnMut() -> bool> {
    struct Quiet;
    impl WebhookHandler for Quiet {}
    delivered(receiver(apps, tokens), seconds, HandlerService::new(Quiet))
}

fn delivered(receiver: Receiver, seconds: Seconds, service: impl CallService) -> Box<dyn FnMut() -> bool> {
    let request = WebhookRequest::new(APP, Command::OfficialAccountBeforeSendMsg);
    let mut queries = seconds.map(|time| request.clone().token_at(TOKEN, time).query()).into_iter().cycle();
    let body = Bytes::from(Body::Small.json());
    let service = WebhookService::new(receiver.clone(), service);
    Box::new(move || {
        let query = queries.next().unwrap_or_default();
        let Ok(admission) = receiver.admit(&Head::new("POST", &query)) else { return false };
        let answer = pin!(service.clone().deliver(admission, Full::new(body.clone())));
        let answer = answer.poll(&mut Context::from_waker(Waker::noop()));
        matches!(answer, Poll::Ready(answer) if answer.status() == 200)
    })
}

/// The console tries a URL without an app id, so that every app's token may be the one.
fn checked(apps: u64, seconds: Seconds) -> Box<dyn FnMut() -> bool> {
    let receiver = receiver(apps, 1);
    let query = |time: UnixSeconds| format!("Sign={}&RequestTime={}", sign(TOKEN, time), time.0);
    let mut queries = seconds.map(query).into_iter().cycle();
    Box::new(move || {
        let query = queries.next().unwrap_or_default();
        receiver.admit(&Head::new("POST", &query)).is_ok()
    })
}

/// When the calls are signed, in turn.
type Seconds = [UnixSeconds; 2];

const SAME: Seconds = [NOW, NOW];

/// Another second than that of the call before, so that no digest is known.
const NEW: Seconds = [NOW, UnixSeconds(NOW.0 + 1)];

/// With so many apps, of which the measured one has the highest number, and so many tokens each.
fn receiver(apps: u64, tokens: usize) -> Receiver {
    let now = NOW.system_time().expect("in range");
    let receiver = (1..apps).fold(Receiver::builder().clock(move || now), |receiver, at| {
        receiver.app(SdkAppId(APP.0 - at), (0..tokens).map(|token| format!("{at}-{token}")))
    });
    let retired = (1..tokens).map(|token| format!("retired-{token}"));
    receiver.app(APP, retired.chain([TOKEN.to_owned()])).build().expect("every app has a token")
}

const NOW: UnixSeconds = UnixSeconds(1_700_000_000);
