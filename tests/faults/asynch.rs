//! The operations with the async driver.

use atecc608::asynch::{Atecc608, CertificateSigner, SharedKey, issue};

/// The result of a call.
macro_rules! wait {
    ($call:expr) => {
        $call.await
    };
}

/// The result of a session.
macro_rules! session {
    ($chip:ident, |$session:ident| $body:expr) => {
        $chip.session(async |$session| $body).await
    };
}

/// A function that makes calls.
macro_rules! calls {
    ($(#[$attr:meta])* fn $name:ident($chip:ident: $type:ty, $op:ident: Op) -> $out:ty $body:block) => {
        $(#[$attr])*
        pub(crate) async fn $name($chip: $type, $op: Op) -> $out $body
    };
}

#[path = "both.rs"]
mod both;

impl crate::sweep::Driver for both::Device {
    fn on(bus: &atecc608_sim::Bus, control: &crate::wire::Control) -> Self {
        Atecc608::new(crate::wire::Wire::new(bus, control), bus.delay())
    }

    fn run(&mut self, op: crate::op::Op) -> crate::answer::Outcome {
        embassy_futures::block_on(both::perform(self, op))
    }
}
/// A driver whose bus and delay pend once a call.
pub(crate) fn yielding(bus: &atecc608_sim::Bus, control: &crate::wire::Control) -> both::Device {
    Atecc608::new(crate::wire::Wire::new(bus, control).yielding(), bus.delay().yielding())
}

pub(crate) use both::{Device, perform};
