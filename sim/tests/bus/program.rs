//! The simulator as a program: what it serves, runs, keeps and says.

mod chain;
mod description;
mod process;
mod raw_client;
#[cfg(target_os = "linux")]
mod run;
mod serve;
