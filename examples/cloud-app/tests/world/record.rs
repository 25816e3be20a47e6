//! Keeps the lines that a device would print.

use super::World;
use cloud_app::{Counters, Event, Observer};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

#[derive(Debug, Clone)]
pub(crate) struct Record {
    world: Rc<World>,
    /// When, in milliseconds since the beginning, and what.
    pub(crate) lines: Rc<RefCell<Vec<(u64, String)>>>,
    pub(crate) counters: Rc<Cell<Counters>>,
    /// Only when the device is away and back is kept.
    essential: bool,
    /// When it was not logged in, from and to.
    absences: Rc<RefCell<Vec<(u64, u64)>>>,
    /// Since when it is not logged in now, and whether that began with a renewal.
    away: Rc<Cell<Option<(u64, bool)>>>,
    quick: Rc<Cell<usize>>,
}

impl Record {
    pub(crate) fn new(world: &Rc<World>) -> Self {
        Self {
            world: Rc::clone(world),
            lines: Rc::default(),
            counters: Rc::default(),
            essential: false,
            absences: Rc::default(),
            away: Rc::new(Cell::new(Some((0, false)))),
            quick: Rc::default(),
        }
    }

    /// For months: keeps no lines.
    pub(crate) fn essential(world: &Rc<World>) -> Self {
        let absences = Rc::new(RefCell::new(Vec::with_capacity(4000)));
        Self { essential: true, absences, ..Self::new(world) }
    }

    /// When the device was not logged in for more than 10 seconds, after the first login.
    pub(crate) fn absences(&self) -> Vec<(u64, u64)> {
        self.absences.borrow().iter().skip(1).copied().filter(|(from, to)| to - from > 10_000).collect()
    }

    /// Renewals that took 10 seconds at most, which a silent time server may cost.
    pub(crate) fn quick_renewals(&self) -> usize {
        self.quick.get()
    }

    /// When lines with these words were printed, in milliseconds.
    pub(crate) fn times(&self, words: &str) -> Vec<u64> {
        self.lines.borrow().iter().filter(|(_, line)| line.contains(words)).map(|(at, _)| *at).collect()
    }

    pub(crate) fn count(&self, words: &str) -> usize {
        self.times(words).len()
    }

    pub(crate) fn has(&self, words: &str) -> bool {
        self.count(words) > 0
    }

    /// Everything, for messages of tests that fail.
    pub(crate) fn text(&self) -> String {
        self.lines.borrow().iter().map(|(at, line)| format!("{at:>9} {line}\n")).collect()
    }
}

impl Observer for Record {
    fn event(&mut self, event: &Event<'_>) {
        let mut counters = self.counters.get();
        counters.event(event);
        self.counters.set(counters);
        let now = self.world.elapsed_ms();
        match event {
            Event::Renewing => self.away.set(Some((now, true))),
            Event::Lost { .. } | Event::TimedOut { .. } if self.away.get().is_none() => {
                self.away.set(Some((now, false)));
            }
            Event::LoggedIn { .. } => {
                if let Some((from, renewal)) = self.away.take() {
                    self.absences.borrow_mut().push((from, now));
                    self.quick.set(self.quick.get() + usize::from(renewal && now - from <= 10_000));
                }
            }
            _ => {}
        }
        if !self.essential {
            self.lines.borrow_mut().push((self.world.elapsed_ms(), event.to_string()));
        }
    }
}
