//! The built example as a user runs it: every cloud, and every kind of failure.

#![cfg(target_os = "linux")]

mod chips;
mod clouds;
mod elsewhere;
mod made;
mod onboarding;
mod openssl;
mod options;
mod program;
mod servers;

#[cfg(feature = "mosquitto")]
mod mosquitto;
