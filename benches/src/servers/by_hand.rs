//! What one writes without an SDK. Carefully, but with nothing that the frameworks do not bring along.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use axum::extract::Query;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use benches::{APP, TOKEN};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::servers::PATH;

/// Values all the way, as in the first version of many.
pub(super) fn value() -> Router {
    async fn webhook(
        Query(query): Query<HashMap<String, String>>,
        Json(body): Json<Value>,
    ) -> Result<Json<Value>, StatusCode> {
        check_app(&query)?;
        judge(&query, &body)
    }
    Router::new().route(PATH, post(webhook))
}

pub(super) fn value_signed() -> Router {
    async fn webhook(
        Query(query): Query<HashMap<String, String>>,
        Json(body): Json<Value>,
    ) -> Result<Json<Value>, StatusCode> {
        check_app(&query)?;
        check_sign(&query)?;
        judge(&query, &body)
    }
    Router::new().route(PATH, post(webhook))
}

fn check_app(query: &HashMap<String, String>) -> Result<(), StatusCode> {
    let app = query.get("SdkAppid").and_then(|id| id.parse::<u64>().ok());
    if app == Some(APP.0) { Ok(()) } else { Err(StatusCode::UNAUTHORIZED) }
}

fn check_sign(query: &HashMap<String, String>) -> Result<(), StatusCode> {
    let (Some(sign), Some(time)) = (query.get("Sign"), query.get("RequestTime")) else {
        return Err(StatusCode::UNAUTHORIZED);
    };
    let signed_at = time.parse::<u64>().map_err(|_| StatusCode::UNAUTHORIZED)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let digest = Sha256::digest(format!("{TOKEN}{time}"));
    let expected: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    if now.abs_diff(signed_at) <= 60 && expected == *sign { Ok(()) } else { Err(StatusCode::UNAUTHORIZED) }
}

fn judge(query: &HashMap<String, String>, body: &Value) -> Result<Json<Value>, StatusCode> {
    let code = match query.get("CallbackCommand").map(String::as_str) {
        Some("OfficialAccount.CallbackBeforeSendMsg") => {
            let elements = body["MsgBody"].as_array().ok_or(StatusCode::BAD_REQUEST)?;
            i32::from(elements.is_empty())
        }
        _ => 0,
    };
    Ok(Json(json!({ "ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": code })))
}

/// Derived types, with the enums that serde's documentation teaches.
pub(super) fn axum_typed() -> Router {
    async fn webhook(
        Query(params): Query<Params>,
        Json(webhook): Json<Webhook>,
    ) -> Result<Json<Answer>, StatusCode> {
        match params.sdk_app_id == APP.0 {
            true => Ok(Json(webhook.judge())),
            false => Err(StatusCode::UNAUTHORIZED),
        }
    }
    Router::new().route(PATH, post(webhook))
}

pub(super) fn actix_typed(routes: &mut ServiceConfig) {
    async fn webhook(params: web::Query<Params>, webhook: web::Json<Webhook>) -> impl Responder {
        match params.sdk_app_id == APP.0 {
            true => HttpResponse::Ok().json(webhook.judge()),
            false => HttpResponse::Unauthorized().finish(),
        }
    }
    routes.route(PATH, web::post().to(webhook));
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "a server reads what it may need")]
struct Params {
    #[serde(rename = "SdkAppid")]
    sdk_app_id: u64,
    callback_command: String,
    #[serde(rename = "ClientIP")]
    client_ip: Option<String>,
    opt_platform: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "CallbackCommand")]
enum Webhook {
    #[serde(rename = "OfficialAccount.CallbackBeforeSendMsg")]
    BeforeSendMsg(Message),
    #[serde(rename = "OfficialAccount.CallbackAfterSendMsg")]
    AfterSendMsg(#[expect(dead_code, reason = "what has happened is decoded, and acknowledged")] Message),
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "a server reads what it may need")]
struct Message {
    #[serde(rename = "Official_Account")]
    official_account: String,
    online_only_flag: i32,
    msg_body: Vec<Element>,
    cloud_custom_data: Option<String>,
    event_time: u64,
}

#[derive(Deserialize)]
#[serde(tag = "MsgType", content = "MsgContent")]
#[expect(dead_code, reason = "a server reads what it may need")]
enum Element {
    #[serde(rename = "TIMTextElem", rename_all = "PascalCase")]
    Text { text: String },
    #[serde(rename = "TIMFaceElem", rename_all = "PascalCase")]
    Face { index: i64, data: Option<String> },
    #[serde(rename = "TIMLocationElem", rename_all = "PascalCase")]
    Location { desc: Option<String>, latitude: f64, longitude: f64 },
    #[serde(rename = "TIMCustomElem", rename_all = "PascalCase")]
    Custom { data: Option<String>, desc: Option<String>, ext: Option<String>, sound: Option<String> },
    #[serde(other)]
    Other,
}

impl Webhook {
    fn judge(&self) -> Answer {
        let refused = match self {
            Self::BeforeSendMsg(message) => message.msg_body.is_empty(),
            Self::AfterSendMsg(_) | Self::Other => false,
        };
        Answer { action_status: "OK", error_info: "", error_code: i32::from(refused) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    action_status: &'static str,
    error_info: &'static str,
    error_code: i32,
}
