//! TLS against servers of rustls, good and bad, and against one that breaks the rules.

mod chain;
mod chip;
mod client;
mod client_chip;
mod client_faults;
mod client_flight;
mod client_sizes;
mod defects;
mod device;
mod handshake;
mod memory;
mod patches;
mod peers;
mod protocols;
mod request;
mod rogue;
mod roots;
