//! Azure's mocks with a device whose keys are in a simulated chip, and with public clients.
#![cfg(target_os = "linux")]

mod device;

mod dps;
mod event_grid;
mod hub;
mod public_clients;
