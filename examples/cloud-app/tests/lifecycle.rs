//! A device's months in virtual time, in which everything fails that can.

mod bridge_lifecycle;
mod bridge_lifecycle_failures;
mod broker_lifecycle;
mod broker_lifecycle_failures;
mod chip;
mod direct_lifecycle;
mod lamp;
mod world;
