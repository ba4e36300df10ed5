//! Where to listen, and where that is found.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use crate::error::{Error, ErrorKind};

pub(super) fn bind(address: SocketAddr) -> Result<TcpListener, Error> {
    let listener = TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    listener.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            let hint = "stop the other program, or pass another port with --listen";
            Error::new(ErrorKind::Address, format!("{address} is in use: {hint}"))
        }
        _ => Error::new(ErrorKind::Address, format!("cannot listen on {address}: {error}")),
    })
}

pub(super) fn cannot_listen(error: &io::Error) -> Error {
    Error::new(ErrorKind::Address, format!("cannot listen: {error}"))
}

/// Where a server listens, with the port that it got.
pub(super) fn address_of(listener: &TcpListener) -> Result<SocketAddr, Error> {
    listener.local_addr().map_err(|error| cannot_listen(&error))
}

/// The URL by which this machine finds a server.
pub(super) fn base_of(address: SocketAddr) -> String {
    format!("http://{}", reachable(address))
}

/// Where a client on this machine finds a server that may listen on all addresses.
fn reachable(mut listening: SocketAddr) -> SocketAddr {
    match listening.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => listening.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => listening.set_ip(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V4(_) | IpAddr::V6(_) => {}
    }
    listening
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_reached_on_this_machine() {
        for (listening, expected) in
            [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("192.0.2.1:80", "192.0.2.1:80")]
        {
            assert_eq!(reachable(listening.parse().unwrap()), expected.parse().unwrap());
        }
    }
}
