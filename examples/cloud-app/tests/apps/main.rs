//! The applications that firmware uses as they are: at mocks of AWS and Azure, over the microcontroller's TLS, with the key in a
//! simulated chip; in virtual time.

mod account;
mod aws;
mod certificates;
mod device;
mod event_grid;
mod site;
mod topics;
