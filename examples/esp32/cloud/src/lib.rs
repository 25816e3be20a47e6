//! What the two cloud logins share: network, secure element, telemetry.

#![no_std]

pub mod element;
pub mod led;
pub mod log;
pub mod net;
pub mod online;
pub mod start;
pub mod telemetry;
pub mod ticks;
