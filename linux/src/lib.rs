#![doc = include_str!("../README.md")]
#![cfg(target_os = "linux")]

mod adapter;
mod bus;
mod device;
mod error;
mod gate;
mod location;
mod lock;
mod machine;
#[cfg(feature = "rcgen")]
pub mod rcgen;
#[cfg(feature = "rustls")]
pub mod rustls;
mod shared;
#[cfg(any(feature = "rcgen", feature = "rustls"))]
mod signing;
#[cfg(feature = "sim")]
mod simulator;
#[cfg(feature = "sim")]
mod tcp;
mod trouble;

pub use adapter::{Adapter, adapters};
pub use bus::{AnyBus, AnyDelay, BusError, Traffic};
pub use device::{Bus, Watch, open};
pub use error::{ChipError, Failure, OpenError};
pub use linux_embedded_hal::Delay;
pub use location::{Location, LocationError};
pub use lock::{Busy, LockError};
pub use machine::kernel;
pub use shared::{Chip, Options, SharedChip};
#[cfg(feature = "sim")]
pub use tcp::TcpError;
pub use trouble::Trouble;
