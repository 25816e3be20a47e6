//! The pages of docs/clouds: what of them can be run is run, and what they name is there.

mod google;
#[cfg(feature = "mosquitto")]
mod mosquitto;
mod names;
mod page;
