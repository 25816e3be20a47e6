//! The world's network.

use super::link::Link;
use super::{World, pass};
use cloud_app::{Dial, DialError, Network, NetworkError, Server};
use mock_servers::sntp;
use std::rc::Rc;

#[derive(Debug, Clone)]
pub(crate) struct MemoryNetwork(pub(crate) Rc<World>);

impl Network for MemoryNetwork {
    type Connection<'n> = Link;

    async fn connect(&mut self, server: &Server<'_>) -> Result<Link, NetworkError> {
        pass(self.0.dial_ms.get()).await;
        match self.0.network.get() {
            Some(error) => Err(error),
            None => Ok(self.0.open(server.name)),
        }
    }

    async fn exchange(
        &mut self,
        _: &Server<'_>,
        question: &[u8],
        answer: &mut [u8],
    ) -> Result<usize, NetworkError> {
        if let Some(error) = self.0.network.get() {
            return Err(error);
        }
        self.0.questions.set(self.0.questions.get() + 1);
        pass(15).await;
        let Some(bytes) = sntp::answer(question, self.0.unix_ms(), self.0.time.get()) else {
            return std::future::pending().await;
        };
        pass(15).await;
        let length = bytes.len().min(answer.len());
        answer[..length].copy_from_slice(&bytes[..length]);
        Ok(length)
    }
}

/// Trusts whom the world lets it trust.
#[derive(Debug)]
pub(crate) struct MemoryDial(pub(crate) MemoryNetwork);

impl Dial for MemoryDial {
    type Network = MemoryNetwork;
    type Connection<'d> = Link;
    type Untrusted = &'static str;

    fn network(&mut self) -> &mut MemoryNetwork {
        &mut self.0
    }

    async fn dial(&mut self, server: &Server<'_>, _now: u64) -> Result<Link, DialError<&'static str>> {
        let link = self.0.connect(server).await.map_err(DialError::Network)?;
        match self.0.0.untrusted.get() {
            Some(why) => Err(DialError::Untrusted(why)),
            None => Ok(link),
        }
    }
}
