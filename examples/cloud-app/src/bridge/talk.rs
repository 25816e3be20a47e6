//! A bridge's topics, over a connection that is logged in.

use super::failure::of_session;
use crate::event::Observer;
use crate::online::{Sent, Talk};
use crate::trouble::Trouble;
use atecc608_cloud::mqtt::{Inbox, Session, SessionError, Skipped};
use embedded_io_async::{Read, Write};

pub(super) struct BridgeTalk<'o, 's, T, I> {
    pub(super) session: Session<'s, T>,
    pub(super) inbox: &'o mut I,
}

impl<T: Read + Write, I: Inbox> Talk for BridgeTalk<'_, '_, T, I> {
    type Error = SessionError<T::Error>;

    fn trouble<O: Observer>(error: &Self::Error, observer: &mut O) -> Trouble {
        of_session(error, observer)
    }

    async fn subscribe(&mut self) -> Result<(), Self::Error> {
        self.session.subscribe(self.inbox).await
    }

    async fn arrival(&mut self) -> Result<(), Self::Error> {
        self.session.arrival().await
    }

    async fn receive(&mut self) -> Result<(), Self::Error> {
        self.session.receive(self.inbox).await
    }

    async fn ping(&mut self) -> Result<(), Self::Error> {
        self.session.ping(self.inbox).await
    }

    async fn publish_state(&mut self, payload: &[u8]) -> Result<Sent, Self::Error> {
        self.session.publish_state(payload, self.inbox).await.map(|()| Ok(payload.len()))
    }

    async fn publish_telemetry(
        &mut self,
        subfolder: Option<&'static str>,
        payload: &[u8],
    ) -> Result<Sent, Self::Error> {
        self.session.publish_telemetry(subfolder, payload, self.inbox).await.map(|()| Ok(payload.len()))
    }

    fn take_skipped(&mut self) -> Option<Skipped> {
        self.session.take_skipped()
    }

    async fn disconnect(self) -> Result<(), Self::Error> {
        self.session.disconnect().await.map(|_| ())
    }
}
