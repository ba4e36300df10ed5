//! The table of hostile requests, row by row.

use conformance::hostile::{BYTES, Bytes, Expected, Outcome, Row, rows as table};
use conformance::{Kind, Sample, Spy, Stack};
use tencent_im_webhook_testing::Answered;

use crate::bench::check;
use crate::{Behavior, Needs, Run};

/// Rows of requests.
pub(crate) fn rows() -> Vec<Behavior> {
    let needs = |row: &Row| if row.is_io { Needs::Service } else { Needs::Nothing };
    let behavior = |row| Behavior { name: title(row), needs: needs(row), run: Run::Row(row) };
    table().map(behavior).collect()
}

/// Rows of bytes.
pub(crate) fn bytes() -> Vec<Behavior> {
    let behavior = |row: &'static Bytes| Behavior {
        name: format!("{} {}", row.number, row.name).leak(),
        needs: Needs::Http1,
        run: Run::Bytes(row),
    };
    BYTES.iter().map(behavior).collect()
}

fn title(row: &Row) -> &'static str {
    format!("{} {}", row.number, row.name).leak()
}

/// Every request of the row gets what the row says, no handler runs but for the admitted, and the connection
/// is good for another request unless it has to close.
pub(crate) async fn answers_as_the_row_says(row: &Row, kind: Kind) {
    let spy = Spy::default();
    let stack = Stack::new(kind, &(row.setting.receiver)(), spy.clone());
    let good = (row.setting.good)();
    let mut client = stack.client().await.unwrap();
    for sample in row.requests().iter().filter(|sample| stack.can_send(sample)) {
        let what = format!("{} {}, {kind}", row.number, row.name);
        let answer = client.send(sample).await;
        let seen = spy.take();
        match answer {
            Ok(answer) => check(&answer, &seen, row.expected, sample, kind, &what),
            Err(error) => {
                assert!(may_break(row.expected, kind, sample), "{what}: {error}");
                assert!(seen.is_empty(), "{what}");
            }
        }
        seen.iter().for_each(|seen| (row.sees)(seen, sample));
        match after(row.expected, kind, sample) {
            Connection::Stays => assert!(client.is_open().await, "{what}: the connection was closed"),
            Connection::Closes => {
                assert!(!client.is_open().await, "{what}: the connection was kept");
                client = stack.client().await.unwrap();
            }
            Connection::MayClose => client = stack.client().await.unwrap(),
        }
        let next = client.send(&good).await.unwrap();
        check(
            &next,
            &spy.take(),
            Expected::Typed,
            &good,
            kind,
            &format!("{what}: the good request behind it"),
        );
    }
}

/// Whether there may be no answer to read: the connection broke, or the client went on writing to a closed socket.
fn may_break(expected: Expected, kind: Kind, sample: &Sample) -> bool {
    match expected {
        Expected::Broken => kind.has_connections(),
        Expected::Refused(_, _) => kind.has_sockets() && !is_small(sample),
        Expected::Typed | Expected::Unknown | Expected::Noted | Expected::Misfit => false,
    }
}

/// Whether its body comes with its head.
fn is_small(sample: &Sample) -> bool {
    sample.body.clone().whole().len() < 4096
}

/// What becomes of a connection.
enum Connection {
    Stays,
    Closes,
    /// A body was left unread, and a server need not read past it; or the client itself broke off.
    MayClose,
}

fn after(expected: Expected, kind: Kind, sample: &Sample) -> Connection {
    match expected {
        _ if !kind.has_connections() => Connection::Stays,
        Expected::Broken => Connection::MayClose,
        Expected::Refused(_, _) if kind == Kind::AxumHttp2 => Connection::Stays,
        Expected::Refused(408 | 413, _) => Connection::Closes,
        Expected::Refused(_, _) if kind.closes_on_unread_bodies() || !is_small(sample) => {
            Connection::MayClose
        }
        Expected::Refused(_, _)
        | Expected::Typed
        | Expected::Unknown
        | Expected::Noted
        | Expected::Misfit => Connection::Stays,
    }
}

/// The server does with the bytes what the row says, no handler runs but for the admitted, and the server lives.
pub(crate) async fn treats_bytes_as_the_row_says(row: &Bytes, kind: Kind) {
    let spy = Spy::default();
    let stack = Stack::new(kind, &conformance::receiver().build().unwrap(), spy.clone());
    let what = format!("{} {}, {kind}", row.number, row.name);
    let mut connection = stack.connect().await;
    // What the server does not want to read any more is left unread.
    _ = connection.write((row.bytes)()).await;
    match row.outcome(kind) {
        Outcome::Answers(statuses) => {
            let mut answers = statuses.to_vec();
            _ = connection.write(Sample::after().to_bytes()).await;
            answers.push(200);
            for status in &answers {
                assert_eq!(next_status(&mut connection).await, Some(*status), "{what}");
            }
            assert_eq!(spy.take().len(), admitted(&answers), "{what}");
        }
        Outcome::Closes(statuses) => {
            for status in statuses {
                assert_eq!(next_status(&mut connection).await, Some(*status), "{what}");
            }
            assert!(connection.ends().await, "{what}: the connection was kept");
            assert_eq!(spy.take().len(), admitted(statuses), "{what}");
        }
        Outcome::ByItself => {
            _ = connection.finish().await;
            let status = next_status(&mut connection).await;
            assert!(status.is_none_or(|status| (400..500).contains(&status)), "{what}: {status:?}");
            assert!(spy.take().is_empty(), "{what}");
        }
        Outcome::Either(answered) => {
            _ = connection.finish().await;
            let status = next_status(&mut connection).await;
            let is_either = |status| status == answered || (400..500).contains(&status);
            assert!(status.is_none_or(is_either), "{what}: {status:?}");
            assert_eq!(spy.take().len(), usize::from(status == Some(200)), "{what}");
        }
    }
    let next: Answered = stack.send(&Sample::before()).await;
    check(
        &next,
        &spy.take(),
        Expected::Typed,
        &Sample::before(),
        kind,
        &format!("{what}: the good request behind it"),
    );
}

/// `None` when the server closes the connection instead.
async fn next_status(connection: &mut http1::Connection) -> Option<u16> {
    Some(connection.answer().await.ok()?.status().as_u16())
}

fn admitted(statuses: &[u16]) -> usize {
    statuses.iter().filter(|status| **status == 200).count()
}
