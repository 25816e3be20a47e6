//! The driver against transcripts of the bus: every byte out, every byte in, in order.
//!
//! The bytes are those of the chip reference (2.2, 7.1, 7.2, 7.4), written out in hexadecimal. Each
//! transcript is played twice, for the blocking and for the async driver, which must agree in result,
//! bytes and delays.

#[macro_use]
mod both;
mod bus;
mod chip_crc;
mod script;
mod zone;

mod absent;
mod busy;
mod cancelled;
mod commands_crypto;
mod commands_memory;
mod commands_state;
mod config_commit;
mod config_lock;
mod config_write;
mod data_lock;
mod error_text;
mod errors;
mod lost_state;
mod low_power;
mod operations;
mod operations_keys;
mod retries;
mod retries_lines;
mod sha_stream;
mod slots;
mod wake;
mod watchdog;
