//! The app's memory: an embedded SQLite database, in memory or in a file.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Row, params};
use tencent_im_webhook::{MsgKey, TopicId, UnixSeconds};

/// The messages and verdicts that the app has seen: all of them, nothing is ever deleted.
///
/// Cheap to clone; all clones share one database.
#[derive(Clone)]
pub(crate) struct Store {
    connection: Arc<Mutex<Connection>>,
}

/// A message that was sent, to be recorded.
pub(crate) struct Message {
    pub(crate) identity: Identity,
    /// What sort of conversation it is in.
    pub(crate) place: String,
    /// The official account or the group.
    pub(crate) conversation: String,
    /// Empty where it is not told.
    pub(crate) sender: String,
    pub(crate) text: String,
    pub(crate) sent_at: UnixSeconds,
}

/// What tells a message from all others, so that a webhook that comes twice is recorded once.
pub(crate) enum Identity {
    /// A message of an official account.
    MsgKey(MsgKey),
    /// A message of a group, counted in the group or in its topic.
    MsgSeq { topic: Option<TopicId>, seq: u64 },
}

/// A verdict on a message that is about to be sent. Such a message has no id yet, and is never told twice.
pub(crate) struct Verdict {
    pub(crate) official_account: String,
    pub(crate) text: String,
    pub(crate) decision: &'static str,
    pub(crate) detail: String,
}

/// A recorded message, for the page.
#[derive(Debug)]
pub(crate) struct SeenMessage {
    pub(crate) sent_at: String,
    pub(crate) place: String,
    pub(crate) conversation: String,
    pub(crate) sender: String,
    pub(crate) text: String,
    pub(crate) recalled: bool,
}

/// A recorded verdict, for the page.
#[derive(Debug)]
pub(crate) struct SeenVerdict {
    pub(crate) decided_at: String,
    pub(crate) official_account: String,
    pub(crate) text: String,
    pub(crate) decision: String,
    pub(crate) detail: String,
}

impl Store {
    pub(crate) fn in_memory() -> anyhow::Result<Self> {
        Self::on(Connection::open_in_memory()?)
    }

    pub(crate) fn in_file(file: &Path) -> anyhow::Result<Self> {
        Self::on(Connection::open(file)?)
    }

    fn on(connection: Connection) -> anyhow::Result<Self> {
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    pub(crate) async fn record(&self, message: Message) -> anyhow::Result<()> {
        let (msg_key, topic, seq) = match message.identity {
            Identity::MsgKey(key) => (Some(key.0), None, None),
            // SQLite's integers are signed; only equality matters here.
            Identity::MsgSeq { topic, seq } => (None, topic, Some(seq.cast_signed())),
        };
        let topic = topic.unwrap_or_default().0;
        self.run(move |connection| {
            connection.prepare_cached(RECORD)?.execute(params![
                msg_key,
                message.conversation,
                topic,
                seq,
                message.place,
                message.sender,
                message.text,
                message.sent_at.0.cast_signed(),
            ])?;
            Ok(())
        })
        .await
    }

    /// Marks messages as recalled, those too that are recorded only later: webhooks come in any order.
    pub(crate) async fn recall(&self, keys: Vec<MsgKey>) -> anyhow::Result<()> {
        self.run(move |connection| {
            let all_or_none = connection.unchecked_transaction()?;
            for key in keys {
                connection.prepare_cached(RECALL)?.execute([key.0])?;
            }
            all_or_none.commit()
        })
        .await
    }

    pub(crate) async fn record_verdict(&self, verdict: Verdict) -> anyhow::Result<()> {
        self.run(move |connection| {
            let Verdict { official_account, text, decision, detail } = verdict;
            connection.prepare_cached(RECORD_VERDICT)?.execute([
                &official_account,
                &text,
                decision,
                &detail,
            ])?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn latest_messages(&self) -> anyhow::Result<Vec<SeenMessage>> {
        self.run(|connection| connection.prepare_cached(MESSAGES)?.query_map([], seen_message)?.collect())
            .await
    }

    pub(crate) async fn latest_verdicts(&self) -> anyhow::Result<Vec<SeenVerdict>> {
        self.run(|connection| connection.prepare_cached(VERDICTS)?.query_map([], seen_verdict)?.collect())
            .await
    }

    /// Runs a query where it may block: SQLite waits for its file, and the threads of async tasks must not.
    async fn run<T, Q>(&self, query: Q) -> anyhow::Result<T>
    where
        T: Send + 'static,
        Q: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        let run = move || query(&connection.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(tokio::task::spawn_blocking(run).await??)
    }
}

fn seen_message(row: &Row<'_>) -> rusqlite::Result<SeenMessage> {
    Ok(SeenMessage {
        sent_at: row.get("sent_at")?,
        place: row.get("place")?,
        conversation: row.get("conversation")?,
        sender: row.get("sender")?,
        text: row.get("text")?,
        recalled: row.get("recalled")?,
    })
}

fn seen_verdict(row: &Row<'_>) -> rusqlite::Result<SeenVerdict> {
    Ok(SeenVerdict {
        decided_at: row.get("decided_at")?,
        official_account: row.get("official_account")?,
        text: row.get("text")?,
        decision: row.get("decision")?,
        detail: row.get("detail")?,
    })
}

// A message has either a `msg_key` or a `msg_seq`, and NULL is unique to SQLite: each constraint holds for
// its own sort of message. A topic is no NULL for that reason.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    msg_key TEXT UNIQUE,
    conversation TEXT NOT NULL,
    topic TEXT NOT NULL,
    msg_seq INTEGER,
    place TEXT NOT NULL,
    sender TEXT NOT NULL,
    text TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    UNIQUE (conversation, topic, msg_seq)
);
CREATE TABLE IF NOT EXISTS recalls (msg_key TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS verdicts (
    id INTEGER PRIMARY KEY,
    decided_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    official_account TEXT NOT NULL,
    text TEXT NOT NULL,
    decision TEXT NOT NULL,
    detail TEXT NOT NULL
);";

const RECORD: &str = "
INSERT INTO messages (msg_key, conversation, topic, msg_seq, place, sender, text, sent_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING";

const RECALL: &str = "INSERT INTO recalls (msg_key) VALUES (?) ON CONFLICT DO NOTHING";

const RECORD_VERDICT: &str =
    "INSERT INTO verdicts (official_account, text, decision, detail) VALUES (?, ?, ?, ?)";

// A number that is no time of this era has no date.
const MESSAGES: &str = "
SELECT ifnull(datetime(sent_at, 'unixepoch'), sent_at || '') AS sent_at, place, conversation, sender, text,
       EXISTS (SELECT 1 FROM recalls WHERE recalls.msg_key = messages.msg_key) AS recalled
FROM messages ORDER BY id DESC LIMIT 50";

const VERDICTS: &str = "
SELECT decided_at, official_account, text, decision, detail
FROM verdicts ORDER BY id DESC LIMIT 50";
