use std::fmt;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::serve::Connection;

/// A connection to write bytes to that no HTTP client would send.
pub struct RawConnection {
    stream: Connection,
}

/// One response, or the lack of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RawAnswer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl RawConnection {
    pub(crate) fn new(stream: Connection) -> Self {
        Self { stream }
    }

    /// Writes bytes as they are. What the server does not want to read any more is left unread.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref()).await;
    }

    /// Says that no more bytes come.
    pub async fn finish(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// Reads the next response; `None` when the server closes the connection instead.
    pub async fn answer(&mut self) -> Option<RawAnswer> {
        let head = self.read_until(b"\r\n\r\n").await?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let body = self.read_exactly(content_length(&head)).await?;
        Some(RawAnswer { status, head, body })
    }

    /// Whether the server closes the connection without another byte.
    pub async fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0]).await, Ok(0) | Err(_))
    }

    async fn read_until(&mut self, end: &[u8]) -> Option<String> {
        let mut text = Vec::new();
        while !text.ends_with(end) {
            text.push(self.stream.read_u8().await.ok()?);
        }
        String::from_utf8(text).ok()
    }

    async fn read_exactly(&mut self, length: usize) -> Option<String> {
        let mut text = vec![0; length];
        self.stream.read_exact(&mut text).await.ok()?;
        String::from_utf8(text).ok()
    }
}

impl fmt::Debug for RawConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawConnection").finish_non_exhaustive()
    }
}

fn content_length(head: &str) -> usize {
    let lower = head.to_ascii_lowercase();
    let header = lower.lines().find_map(|line| line.strip_prefix("content-length:"));
    header.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}
