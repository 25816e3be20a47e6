//! The operations with the blocking driver.

use atecc608::blocking::{Atecc608, CertificateSigner, SharedKey, issue};

/// The result of a call.
macro_rules! wait {
    ($call:expr) => {
        $call
    };
}

/// The result of a session.
macro_rules! session {
    ($chip:ident, |$session:ident| $body:expr) => {
        $chip.session(|$session| $body)
    };
}

/// A function that makes calls.
macro_rules! calls {
    ($(#[$attr:meta])* fn $name:ident($chip:ident: $type:ty, $op:ident: Op) -> $out:ty $body:block) => {
        $(#[$attr])*
        pub(crate) fn $name($chip: $type, $op: Op) -> $out $body
    };
}

#[path = "both.rs"]
mod both;

impl crate::sweep::Driver for both::Device {
    fn on(bus: &atecc608_sim::Bus, control: &crate::wire::Control) -> Self {
        Atecc608::new(crate::wire::Wire::new(bus, control), bus.delay())
    }

    fn run(&mut self, op: crate::op::Op) -> crate::answer::Outcome {
        both::perform(self, op)
    }
}
pub(crate) use both::Device;
