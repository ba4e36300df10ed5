//! `imhook sign`: a signature by hand.

use std::fmt;
use std::time::SystemTime;

use clap::Args;
use serde::Serialize;
use tencent_im_webhook::UnixSeconds;

use crate::output::Output;
use crate::time::SECONDS;

/// Sign a time with a token, as the platform does.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  imhook sign --token xxxxyyyy --time 1669872112
  curl -d @body.json \"http://127.0.0.1:8080/im/webhook?SdkAppid=1400000000&$(imhook sign --token secret)\"")]
pub(crate) struct Sign {
    /// The token of the console's webhook settings.
    #[arg(long, env = "IMHOOK_TOKEN", hide_env_values = true)]
    token: String,

    /// Seconds since 1970; now if left out.
    #[arg(long, value_parser = clap::value_parser!(u64).range(SECONDS))]
    time: Option<u64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Signature {
    sign: String,
    request_time: u64,
}

impl Sign {
    pub(crate) fn run(self, output: &Output) {
        let time = self.time.map_or_else(|| SystemTime::now().into(), UnixSeconds);
        output.print(&Signature { sign: tencent_im_webhook::sign(&self.token, time), request_time: time.0 });
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sign={}&RequestTime={}", self.sign, self.request_time)
    }
}
