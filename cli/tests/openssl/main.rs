//! Keys, signatures, requests, certificates and tokens of the program, as OpenSSL takes them, and those of OpenSSL, as the
//! program takes them.
#![cfg(target_os = "linux")]

mod bench;
mod certificates;
mod keys;
mod signatures;
