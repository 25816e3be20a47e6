//! One thread at a time, with a bounded wait.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// Holds something that one thread at a time takes out. Unlike a mutex's, its wait is bounded, it knows when a thread
/// waits for itself, and a panic does not lock it up.
#[derive(Debug)]
pub(crate) struct Gate<T> {
    place: Mutex<Place<T>>,
    freed: Condvar,
}

#[derive(Debug)]
struct Place<T> {
    content: Option<T>,
    /// Who has it.
    holder: Option<ThreadId>,
}

/// Why it could not be taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closed {
    /// This thread has it.
    Mine,
    /// Another thread has had it all the time.
    Others,
}

impl<T> Gate<T> {
    pub(crate) fn new(content: T) -> Self {
        Self { place: Mutex::new(Place { content: Some(content), holder: None }), freed: Condvar::new() }
    }

    /// Nobody's code runs under this lock, so what is in it is whole.
    fn place(&self) -> MutexGuard<'_, Place<T>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the content out. `None` is no bound.
    pub(crate) fn take(&self, until: Option<Instant>) -> Result<T, Closed> {
        let mut place = self.place();
        loop {
            if let Some(content) = place.content.take() {
                place.holder = Some(thread::current().id());
                return Ok(content);
            }
            if place.holder == Some(thread::current().id()) {
                return Err(Closed::Mine);
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            place = match left {
                Some(Duration::ZERO) => return Err(Closed::Others),
                Some(left) => self.freed.wait_timeout(place, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.freed.wait(place).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Puts it back.
    pub(crate) fn put(&self, content: T) {
        let mut place = self.place();
        (place.content, place.holder) = (Some(content), None);
        drop(place);
        self.freed.notify_one();
    }
}
