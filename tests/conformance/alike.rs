//! axum, actix-web and the plain service answer any request byte for byte alike.

use std::collections::BTreeMap;

use actix_web::App;
use actix_web::http::header::HeaderValue;
use actix_web::test as actix;
use axum::Router;
use conformance::{Kind, PATH, Sample, Stack, receiver};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use tencent_im_webhook::WebhookHandler;
use tencent_im_webhook_axum::RouterExt;
use tencent_im_webhook_testing::send;

use crate::requests::request;

const REQUESTS: usize = 100_000;

#[test]
fn any_request_gets_the_same_bytes_everywhere() {
    actix_web::rt::System::new().block_on(async {
        let receiver = receiver().build().unwrap();
        let tower = Stack::new(Kind::Tower, &receiver, Defaults);
        let axum: Router = Router::new().webhook(PATH, receiver.clone(), Defaults);
        let webhook = tencent_im_webhook_actix::Webhook::new(receiver, Defaults);
        let actix = actix::init_service(App::new().service(webhook.at(PATH))).await;
        let (requests, mut runner) = (request(), TestRunner::new(Config::default()));
        let mut statuses = BTreeMap::<u16, usize>::new();
        for _ in 0..REQUESTS {
            let sample = requests.new_tree(&mut runner).unwrap().current();
            let plain = tower.send(&sample).await;
            let on_axum = send(axum.clone(), sample.to_http()).await;
            let on_actix = actix::call_service(&actix, for_actix(&sample).to_request()).await;
            for header in ["content-type", "allow", "retry-after"] {
                let ours = plain.headers().get(header).map(http::HeaderValue::as_bytes);
                assert_eq!(
                    ours,
                    on_axum.headers().get(header).map(http::HeaderValue::as_bytes),
                    "{sample:?}"
                );
                assert_eq!(ours, on_actix.headers().get(header).map(HeaderValue::as_bytes), "{sample:?}");
            }
            let status = plain.status().as_u16();
            assert_eq!(
                (status, status),
                (on_axum.status().as_u16(), on_actix.status().as_u16()),
                "{sample:?}"
            );
            assert_eq!(plain.body(), on_axum.body(), "{sample:?}");
            assert_eq!(plain.body(), &actix::read_body(on_actix).await, "{sample:?}");
            *statuses.entry(status).or_default() += 1;
        }
        println!("{REQUESTS} answers compared, by status: {statuses:?}");
        for status in [200, 400, 401, 405, 415, 503] {
            assert!(statuses.contains_key(&status), "no request is answered with {status}: {statuses:?}");
        }
    });
}

struct Defaults;

impl WebhookHandler for Defaults {}

pub(crate) fn for_actix(sample: &Sample) -> actix::TestRequest {
    let method = sample.method.parse().unwrap();
    let request = actix::TestRequest::with_uri(&format!("{}?{}", sample.path, sample.query)).method(method);
    let headers = sample.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    headers.fold(request, actix::TestRequest::append_header).set_payload(sample.body.clone().whole())
}
