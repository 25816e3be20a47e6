//! A device logs in at a cloud with a certificate and a key in the chip, over mutual TLS, in one command.

fn main() {}
