//! What is sent next, signed for the present second.

use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use http_body_util::Full;
use tencent_im_webhook::{Command, UnixSeconds};

use crate::client::Client;
use crate::load::mix::Mix;
use crate::sender::Sender;

/// The requests of a mix in turn, each as often as its weight says and as evenly as can be.
pub(super) struct Shots {
    sender: Sender,
    client: Client,
    mix: Mix,
    state: Mutex<State>,
}

/// One request, and which command's it is.
pub(super) struct Shot {
    pub(super) command: Command,
    pub(super) request: http::Request<Full<Bytes>>,
}

struct State {
    /// What the requests are signed for.
    second: UnixSeconds,
    requests: Vec<http::Request<Full<Bytes>>>,
    wheel: Wheel,
}

impl Shots {
    pub(super) fn new(sender: Sender, client: Client, mix: Mix) -> Self {
        let wheel = Wheel::new(mix.0.iter().map(|part| part.weight));
        let state = State { second: UnixSeconds(0), requests: Vec::new(), wheel };
        Self { sender, client, mix, state: Mutex::new(state) }
    }

    pub(super) fn next(&self) -> Shot {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let second = SystemTime::now().into();
        if state.second != second {
            state.second = second;
            state.requests = self.signed();
        }
        let at = state.wheel.next();
        Shot { command: self.mix.0[at].command.clone(), request: state.requests[at].clone() }
    }

    /// Once a second, however many are sent in it.
    fn signed(&self) -> Vec<http::Request<Full<Bytes>>> {
        let parts = self.mix.0.iter().map(|part| {
            let webhook = self.sender.webhook(&part.command);
            let webhook = match &part.body {
                Some(body) => webhook.body(body.clone()),
                None => webhook,
            };
            self.client.prepare(&webhook)
        });
        parts.collect()
    }
}

/// Smooth weighted round robin: with weights 2 and 1, the first, the second, the first.
struct Wheel {
    /// A weight, and how far its turn has come.
    parts: Vec<(i64, i64)>,
    total: i64,
}

impl Wheel {
    fn new(weights: impl Iterator<Item = u32>) -> Self {
        let parts: Vec<_> = weights.map(|weight| (i64::from(weight), 0)).collect();
        Self { total: parts.iter().map(|(weight, _)| weight).sum(), parts }
    }

    fn next(&mut self) -> usize {
        let mut next = 0;
        for at in 0..self.parts.len() {
            let (weight, turn) = &mut self.parts[at];
            *turn += *weight;
            if self.parts[at].1 > self.parts[next].1 {
                next = at;
            }
        }
        self.parts[next].1 -= self.total;
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_kept_and_spread() {
        let mut wheel = Wheel::new([1, 4, 2].into_iter());
        let turns: Vec<_> = (0..7).map(|_| wheel.next()).collect();
        assert_eq!(turns, [1, 2, 1, 0, 1, 2, 1]);
        assert_eq!((0..7).map(|_| wheel.next()).collect::<Vec<_>>(), turns, "and again");
    }
}
