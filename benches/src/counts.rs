use benches::{Body, Request};

use crate::callgrind::per_request;
use crate::page::Page;
use crate::servers::Server;
use crate::table;

/// The table of whole servers.
pub(crate) fn print(page: &Page, bodies: &[Body], servers: &[Server]) -> anyhow::Result<()> {
    let bodies = if bodies.is_empty() { &Body::ALL[..] } else { bodies };
    let servers = if servers.is_empty() { &Server::ALL[..] } else { servers };
    for &body in bodies {
        let mut table =
            table::of(["server", "instructions", "over bare", "of typed by hand", "of values by hand"]);
        let counts = Counts::of(body, servers)?;
        for &(server, count) in &counts.0 {
            let over = counts.over_bare(server).map(|over| over.to_string());
            let ratio = |other| Some(format!("{:.2}", count as f64 / counts.get(other)? as f64));
            let figures =
                [Some(count.to_string()), over, ratio(Server::AxumTyped), ratio(Server::AxumValueSigned)];
            table::add(&mut table, [server.name()], figures.map(Option::unwrap_or_default));
        }
        page.put(body.name(), &table.to_string())?;
    }
    Ok(())
}

/// Instructions per request of some servers, for one body.
pub(crate) struct Counts(Vec<(Server, u64)>);

impl Counts {
    pub(crate) fn of(body: Body, servers: &[Server]) -> anyhow::Result<Self> {
        let count = |&server: &Server| {
            let request = Request::new(body);
            let request = if server == Server::AxumRefused { request.spoiled() } else { request };
            let status = if server == Server::AxumRefused { 401 } else { 200 };
            Ok((server, per_request(server, &request, status)?))
        };
        servers.iter().map(count).collect::<anyhow::Result<_>>().map(Self)
    }

    pub(crate) fn get(&self, server: Server) -> Option<u64> {
        self.0.iter().find(|(counted, _)| *counted == server).map(|(_, count)| *count)
    }

    /// What a server takes beyond one that reads the body and answers a constant.
    pub(crate) fn over_bare(&self, server: Server) -> Option<i64> {
        Some(self.get(server)? as i64 - self.get(server.bare())? as i64)
    }
}
