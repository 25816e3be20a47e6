//! A delay that lets a test interfere in the middle of an operation.

use atecc608_sim::Bus;
use atecc608_sim::hal::SimDelay;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

type Action = Box<dyn FnMut(&Bus) + Send>;

/// What happens before each pause of the driver; clones share it.
#[derive(Clone, Default)]
pub struct Hook(Arc<Mutex<Option<Action>>>);

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

impl Hook {
    /// From now on, before every pause.
    pub fn before_each_pause(&self, action: impl FnMut(&Bus) + Send + 'static) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(action));
    }

    /// Once, after so many pauses.
    pub fn after_pauses(&self, pauses: usize, mut action: impl FnMut(&Bus) + Send + 'static) {
        let mut left = Some(pauses);
        self.before_each_pause(move |bus| match left {
            Some(0) => {
                left = None;
                action(bus);
            }
            Some(pauses) => left = Some(pauses - 1),
            None => {}
        });
    }

    /// No more.
    pub fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn run(&self, bus: &Bus) {
        if let Some(action) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            action(bus);
        }
    }
}

/// The simulator's delay with a [`Hook`].
#[derive(Debug)]
pub struct HookDelay {
    delay: SimDelay,
    bus: Bus,
    hook: Hook,
}

impl HookDelay {
    /// Waits on this bus, and lets the hook act.
    pub fn new(bus: &Bus, hook: &Hook) -> Self {
        HookDelay { delay: bus.delay(), bus: bus.clone(), hook: hook.clone() }
    }

    /// Pends once before each pause.
    pub fn yielding(mut self) -> Self {
        self.delay = self.delay.yielding();
        self
    }
}

impl embedded_hal::delay::DelayNs for HookDelay {
    fn delay_ns(&mut self, ns: u32) {
        self.hook.run(&self.bus);
        embedded_hal::delay::DelayNs::delay_ns(&mut self.delay, ns);
    }

    fn delay_us(&mut self, us: u32) {
        self.hook.run(&self.bus);
        embedded_hal::delay::DelayNs::delay_us(&mut self.delay, us);
    }
}

impl embedded_hal_async::delay::DelayNs for HookDelay {
    async fn delay_ns(&mut self, ns: u32) {
        self.hook.run(&self.bus);
        embedded_hal_async::delay::DelayNs::delay_ns(&mut self.delay, ns).await;
    }

    async fn delay_us(&mut self, us: u32) {
        self.hook.run(&self.bus);
        embedded_hal_async::delay::DelayNs::delay_us(&mut self.delay, us).await;
    }
}
