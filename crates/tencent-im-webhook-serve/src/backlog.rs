use std::net::TcpListener;

use socket2::SockRef;

/// Lets as many connections wait to be accepted as the operating system allows: on Linux `net.core.somaxconn`, 4096
/// unless set.
///
/// [`TcpListener::bind`] lets 128 wait. When more come at once than that, after a restart or with a burst of slow
/// clients, the system drops what asks for a connection, whoever it is from, and a client asks again after a second:
/// half of the time that the platform waits for a verdict.
///
/// Any handle of the listener does, and any time after it was bound.
pub fn widen_backlog(listener: &TcpListener) {
    widen_backlog_of(&listener.into());
}

pub(crate) fn widen_backlog_of(listener: &SockRef<'_>) {
    // To listen once more changes nothing but this number, which the system cuts to its own limit.
    if let Err(error) = listener.listen(i32::MAX) {
        tracing::debug!(%error, "a listener keeps the backlog that it was bound with");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    use std::net::TcpStream;
    use std::time::Duration;

    #[test]
    fn more_may_wait_than_std_allows() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        widen_backlog(&listener);
        let patience = Duration::from_millis(500);
        let waiting: Vec<_> =
            (0..300).map(|_| TcpStream::connect_timeout(&address, patience).unwrap()).collect();
        for client in &waiting {
            let (_, peer) = listener.accept().unwrap();
            assert_eq!(peer, client.local_addr().unwrap());
        }
    }
}
