//! The library in front of programs that know nothing of it. Each test is also its program: it starts itself
//! with the library preloaded, and looks at the bus from the other side.
#![cfg(target_os = "linux")]

mod adapter;
mod common;
mod device;
mod others;
mod sleeps;
