//! Chips for whole programs: by location, in threads, in processes, and when something goes wrong.
#![cfg(target_os = "linux")]

mod adapters;
mod failures;
mod own_bytes;
mod processes;
mod program;
mod served;
mod threads;
mod traffic;
