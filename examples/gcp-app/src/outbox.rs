//! What waits to be sent: telemetry in order, and the device's latest state.

use crate::names::{Name, NameError, check};
use core::cell::RefCell;
use core::fmt;
use core::future::poll_fn;
use core::task::{Poll, Waker};
use heapless::{Deque, Vec};

/// Telemetry for up to `MESSAGES` messages (two at least) of up to `BYTES` bytes each, and one state.
///
/// Everything is copied in. A message stays until the server has acknowledged it, through as many
/// connections as that takes, so it arrives at least once, and perhaps twice. When there is no room the
/// oldest message makes way, but not the one that is being sent, and is counted as dropped.
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
    stats: OutboxStats,
    waker: Option<Waker>,
}

struct Message<const BYTES: usize> {
    subfolder: Option<&'static str>,
    payload: Vec<u8, BYTES>,
    tries: u32,
}

/// What became of the messages. `accepted = acknowledged + dropped + waiting` at any time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxStats {
    /// Messages taken from the application.
    pub accepted: u64,
    /// Messages that the server has.
    pub acknowledged: u64,
    /// Messages that made way for newer ones, or that no server would take.
    pub dropped: u64,
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
        let stats = OutboxStats { accepted: 0, acknowledged: 0, dropped: 0, repeated: 0, waiting: 0 };
        let inner = Inner {
            telemetry: Deque::new(),
            sending: false,
            state: None,
            state_version: 0,
            state_sent: None,
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
            check(Name::Subfolder, name).map_err(OutboxError::Name)?;
        }
        let payload = Vec::from_slice(payload)
            .map_err(|_| OutboxError::TooLong { length: payload.len(), capacity: BYTES })?;
        let waker = {
            let mut inner = self.inner.borrow_mut();
            inner.make_room();
            // There is room for one now.
            let _ = inner.telemetry.push_back(Message { subfolder, payload, tries: 0 });
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
        }
    }

    /// The message that was taken can never be sent: it counts as dropped.
    pub(crate) fn discard(&self) {
        let mut inner = self.inner.borrow_mut();
        if core::mem::take(&mut inner.sending) && inner.telemetry.pop_front().is_some() {
            inner.stats.dropped += 1;
        }
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
        if inner.state_sent == Some(inner.state_version) {
            return None;
        }
        let state = inner.state.as_ref()?;
        buffer.get_mut(..state.len())?.copy_from_slice(state);
        Some((state.len(), inner.state_version))
    }

    /// The server has this version of the state.
    pub(crate) fn state_acknowledged(&self, version: u32) {
        self.inner.borrow_mut().state_sent = Some(version);
    }

    /// Waits until there is something to send. Dropping it is harmless.
    pub(crate) async fn filled(&self) {
        poll_fn(|context| {
            let mut inner = self.inner.borrow_mut();
            let state = inner.state.is_some() && inner.state_sent != Some(inner.state_version);
            if state || !inner.telemetry.is_empty() {
                return Poll::Ready(());
            }
            inner.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl<const MESSAGES: usize, const BYTES: usize> Inner<MESSAGES, BYTES> {
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
