//! TLS against servers of rustls, good and bad, and against one that breaks the rules.

mod chain;
mod client;
mod defects;
mod device;
mod handshake;
mod rogue;
mod roots;
