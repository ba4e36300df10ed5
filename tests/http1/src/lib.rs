//! A client of HTTP/1 for tests: it sends any bytes, and knows for certain what has come back and what has not.
#![allow(missing_docs, reason = "a test support crate, read by its tests alone")]

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::{Context, Waker};

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tencent_im_webhook_testing::{Answered, WebhookRequest};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that stays until one side ends it.
pub struct Connection {
    stream: Box<dyn Stream>,
    unread: BytesMut,
}

/// Bytes both ways.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Connection {
    /// One over TCP.
    ///
    /// # Errors
    ///
    /// When nobody listens.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self::over(stream))
    }

    /// One over anything, such as a pipe in memory.
    pub fn over(stream: impl Stream + 'static) -> Self {
        Self { stream: Box::new(stream), unread: BytesMut::new() }
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    ///
    /// When the server does not want to read any more.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref()).await
    }

    /// Says that no more bytes come.
    ///
    /// # Errors
    ///
    /// When the connection has ended already.
    pub async fn finish(&mut self) -> io::Result<()> {
        self.stream.shutdown().await
    }

    /// Writes a request, and reads the next answer.
    ///
    /// # Errors
    ///
    /// When the connection ends before the whole answer is there.
    pub async fn ask(&mut self, request: impl AsRef<[u8]>) -> io::Result<Answered> {
        self.write(request).await?;
        self.answer().await
    }

    /// Reads the next answer, be it one that says to continue.
    ///
    /// # Errors
    ///
    /// When the connection ends before the whole answer is there, or it is none.
    pub async fn answer(&mut self) -> io::Result<Answered> {
        loop {
            if let Some(answer) = take_answer(&mut self.unread)? {
                return Ok(answer);
            }
            if self.stream.read_buf(&mut self.unread).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Whether the server ends the connection without another byte. Waits for either.
    pub async fn ends(&mut self) -> bool {
        self.unread.is_empty() && matches!(self.stream.read_buf(&mut self.unread).await, Ok(0) | Err(_))
    }

    /// Whether the server has ended the connection by now, or said something that nobody asked for.
    pub fn is_closed(&mut self) -> bool {
        let next = pin!(self.stream.read_buf(&mut self.unread));
        next.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

/// A webhook as it is sent to a path.
pub fn webhook(path: &str, webhook: &WebhookRequest) -> Vec<u8> {
    request("POST", &format!("{path}?{}", webhook.query()), "", webhook.body_bytes())
}

/// A request with more lines in its head, each with its end.
pub fn request(method: &str, target: &str, more: &str, body: &[u8]) -> Vec<u8> {
    [head(method, target, more, body.len()).as_bytes(), body].concat()
}

/// The head of a request that announces so many bytes.
pub fn head(method: &str, target: &str, more: &str, length: usize) -> String {
    format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\n{more}content-length: {length}\r\n\r\n")
}

/// Whether an answer is the last one of its connection.
pub fn closes(answer: &Answered) -> bool {
    answer.headers().get(CONNECTION).is_some_and(|value| value == "close")
}

/// The first answer, once it is whole.
fn take_answer(bytes: &mut BytesMut) -> io::Result<Option<Answered>> {
    let mut lines = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Response::new(&mut lines);
    let httparse::Status::Complete(end) = head.parse(bytes).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let status = StatusCode::from_u16(head.code.unwrap_or_default()).map_err(io::Error::other)?;
    let headers = headers(head.headers).map_err(io::Error::other)?;
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let whole = end + length.unwrap_or(0);
    if bytes.len() < whole {
        return Ok(None);
    }
    let body: Bytes = bytes.split_to(whole).freeze().slice(end..);
    Ok(Some(Answered::new(status, headers, body)))
}

fn headers(lines: &[httparse::Header<'_>]) -> http::Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(HeaderName::from_bytes(line.name.as_bytes())?, HeaderValue::from_bytes(line.value)?);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_taken_one_by_one_and_whole() {
        let mut bytes =
            BytesMut::from("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
        let status = |answer: Option<Answered>| answer.map(|answer| answer.status().as_u16());
        assert_eq!(status(take_answer(&mut bytes).unwrap()), Some(100));
        assert_eq!(status(take_answer(&mut bytes).unwrap()), None);
        bytes.extend_from_slice(b"bHTTP/1.1 408 Late\r\nconnection: close\r\n\r\n");
        assert_eq!(take_answer(&mut bytes).unwrap().unwrap().body(), "ab");
        assert!(closes(&take_answer(&mut bytes).unwrap().unwrap()));
        assert!(bytes.is_empty());
        assert!(take_answer(&mut BytesMut::from("SMTP ready\r\n\r\n")).is_err());
    }
}
