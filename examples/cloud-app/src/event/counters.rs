//! How often things happened.

use super::{Event, Observer};

/// Counts events. An [`Observer`] of its own; another one can pass what it hears on to this.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Answers of the time server that were taken.
    pub times: u32,
    /// Questions to the time server without a good answer.
    pub no_times: u32,
    /// Connections tried.
    pub connections: u32,
    /// Signatures by the chip: what wears it.
    pub signatures: u32,
    /// Signatures the chip did not make.
    pub not_signed: u32,
    /// Logins, or access tokens.
    pub logins: u32,
    /// Of these, such as followed a connection that was closed in order to renew it.
    pub renewals: u32,
    /// Logins and requests that a server refused.
    pub refused: u32,
    /// Connections that failed after they were open.
    pub lost: u32,
    /// Messages that the server took.
    pub published: u64,
    /// Messages dropped.
    pub dropped: u64,
    /// Messages of the server passed over, because the receive buffer can't hold them.
    pub skipped: u32,
    renewing: bool,
}

impl Observer for Counters {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Time { .. } => self.times += 1,
            Event::NoTime { .. } => self.no_times += 1,
            Event::Connecting { .. } => self.connections += 1,
            Event::Signed { .. } | Event::Proved { .. } => self.signatures += 1,
            Event::NotSigned { .. } | Event::NotProved { .. } => self.not_signed += 1,
            Event::LoggedIn { .. } => {
                self.logins += 1;
                self.renewals += u32::from(core::mem::take(&mut self.renewing));
            }
            Event::Refused(_) | Event::LoginRefused(_) | Event::Denied { .. } => self.refused += 1,
            Event::Lost { .. } | Event::TimedOut { .. } => self.lost += 1,
            Event::Published { .. } => self.published += 1,
            Event::Dropped { count } => self.dropped += count,
            Event::Unsendable { .. } | Event::GivenUp { state: false, .. } => self.dropped += 1,
            Event::Skipped(skipped) => self.skipped += skipped.count,
            Event::Renewing => self.renewing = true,
            Event::Waiting { .. } => self.renewing = false,
            _ => {}
        }
    }
}
