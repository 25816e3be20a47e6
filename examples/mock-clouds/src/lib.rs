//! Clouds on this machine that know devices by certificates, each with its rules.
//!
//! Nothing here shares code with the device's side: packets, certificates and tokens are read by libraries that the
//! device does not use.

#![forbid(unsafe_code)]
