//! The live page in a browser: headless Chromium, through its own driver.
//!
//! Where there is none the test says so and passes, unless `IMHOOK_BROWSER=required`.

use std::env;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use futures_util::FutureExt as _;
use futures_util::future::try_join_all;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tencent_im_webhook::Command::{C2cBeforeSendMsg, StateStateChange};
use tencent_im_webhook_testing::fixture;

use crate::listening::{Listening, send, webhook};
use crate::support::TOKEN;

const MARKUP: &str =
    "<img src=x onerror=\"document.title='owned'\"><b id=\"owned\">bold</b><script>owned()</script>";

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_what_comes_as_it_comes() {
    let Some(browser) = Browser::start().await else { return };
    // A browser outlives its driver, so it is told to end whatever happened.
    let outcome = AssertUnwindSafe(check(&browser)).catch_unwind().await;
    browser.stop().await;
    outcome.unwrap_or_else(|panic| resume_unwind(panic));
}

async fn check(browser: &Browser) {
    let mut listening =
        Listening::start(&["--answer", "C2C.CallbackBeforeSendMsg=reject:120001:no markup, please"]).await;
    let page = &browser.client;
    page.goto(&listening.url("/_imhook")).await.unwrap();
    appears(page, Locator::Css("#stream[data-state=live]")).await;
    assert_eq!(text(page, "#count").await, "no webhooks yet");

    // A delivery appears by itself, chosen since it is the first.
    let mut body: Value = serde_json::from_str(fixture(&C2cBeforeSendMsg).unwrap().body()).unwrap();
    body["MsgBody"] = json!([{"MsgType": "TIMTextElem", "MsgContent": {"Text": MARKUP}}]);
    body["Odd"] = json!([[[[[{"Deep": 74363827834904u64}]]]]]);
    let body = body.to_string().replace("74363827834904", "12345678901234567890");
    let before = webhook(&C2cBeforeSendMsg).body(body);
    send(before.to_http(&listening.url("/im/webhook"))).await;
    appears(page, Locator::Css("#deliveries li:nth-child(1)")).await;
    assert_eq!(text(page, "#command").await, "C2C.CallbackBeforeSendMsg");
    assert!(text(page, "#outcome").await.contains("120001"), "{}", text(page, "#outcome").await);
    assert!(text(page, "#facts").await.contains("POST /im/webhook"));

    // The answer that was given.
    let answer = text(page, "#answer").await;
    assert!(answer.contains("ErrorCode: 120001") && answer.contains("no markup, please"), "{answer}");

    // The body is a tree, down to the text, which stays text.
    let shown = page.find(Locator::XPath("//*[@id='body']//div[span[text()='Text']]/span[2]")).await.unwrap();
    assert_eq!(shown.text().await.unwrap(), MARKUP);
    assert!(
        page.find_all(Locator::Css("#owned, #body img, #body b, #body script")).await.unwrap().is_empty()
    );
    assert_eq!(page.title().await.unwrap(), "imhook");
    branch(page, "MsgBody").await.click().await.unwrap();
    assert!(!shown.is_displayed().await.unwrap(), "a branch closes");
    branch(page, "MsgBody").await.click().await.unwrap();
    assert!(shown.is_displayed().await.unwrap(), "and opens");
    for _ in 0..3 {
        let closed = Locator::Css("#body details:not([open]) > summary");
        appears(page, closed).await.click().await.unwrap();
    }
    let deep = Locator::XPath("//*[@id='body']//div[span[text()='Deep']]/span[2]");
    let deep = appears(page, deep).await.text().await.unwrap();
    assert_eq!(deep, "12345678901234567890", "not a digit is changed");

    // The filter leaves what it names.
    let state = webhook(&StateStateChange);
    send(state.to_http(&listening.url("/im/webhook"))).await;
    appears(page, Locator::Css("#deliveries li:nth-child(2)")).await;
    let filter = page.find(Locator::Css("#filter")).await.unwrap();
    let typed = "state.s";
    filter.send_keys(typed).await.unwrap();
    assert_eq!(visible(page).await, ["State.StateChange"]);
    assert_eq!(text(page, "#count").await, "1 of 2 webhooks");
    filter.send_keys(&char::from(Key::Backspace).to_string().repeat(typed.len())).await.unwrap();
    appears(page, Locator::XPath("//*[@id='count'][text()='2 webhooks']")).await;
    assert_eq!(
        visible(page).await,
        ["State.StateChange", "C2C.CallbackBeforeSendMsg"],
        "the newest comes first"
    );

    // Resending makes a new delivery, which is let in: it was signed anew.
    page.find(Locator::Css("#resend")).await.unwrap().click().await.unwrap();
    appears(page, Locator::Css("#deliveries li:nth-child(3)")).await;
    appears(page, Locator::XPath("//*[@id='resent'][contains(text(), '200')]")).await;
    let lines = [listening.line().await, listening.line().await, listening.line().await];
    assert_eq!((&lines[2]["resent"], &lines[2]["refused"]), (&1.into(), &Value::Null));
    assert_eq!((&lines[2]["event"], &lines[2]["status"]), (&lines[0]["event"], &200.into()));

    // Another page sees what has been.
    page.refresh().await.unwrap();
    appears(page, Locator::Css("#deliveries li:nth-child(3)")).await;

    // Nothing came from elsewhere, nothing was against the policy, and no secret is to be seen.
    let source = page.source().await.unwrap();
    assert!(!source.contains("Sign") && !source.contains(TOKEN), "{source}");
    let requested = browser.requested().await;
    let ours = requested.iter().filter(|url| url.starts_with(&listening.base)).count();
    assert_eq!(ours, 5, "the page and its events twice, and the button: {requested:?}");
    // The browser's own new tab is made of the others.
    let is_inside = |url: &&String| ["chrome:", "data:"].iter().any(|scheme| url.starts_with(scheme));
    assert_eq!(requested.iter().filter(is_inside).count(), requested.len() - ours, "{requested:?}");
    assert_eq!(browser.log("browser").await, [] as [Value; 0]);
    if let Some(path) = env::var_os("IMHOOK_SCREENSHOT") {
        std::fs::write(path, browser.client.screenshot().await.unwrap()).unwrap();
    }
}

/// The line by which a branch of the body opens and closes.
async fn branch(page: &Client, name: &str) -> Element {
    let path = format!("//*[@id='body']//summary[span[text()='{name}']]");
    page.find(Locator::XPath(&path)).await.expect("the body has this branch")
}

/// Waits for something to be on the page.
async fn appears(page: &Client, locator: Locator<'_>) -> Element {
    let found = page.wait().every(Duration::from_millis(20)).for_element(locator).await;
    found.unwrap_or_else(|error| panic!("{locator:?} does not appear: {error}"))
}

async fn text(page: &Client, selector: &str) -> String {
    let found = page.find(Locator::Css(selector)).await.expect(selector);
    found.text().await.expect("it is on the page")
}

/// The commands of the deliveries that the filter leaves, from the top.
async fn visible(page: &Client) -> Vec<String> {
    let names = page.find_all(Locator::Css("#deliveries li:not([hidden]) .name")).await;
    let names = names.expect("there is a list").into_iter().map(|name| async move { name.text().await });
    try_join_all(names).await.expect("the names are on the page")
}

/// A browser and its driver, which end with this value.
struct Browser {
    client: Client,
    driver: Child,
    folder: PathBuf,
}

impl Browser {
    /// `None` where there is none, and none is required.
    async fn start() -> Option<Self> {
        let (driver, chromium) = match (find("chromedriver"), find("chromium")) {
            (Some(driver), Some(chromium)) => (driver, chromium),
            _ => {
                let required = env::var_os("IMHOOK_BROWSER").is_some_and(|wish| wish == "required");
                assert!(!required, "chromium and chromedriver are required, and are not both in PATH");
                // Not by `eprintln!`, which the test harness keeps to itself.
                let _ = writeln!(
                    io::stderr(),
                    "LEFT OUT: the live page in a browser, for want of chromium and chromedriver"
                );
                return None;
            }
        };
        let (driver, port) = start_driver(&driver);
        let folder = env::temp_dir().join(format!("imhook-browser-{}", std::process::id()));
        let capabilities = capabilities(&chromium, &folder);
        let capabilities = capabilities.as_object().expect("an object").clone();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&format!("http://127.0.0.1:{port}")).await;
        Some(Self { client: client.expect("the browser starts"), driver, folder })
    }

    /// The URLs of all requests so far.
    async fn requested(&self) -> Vec<String> {
        let mut urls = Vec::new();
        for entry in self.log("performance").await {
            let message = entry["message"].as_str().and_then(|text| serde_json::from_str(text).ok());
            let message: Value = message.expect("an event of the browser's");
            if message["message"]["method"] == "Network.requestWillBeSent" {
                let url = message["message"]["params"]["request"]["url"].as_str();
                urls.push(url.expect("a request has a URL").to_owned());
            }
        }
        urls
    }

    /// What chromedriver has logged of a kind since it was last asked.
    async fn log(&self, kind: &'static str) -> Vec<Value> {
        let entries = self.client.issue_cmd(Log(kind)).await.expect("chromedriver has logs");
        entries.as_array().expect("a list").clone()
    }

    async fn stop(self) {
        self.client.clone().close().await.expect("the browser ends");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// An extension of chromedriver's.
#[derive(Debug)]
struct Log(&'static str);

impl WebDriverCompatibleCommand for Log {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({"type": self.0}).to_string()))
    }
}

/// Starts the driver on a port of its choice.
fn start_driver(path: &Path) -> (Child, u16) {
    let mut driver = Command::new(path)
        .args(["--port=0", "--log-level=SEVERE"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the driver starts");
    let stdout = driver.stdout.take().expect("it is piped");
    let says_where = |line: io::Result<String>| {
        let line = line.ok()?;
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    };
    let port = BufReader::new(stdout).lines().find_map(says_where).expect("the driver says its port");
    (driver, port)
}

fn capabilities(chromium: &Path, folder: &Path) -> Value {
    let data = format!("--user-data-dir={}", folder.display());
    let mut args = vec!["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
    args.extend(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    args.extend(["--disable-dev-shm-usage", "--window-size=1280,900", &data]);
    json!({
        "goog:chromeOptions": {"binary": chromium, "args": args},
        "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
    })
}

fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}
