//! The applications that firmware uses as they are: at the mock of AWS, over the microcontroller's TLS, with the key in a
//! simulated chip; in virtual time.

mod account;
mod aws;
mod certificates;
mod device;
mod topics;
