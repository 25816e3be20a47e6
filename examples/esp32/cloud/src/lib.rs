//! What the cloud logins share: network, secure element, certificate, telemetry.

#![no_std]

extern crate alloc;

pub mod certificate;
pub mod element;
pub mod led;
pub mod log;
pub mod mutual;
pub mod net;
pub mod online;
pub mod start;
pub mod telemetry;
pub mod ticks;
