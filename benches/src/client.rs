use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Context, ensure};
use benches::Request;

/// A keep-alive connection that checks every answer.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(port: u16) -> anyhow::Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Connections that have had an answer each.
    pub(crate) fn idle(port: u16, request: &Request, connections: usize) -> anyhow::Result<Vec<Self>> {
        let connect = |_| {
            let mut client = Self::connect(port)?;
            client.send(request, 200, 1)?;
            Ok(client)
        };
        (0..connections).map(connect).collect()
    }

    /// That the server has not closed it.
    pub(crate) fn ensure_open(&self) -> anyhow::Result<()> {
        self.stream.set_nonblocking(true)?;
        let peeked = self.stream.peek(&mut [0]);
        ensure!(peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock), "a connection was closed");
        Ok(())
    }

    /// Sends the same bytes again and again, each when the answer before has come.
    pub(crate) fn send(&mut self, request: &Request, status: u16, times: usize) -> anyhow::Result<()> {
        let bytes = request.to_http1();
        for _ in 0..times {
            self.stream.write_all(&bytes)?;
            let (got, body) = self.answer()?;
            ensure!(got == status, "answered with {got} and {body}");
            let answer: serde_json::Value = serde_json::from_str(&body)?;
            ensure!((status == 200) == (answer["ErrorCode"] == 0), "answered with {body}");
        }
        Ok(())
    }

    fn answer(&mut self) -> anyhow::Result<(u16, String)> {
        self.buffer.clear();
        loop {
            if let Some(answer) = parse(&self.buffer)? {
                return Ok(answer);
            }
            let mut piece = [0; 4096];
            let size = self.stream.read(&mut piece)?;
            ensure!(size > 0, "closed within an answer");
            self.buffer.extend(&piece[..size]);
        }
    }
}

/// Status and body, once both are whole.
fn parse(bytes: &[u8]) -> anyhow::Result<Option<(u16, String)>> {
    let text = std::str::from_utf8(bytes)?;
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return Ok(None) };
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
    });
    let length = length.context("no length")??;
    Ok((body.len() >= length).then(|| (status, body.to_owned())))
}
