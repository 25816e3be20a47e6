//! Requests and certificates that the crate writes, by the word of others: OpenSSL and GnuTLS verify every one, `x509-cert` reads
//! it and writes the same bytes, and makes the same from the same names, dates and serial numbers.

mod certificates;
mod other;
mod random;
mod requests;
mod rig;

type Failure = Box<dyn std::error::Error>;
