//! The LED: on while something is being published, or while a command says so.

use core::cell::{Cell, RefCell};
use esp_hal::gpio::{AnyPin, Level, Output, OutputConfig};

/// An LED to ground, shared by whoever has a reason to light it.
pub struct Led {
    pin: RefCell<Output<'static>>,
    publishing: Cell<bool>,
    commanded: Cell<bool>,
}

impl Led {
    /// Off.
    #[must_use]
    pub fn new(pin: AnyPin<'static>) -> Self {
        let pin = RefCell::new(Output::new(pin, Level::Low, OutputConfig::default()));
        Self { pin, publishing: Cell::new(false), commanded: Cell::new(false) }
    }

    /// Something is being published, or nothing any more.
    pub fn publishing(&self, publishing: bool) {
        self.publishing.set(publishing);
        self.show();
    }

    /// The cloud wants it on, or no longer.
    pub fn commanded(&self, on: bool) {
        self.commanded.set(on);
        self.show();
    }

    /// Whether the cloud wants it on.
    #[must_use]
    pub fn is_commanded(&self) -> bool {
        self.commanded.get()
    }

    fn show(&self) {
        let on = self.publishing.get() || self.commanded.get();
        self.pin.borrow_mut().set_level(on.into());
    }
}

impl core::fmt::Debug for Led {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Led")
    }
}
