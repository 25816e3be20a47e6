//! Bytes that come and go at the pins: the I/O buffer and the groups in it (chip reference 1.5, 2).

pub(crate) mod crc;
pub(crate) mod io;
pub(crate) mod packet;
