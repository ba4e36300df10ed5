use http::HeaderValue;
use http::header::HOST;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tencent_im_webhook_testing::Answered;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{Sample, Sent};

/// A connection that hyper speaks HTTP over.
#[derive(Debug)]
pub enum Http {
    One(http1::SendRequest<Sent>),
    Two(http2::SendRequest<Sent>),
}

impl Http {
    pub async fn one<S>(stream: S) -> Result<Self, hyper::Error>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self::One(sender))
    }

    pub async fn two<S>(stream: S) -> Result<Self, hyper::Error>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self::Two(sender))
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    ///
    /// When the connection has ended, or ends without an answer.
    pub async fn send(&mut self, sample: &Sample) -> Result<Answered, hyper::Error> {
        let mut request = sample.to_http();
        match self {
            Self::One(sender) => {
                request.headers_mut().insert(HOST, HeaderValue::from_static("localhost"));
                answered(sender.send_request(request).await?).await
            }
            Self::Two(sender) => {
                let uri = format!("http://localhost{}", request.uri());
                *request.uri_mut() = uri.parse().expect("a URI");
                answered(sender.send_request(request).await?).await
            }
        }
    }

    /// Waits until another request can be sent; `false` when the connection has ended instead.
    pub async fn is_open(&mut self) -> bool {
        match self {
            Self::One(sender) => sender.ready().await.is_ok(),
            Self::Two(sender) => sender.ready().await.is_ok(),
        }
    }
}

async fn answered(response: http::Response<Incoming>) -> Result<Answered, hyper::Error> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Answered::new(parts.status, parts.headers, body))
}
