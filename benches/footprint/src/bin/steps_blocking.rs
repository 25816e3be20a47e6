//! Operations whose instructions are counted, blocking.
#![no_std]
#![no_main]

footprint::steps!(blocking, [], [], core::convert::identity);
