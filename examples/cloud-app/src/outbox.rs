//! What waits to be sent: telemetry in order, and the device's latest state.

use atecc608_cloud::mqtt::{NameError, check_subfolder};
use core::cell::RefCell;
use core::fmt;
use core::future::poll_fn;
use core::task::{Poll, Waker};
use heapless::{Deque, Vec};

/// Telemetry for up to `MESSAGES` messages (two at least) of up to `BYTES` bytes each, and one state.
///
/// Everything is copied in. A message stays until the server has acknowledged it, through as many
/// connections as that takes, so it arrives at least once, and perhaps twice. When there is no room the
/// oldest message makes way, but not the one that is being sent, and is counted as dropped. So is a message
/// that the server refuses, or closes the connection on, three times, lest it hold up the rest. Does that
/// happen to one message after the other, the server is more likely at fault, and each next one gets twice as
/// many tries, up to 96.
///
/// **Sharing.** Producers and the supervisor use it through `&Outbox` on *one* executor: nothing is borrowed
/// across an await, no interrupt is masked, and the type is not `Sync`, so the compiler keeps it away from
/// interrupts and other threads. In firmware a `StaticCell` gives every task a `&'static` to it. One
/// supervisor takes from it at a time.
pub struct Outbox<const MESSAGES: usize, const BYTES: usize> {
    inner: RefCell<Inner<MESSAGES, BYTES>>,
}

struct Inner<const MESSAGES: usize, const BYTES: usize> {
    telemetry: Deque<Message<BYTES>, MESSAGES>,
    /// The oldest message is being sent.
    sending: bool,
    state: Option<Vec<u8, BYTES>>,
    /// Counts states, so that one which changes while it is sent is sent again.
    state_version: u32,
    state_sent: Option<u32>,
    /// Times that the server would not take this state,
    state_strikes: u32,
    /// until it was given up.
    state_refused: Option<u32>,
    /// Messages given up since the server has last taken anything.
    given_up: u32,
    stats: OutboxStats,
    waker: Option<Waker>,
}

struct Message<const BYTES: usize> {
    subfolder: Option<&'static str>,
    payload: Vec<u8, BYTES>,
    tries: u32,
    /// Tries that the server ended.
    strikes: u32,
}

/// So often the server may refuse a message.
const STRIKES: u32 = 3;
/// Of so many messages in a row, each gets twice as many tries as the one before.
const DOUBLINGS: u32 = 5;

/// What became of the messages. `accepted = acknowledged + dropped + waiting` at any time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxStats {
    /// Messages taken from the application.
    pub accepted: u64,
    /// Messages that the server has.
    pub acknowledged: u64,
    /// Messages that made way for newer ones, or that no server would take.
    pub dropped: u64,
    /// What the server would not take, and was given up: messages, which are among those dropped, and states.
    pub refused: u64,
    /// Times that a message was sent again, because the server had not acknowledged it.
    pub repeated: u64,
    /// Messages here.
    pub waiting: usize,
}

/// A message that may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outgoing {
    pub(crate) subfolder: Option<&'static str>,
    pub(crate) length: usize,
}

impl<const MESSAGES: usize, const BYTES: usize> Outbox<MESSAGES, BYTES> {
    /// An empty outbox.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(MESSAGES >= 2, "one message may be on its way, so a second must fit") };
        let stats =
            OutboxStats { accepted: 0, acknowledged: 0, dropped: 0, refused: 0, repeated: 0, waiting: 0 };
        let inner = Inner {
            telemetry: Deque::new(),
            sending: false,
            state: None,
            state_version: 0,
            state_sent: None,
            state_strikes: 0,
            state_refused: None,
            given_up: 0,
            stats,
            waker: None,
        };
        Self { inner: RefCell::new(inner) }
    }

    /// Takes telemetry, to be published under `events`, or under `events/SUBFOLDER`.
    ///
    /// # Errors
    /// [`OutboxError`]; nothing was taken and nothing made way.
    pub fn publish(&self, subfolder: Option<&'static str>, payload: &[u8]) -> Result<(), OutboxError> {
        if let Some(name) = subfolder {
            check_subfolder(name).map_err(OutboxError::Name)?;
        }
        let payload = Vec::from_slice(payload)
            .map_err(|_| OutboxError::TooLong { length: payload.len(), capacity: BYTES })?;
        let waker = {
            let mut inner = self.inner.borrow_mut();
            inner.make_room();
            // There is room for one now.
            let _ = inner.telemetry.push_back(Message { subfolder, payload, tries: 0, strikes: 0 });
            inner.stats.accepted += 1;
            inner.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    /// Takes the device's state, which replaces an earlier one. It is published after each login and
    /// whenever it changes.
    ///
    /// # Errors
    /// [`OutboxError::TooLong`].
    pub fn set_state(&self, payload: &[u8]) -> Result<(), OutboxError> {
        let state = Vec::from_slice(payload)
            .map_err(|_| OutboxError::TooLong { length: payload.len(), capacity: BYTES })?;
        let waker = {
            let mut inner = self.inner.borrow_mut();
            inner.state = Some(state);
            inner.state_version = inner.state_version.wrapping_add(1);
            inner.state_strikes = 0;
            inner.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    /// What became of the messages so far.
    #[must_use]
    pub fn stats(&self) -> OutboxStats {
        let inner = self.inner.borrow();
        OutboxStats { waiting: inner.telemetry.len(), ..inner.stats }
    }

    /// Copies the oldest message out and marks it as being sent. It stays.
    pub(crate) fn take(&self, buffer: &mut [u8; BYTES]) -> Option<Outgoing> {
        let mut inner = self.inner.borrow_mut();
        let message = inner.telemetry.front_mut()?;
        let (subfolder, length) = (message.subfolder, message.payload.len());
        buffer.get_mut(..length)?.copy_from_slice(&message.payload);
        message.tries = message.tries.saturating_add(1);
        let again = message.tries > 1;
        inner.sending = true;
        inner.stats.repeated += u64::from(again);
        Some(Outgoing { subfolder, length })
    }

    /// The server has the message that was taken.
    pub(crate) fn acknowledge(&self) {
        let mut inner = self.inner.borrow_mut();
        if core::mem::take(&mut inner.sending) && inner.telemetry.pop_front().is_some() {
            inner.stats.acknowledged += 1;
            inner.given_up = 0;
        }
    }

    /// The message that was taken can never be sent: it counts as dropped.
    pub(crate) fn discard(&self) {
        let mut inner = self.inner.borrow_mut();
        if core::mem::take(&mut inner.sending) && inner.telemetry.pop_front().is_some() {
            inner.stats.dropped += 1;
        }
    }

    /// The server refused the message that was taken, or closed the connection on it. Once that has happened
    /// too often the message is dropped and counted: then its length and how often.
    pub(crate) fn strike(&self) -> Option<(usize, u32)> {
        let mut inner = self.inner.borrow_mut();
        let limit = inner.patience();
        if !inner.sending {
            return None;
        }
        let message = inner.telemetry.front_mut()?;
        message.strikes = message.strikes.saturating_add(1);
        if message.strikes < limit {
            return None;
        }
        let told = (message.payload.len(), message.strikes);
        inner.telemetry.pop_front();
        inner.sending = false;
        inner.stats.dropped += 1;
        inner.stats.refused += 1;
        inner.given_up = inner.given_up.saturating_add(1);
        Some(told)
    }

    /// The same for the state of this version, which is not sent again until it changes.
    pub(crate) fn strike_state(&self, version: u32) -> Option<(usize, u32)> {
        let mut inner = self.inner.borrow_mut();
        if inner.state_version != version {
            return None;
        }
        inner.state_strikes = inner.state_strikes.saturating_add(1);
        if inner.state_strikes < inner.patience() {
            return None;
        }
        inner.state_refused = Some(version);
        inner.stats.refused += 1;
        inner.given_up = inner.given_up.saturating_add(1);
        Some((inner.state.as_ref().map_or(0, |state| state.len()), inner.state_strikes))
    }

    /// This version of the state can never be sent.
    pub(crate) fn discard_state(&self, version: u32) {
        self.inner.borrow_mut().state_refused = Some(version);
    }

    /// The connection is gone: what was being sent must be sent again, and so must the state.
    pub(crate) fn release(&self) {
        let mut inner = self.inner.borrow_mut();
        inner.sending = false;
        inner.state_sent = None;
    }

    /// Copies the state out if the server does not have it yet: its length and version.
    pub(crate) fn state(&self, buffer: &mut [u8; BYTES]) -> Option<(usize, u32)> {
        let inner = self.inner.borrow();
        let state = inner.state.as_ref().filter(|_| inner.state_is_due())?;
        buffer.get_mut(..state.len())?.copy_from_slice(state);
        Some((state.len(), inner.state_version))
    }

    /// The server has this version of the state.
    pub(crate) fn state_acknowledged(&self, version: u32) {
        let mut inner = self.inner.borrow_mut();
        inner.state_sent = Some(version);
        inner.given_up = 0;
    }

    /// Waits until there is something to send. Dropping it is harmless.
    pub(crate) async fn filled(&self) {
        poll_fn(|context| {
            let mut inner = self.inner.borrow_mut();
            if inner.state_is_due() || !inner.telemetry.is_empty() {
                return Poll::Ready(());
            }
            inner.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl<const MESSAGES: usize, const BYTES: usize> Inner<MESSAGES, BYTES> {
    fn state_is_due(&self) -> bool {
        let version = Some(self.state_version);
        self.state.is_some() && self.state_sent != version && self.state_refused != version
    }

    /// How often the server may refuse a message before it is given up.
    fn patience(&self) -> u32 {
        STRIKES << self.given_up.min(DOUBLINGS)
    }

    fn make_room(&mut self) {
        if !self.telemetry.is_full() {
            return;
        }
        let first = self.telemetry.pop_front();
        if self.sending {
            self.telemetry.pop_front();
            if let Some(first) = first {
                let _ = self.telemetry.push_front(first);
            }
        }
        self.stats.dropped += 1;
    }
}

impl<const MESSAGES: usize, const BYTES: usize> Default for Outbox<MESSAGES, BYTES> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const MESSAGES: usize, const BYTES: usize> fmt::Debug for Outbox<MESSAGES, BYTES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxError {
    /// A subfolder that is not allowed.
    Name(NameError),
    /// The payload does not fit.
    TooLong {
        /// Its length, in bytes.
        length: usize,
        /// What fits.
        capacity: usize,
    },
}

impl fmt::Display for OutboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => fmt::Display::fmt(error, f),
            Self::TooLong { length, capacity } => {
                write!(f, "the message has {length} bytes; the outbox takes {capacity}")
            }
        }
    }
}

impl core::error::Error for OutboxError {}

#[cfg(test)]
mod tests;
