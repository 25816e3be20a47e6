//! The direct login against a mock of the cloud: every field is checked by software that the device does not
//! share.

mod cloud;
mod exchange;
mod publish;
mod pull;
mod readme;
mod trouble;
mod two_devices;
