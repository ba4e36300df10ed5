//! Listening: what any server program does, and nothing about webhooks.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::anyhow;
use tokio::net::TcpListener;

/// Listens, or says what to do about it.
pub(crate) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| cannot_listen(address, error))
}

/// Where a client on this machine finds a server that may listen on all addresses.
pub(crate) fn reachable(mut listening: SocketAddr) -> SocketAddr {
    match listening.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => listening.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => listening.set_ip(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V4(_) | IpAddr::V6(_) => {}
    }
    listening
}

fn cannot_listen(address: SocketAddr, error: io::Error) -> anyhow::Error {
    let with_port = |port| SocketAddr::new(address.ip(), port);
    match error.kind() {
        ErrorKind::AddrInUse => {
            let next = with_port(address.port().checked_add(1).unwrap_or(UNPRIVILEGED_PORT));
            anyhow!("{address} is in use: stop the other program or pass --listen {next}")
        }
        ErrorKind::PermissionDenied => {
            let allowed = with_port(UNPRIVILEGED_PORT);
            anyhow!("may not listen on {address}: pass a port above 1023, such as --listen {allowed}")
        }
        ErrorKind::AddrNotAvailable => {
            let local = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port());
            anyhow!("{address} is no address of this machine: pass --listen {local}")
        }
        _ => anyhow::Error::new(error).context(format!("cannot listen on {address}")),
    }
}

const UNPRIVILEGED_PORT: u16 = 3000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_use_comes_with_advice() {
        let error = cannot_listen("127.0.0.1:3000".parse().unwrap(), ErrorKind::AddrInUse.into());
        assert_eq!(
            error.to_string(),
            "127.0.0.1:3000 is in use: stop the other program or pass --listen 127.0.0.1:3001"
        );
    }

    #[test]
    fn a_server_on_all_addresses_is_reached_on_this_machine() {
        for (listening, expected) in
            [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("192.0.2.1:80", "192.0.2.1:80")]
        {
            assert_eq!(reachable(listening.parse().unwrap()), expected.parse().unwrap());
        }
    }
}
