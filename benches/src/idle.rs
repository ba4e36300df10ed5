//! What a connection costs that nobody uses just now.

use std::process::Command;

use anyhow::{Context, ensure};
use benches::{Body, Request};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::child::Running;
use crate::client::Client;
use crate::page::Page;
use crate::servers::Server;
use crate::{table, valgrind};

/// Bytes of heap that a connection may cost beyond those of the bare server.
const MOST: i64 = 1024;

/// How many connections are open when the measuring begins, and when it ends.
const CONNECTIONS: [usize; 2] = [200, 2200];

/// Measures the heap and the resident memory for each connection, and fails where ours takes more heap than it may.
///
/// Resident memory is told only: how buffers come to lie on pages moves it by as much.
pub(crate) fn print(page: &Page) -> anyhow::Result<()> {
    allow_many_files()?;
    let mut table = table::of(["server", "heap", "over bare", "resident", "over bare"]);
    let mut over = Vec::new();
    for server in [Server::HyperWebhook, Server::AxumWebhook, Server::ActixWebhook] {
        let (bare, ours) = (Idle::of(server.bare())?, Idle::of(server)?);
        let (heap, resident) = (ours.heap - bare.heap, ours.resident - bare.resident);
        let none = String::new;
        table::add(
            &mut table,
            [server.bare().name()],
            [bare.heap.to_string(), none(), bare.resident.to_string(), none()],
        );
        table::add(
            &mut table,
            [server.name()],
            [ours.heap, heap, ours.resident, resident].map(|bytes| bytes.to_string()),
        );
        if heap > MOST {
            over.push(server.name());
        }
    }
    page.put("idle", &table.to_string())?;
    ensure!(over.is_empty(), "an idle connection takes over {MOST} bytes of heap beyond bare: {over:?}");
    Ok(())
}

/// Bytes for each connection.
struct Idle {
    /// What is allocated, exactly.
    heap: i64,
    /// What the kernel gave, in whole pages, with what the allocator keeps; without what was never written to.
    resident: i64,
}

impl Idle {
    fn of(server: Server) -> anyhow::Result<Self> {
        let request = Request::new(Body::Small);
        let heap = valgrind::heap_per_idle(server, &request, CONNECTIONS)?;
        Ok(Self { heap: heap.try_into()?, resident: resident(server, &request)? })
    }
}

fn resident(server: Server, request: &Request) -> anyhow::Result<i64> {
    let [few, many] = CONNECTIONS;
    let running = Running::start(Command::new(std::env::current_exe()?).args(server.arguments(true)))?;
    let mut idle = Client::idle(running.port, request, few)?;
    let before = i64::try_from(running.resident()?)?;
    idle.append(&mut Client::idle(running.port, request, many - few)?);
    let after = i64::try_from(running.resident()?)?;
    for client in &idle {
        client.ensure_open()?;
    }
    Ok((after - before) / i64::try_from(many - few)?)
}

/// Each end of a connection takes a file. The server inherits the limit.
fn allow_many_files() -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit { current: limit.maximum, ..limit };
    setrlimit(Resource::Nofile, most).context("so many connections need so many files: see `ulimit -n`")
}
