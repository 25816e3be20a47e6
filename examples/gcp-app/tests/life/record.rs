//! Keeps the lines that a device would print.

use super::World;
use gcp_app::{Counters, Event, Observer};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

#[derive(Debug, Clone)]
pub(crate) struct Record {
    world: Rc<World>,
    /// When, in milliseconds since the beginning, and what.
    pub(crate) lines: Rc<RefCell<Vec<(u64, String)>>>,
    pub(crate) counters: Rc<Cell<Counters>>,
    pub(crate) quiet: bool,
}

impl Record {
    pub(crate) fn new(world: &Rc<World>) -> Self {
        Self { world: Rc::clone(world), lines: Rc::default(), counters: Rc::default(), quiet: false }
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
        if !self.quiet {
            self.lines.borrow_mut().push((self.world.elapsed_ms(), event.to_string()));
        }
    }
}
