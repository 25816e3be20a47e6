//! Certificates on the chip that take turns, and their renewal.

mod cut;
mod days;
mod halfway;
mod order;
mod refused;
mod rig;
