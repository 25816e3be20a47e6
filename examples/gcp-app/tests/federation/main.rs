//! The direct login against the cloud's stand-in: every field is judged by software that the device does not
//! share.

mod cloud;
mod exchange;
mod publish;
mod readme;
mod trouble;
mod two_devices;
