//! What every command that sends must know: where to, for which app, and how it is signed.

use std::time::Duration;

use clap::Args;
use tencent_im_webhook::{Command, SdkAppId};
use tencent_im_webhook_testing::WebhookRequest;

use crate::client::{Client, Target};
use crate::error::Error;
use crate::time::duration;

/// Where webhooks go and whom they come from.
#[derive(Args, Clone, Debug)]
pub(crate) struct Sender {
    /// Where to send: the URL that the console would have.
    #[arg(long, value_name = "URL")]
    to: Target,

    /// The app's number in the console.
    #[arg(long, value_name = "N", env = "IMHOOK_APP_ID", value_parser = app_id)]
    app_id: SdkAppId,

    /// The token of the console's webhook settings. Without it nothing is signed.
    #[arg(long, value_name = "T", env = "IMHOOK_TOKEN", hide_env_values = true)]
    token: Option<String>,

    /// The platform of the user's client, such as iOS; an empty one is left out. Android if not given, and left
    /// out for commands that no client causes.
    #[arg(long, value_name = "NAME")]
    platform: Option<String>,

    /// The address of the user's client; an empty one is left out. 203.0.113.7 if not given, and left out for
    /// commands that no client causes.
    #[arg(long, value_name = "IP")]
    client_ip: Option<String>,

    /// How long to wait for an answer. The platform waits two seconds; more tells how late an answer is.
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    patience: Duration,
}

impl Sender {
    pub(crate) fn client(&self) -> Result<Client, Error> {
        Ok(Client::new(self.to.clone())?.patience(self.patience))
    }

    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// A command's webhook with its sample body, signed now.
    pub(crate) fn webhook(&self, command: &Command) -> WebhookRequest {
        let mut webhook = WebhookRequest::new(self.app_id, command.clone());
        if let Some(platform) = &self.platform {
            webhook = webhook.platform(given(platform));
        }
        if let Some(address) = &self.client_ip {
            webhook = webhook.client_ip(given(address));
        }
        self.signed(webhook)
    }

    /// Signs it again, at the present time.
    pub(crate) fn signed(&self, webhook: WebhookRequest) -> WebhookRequest {
        match &self.token {
            Some(token) => webhook.token(token),
            None => webhook,
        }
    }
}

/// An app id from the command line.
pub(crate) fn app_id(text: &str) -> Result<SdkAppId, std::num::ParseIntError> {
    text.parse().map(SdkAppId)
}

fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
