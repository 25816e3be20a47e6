//! One thread at a time, with a bounded wait.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// Holds something that one thread at a time takes out, in the order in which they come. Unlike a mutex's, its wait is
/// bounded, it knows when a thread waits for itself, and a panic does not lock it up.
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
    /// Who waits, the first that came in front: or who has just had it would be faster when he comes again.
    waiting: VecDeque<ThreadId>,
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
        let place = Place { content: Some(content), holder: None, waiting: VecDeque::new() };
        Self { place: Mutex::new(place), freed: Condvar::new() }
    }

    /// Nobody's code runs under this lock, so what is in it is whole.
    fn place(&self) -> MutexGuard<'_, Place<T>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the content out. `None` is no bound.
    pub(crate) fn take(&self, until: Option<Instant>) -> Result<T, Closed> {
        let me = thread::current().id();
        let mut place = self.place();
        if place.holder == Some(me) {
            return Err(Closed::Mine);
        }
        place.waiting.push_back(me);
        loop {
            if place.waiting.front() == Some(&me)
                && let Some(content) = place.content.take()
            {
                place.waiting.pop_front();
                place.holder = Some(me);
                return Ok(content);
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            place = match left {
                Some(Duration::ZERO) => {
                    place.waiting.retain(|other| *other != me);
                    // It may be the next one's turn by that.
                    self.freed.notify_all();
                    return Err(Closed::Others);
                }
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
        self.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only a stop for what hangs.
    fn patience() -> Option<Instant> {
        Some(Instant::now() + Duration::from_secs(20))
    }

    fn wait_for(gate: &Gate<()>, waiting: usize) {
        let end = patience();
        while gate.place().waiting.len() != waiting {
            assert!(Some(Instant::now()) < end, "nobody waits");
            thread::yield_now();
        }
    }

    /// Who has just had it is never faster than who waits, however soon he comes again.
    #[test]
    fn whoever_waits_is_next() {
        let gate = Gate::new(());
        gate.take(None).unwrap();
        // One that the kernel has not woken yet.
        let other = thread::spawn(|| thread::current().id()).join().unwrap();
        gate.place().waiting.push_back(other);
        gate.put(());
        assert_eq!(gate.take(Some(Instant::now())), Err(Closed::Others));
        assert_eq!(gate.place().waiting, [other]);
        gate.place().waiting.clear();
        assert_eq!(gate.take(patience()), Ok(()));
        assert_eq!(gate.take(patience()), Err(Closed::Mine));
    }

    #[test]
    fn whoever_gives_up_keeps_nobody_waiting() {
        let gate = Gate::new(());
        gate.take(None).unwrap();
        thread::scope(|scope| {
            let gives_up = scope.spawn(|| {
                let end = Instant::now() + Duration::from_millis(5);
                gate.take(Some(end))
            });
            assert_eq!(gives_up.join().unwrap(), Err(Closed::Others));
            let waits = scope.spawn(|| gate.take(patience()).inspect(|()| gate.put(())));
            wait_for(&gate, 1);
            gate.put(());
            assert_eq!(waits.join().unwrap(), Ok(()));
        });
        assert_eq!(gate.take(patience()), Ok(()));
    }
}
