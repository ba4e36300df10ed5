use std::net::{Shutdown, TcpListener};
use std::time::Duration;

use socket2::SockRef;

/// Keeps new connections from coming up on a listener, without harm to those that have come up. Gives the time
/// for which to go on accepting: after it, everybody is in who was on the way, and the listener can be closed.
///
/// A listener that is closed takes with it what has not been accepted: connections that are up for their clients,
/// which may have sent a request by then. So, on Linux, a filter drops the packets that ask for a connection. To
/// those clients the server is slow for a moment, then not there, and they know that nothing was taken. Elsewhere
/// there is no such filter, and nothing is turned away before the listener is closed.
///
/// Any handle of the listener does, such as a [clone](TcpListener::try_clone).
#[must_use]
pub fn turn_away(listener: &TcpListener) -> Duration {
    turn_away_from(&listener.into())
}

/// Ends a listener that another thread has, too: on Linux, whoever asks for a connection is refused at once from
/// now on. What was not accepted is lost, so [`turn_away`] first.
pub fn stop_listening(listener: &TcpListener) {
    if let Err(error) = SockRef::from(listener).shutdown(Shutdown::Both) {
        tracing::debug!(%error, "a listener goes on until it is closed");
    }
}

pub(crate) fn turn_away_from(listener: &SockRef<'_>) -> Duration {
    if let Err(error) = drop_requests_to_connect(listener) {
        tracing::debug!(%error, "new connections cannot be turned away");
    }
    ON_THE_WAY
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn drop_requests_to_connect(listener: &SockRef<'_>) -> std::io::Result<()> {
    use socket2::SockFilter;

    // A packet begins with its TCP header, whose byte 13 has the flags. In the terms of the kernel's filters:
    let load_flags = SockFilter::new(LOAD_BYTE, 0, 0, 13);
    let skip_one_without_syn = SockFilter::new(JUMP_IF_ANY_BIT, 0, 1, SYN);
    let drop_packet = SockFilter::new(RETURN, 0, 0, 0);
    let keep_packet = SockFilter::new(RETURN, 0, 0, u32::MAX);
    return listener.attach_filter(&[load_flags, skip_one_without_syn, drop_packet, keep_packet]);

    const LOAD_BYTE: u16 = 0x30;
    const JUMP_IF_ANY_BIT: u16 = 0x45;
    const RETURN: u16 = 0x06;
    const SYN: u32 = 0x02;
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn drop_requests_to_connect(_: &SockRef<'_>) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// How long connections that are there when nobody else is let in have for one more request, if they are open for
/// so long: a client may have connected in the last moment, and have to find its words.
pub const LATECOMERS: Duration = Duration::from_millis(1500);

/// A few round trips between continents.
const ON_THE_WAY: Duration = Duration::from_millis(500);

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    use std::io::{ErrorKind, Read, Write};
    use std::net::TcpStream;

    #[test]
    fn who_is_up_stays_up_and_nobody_else_comes() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = TcpStream::connect(address).unwrap();
        waiting.write_all(b"before").unwrap();
        _ = turn_away(&listener);
        let late = TcpStream::connect_timeout(&address, Duration::from_millis(50));
        assert_eq!(late.unwrap_err().kind(), ErrorKind::TimedOut);
        waiting.write_all(b" and after").unwrap();
        let (mut accepted, _) = listener.accept().unwrap();
        stop_listening(&listener);
        let refused = TcpStream::connect(address).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        let mut text = [0; 16];
        accepted.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"before and after");
        accepted.write_all(b"answer").unwrap();
        drop(accepted);
        let mut answer = String::new();
        waiting.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "answer");
    }
}
