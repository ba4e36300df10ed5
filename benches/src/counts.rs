use benches::{Body, Request};
use comfy_table::Table;

use crate::page::Page;
use crate::servers::Server;
use crate::{table, valgrind};

/// Counts, and prints a table for each body. All bodies or servers, where none are named.
pub(crate) fn print(
    page: &Page,
    bodies: &[Body],
    servers: &[Server],
    signed: bool,
) -> anyhow::Result<Vec<(String, Counts)>> {
    let bodies = if bodies.is_empty() { &Body::ALL[..] } else { bodies };
    let servers = if servers.is_empty() { &Server::ALL[..] } else { servers };
    let servers: Vec<Server> =
        servers.iter().copied().filter(|server| signed || !server.needs_signature()).collect();
    let print = |&body: &Body| {
        let counts = Counts::of(body, &servers, signed)?;
        let name = if signed { body.name().to_owned() } else { format!("{}, unsigned", body.name()) };
        page.put(&name, &counts.table().to_string())?;
        Ok((format!("{name}, {} bytes", body.json().len()), counts))
    };
    bodies.iter().map(print).collect()
}

/// Instructions per request of some servers, for one body.
pub(crate) struct Counts(Vec<(Server, u64)>);

impl Counts {
    pub(crate) fn of(body: Body, servers: &[Server], signed: bool) -> anyhow::Result<Self> {
        let count = |&server: &Server| {
            let request = if signed { Request::new(body) } else { Request::unsigned(body) };
            let request = if server == Server::AxumRefused { request.spoiled() } else { request };
            let status = if server == Server::AxumRefused { 401 } else { 200 };
            Ok((server, valgrind::instructions_per_request(server, &request, status)?))
        };
        servers.iter().map(count).collect::<anyhow::Result<_>>().map(Self)
    }

    fn table(&self) -> Table {
        let mut table =
            table::of(["server", "instructions", "over bare", "of typed by hand", "of values by hand"]);
        for &(server, count) in &self.0 {
            let over = self.over_bare(server).map(|over| over.to_string());
            let ratio = |other| Some(format!("{:.2}", count as f64 / self.get(other)? as f64));
            let figures =
                [Some(count.to_string()), over, ratio(Server::AxumTyped), ratio(Server::AxumValueSigned)];
            table::add(&mut table, [server.name()], figures.map(Option::unwrap_or_default));
        }
        table
    }

    pub(crate) fn get(&self, server: Server) -> Option<u64> {
        self.0.iter().find(|(counted, _)| *counted == server).map(|(_, count)| *count)
    }

    /// What a server takes beyond one that reads the body and answers a constant.
    pub(crate) fn over_bare(&self, server: Server) -> Option<i64> {
        Some(self.get(server)? as i64 - self.get(server.bare())? as i64)
    }
}
