//! Questions that change nothing.

mod address_bits;
mod aes;
mod awake_pulse;
mod beyond_zone;
mod gen_dig;
mod info;
mod kdf;
mod mac;
mod partial_command;
mod past_the_end;
mod self_test;
mod serial_byte;
mod sha;
mod surplus;
mod temp_key;
mod times;
mod trust;
mod verify;
mod watchdog;
mod word_bits;

use crate::probe::{Probe, Untold};

pub use trust::TNGLORA;

/// The questions.
pub const PROBES: &[Probe] = &[
    // The bus.
    awake_pulse::PROBE,
    past_the_end::PROBE,
    partial_command::READ,
    partial_command::PIECES,
    watchdog::PROBE,
    times::MAXIMA,
    times::NONCE,
    // Packets and addresses.
    surplus::PROBE,
    beyond_zone::PROBE,
    address_bits::PROBE,
    word_bits::PROBE,
    // Commands.
    info::ORDER,
    info::RNG_BITS,
    self_test::PROBE,
    sha::END,
    sha::NOTHING,
    sha::STARTLESS,
    sha::CONTEXT,
    sha::WRITE_CONTEXT,
    aes::TEMP_KEY,
    aes::GFM,
    aes::OPEN,
    verify::OPEN,
    gen_dig::CONFIG,
    gen_dig::PUBLIC,
    gen_dig::HIGH_BITS,
    kdf::OPEN,
    kdf::DETAILS,
    kdf::SIZES,
    kdf::OTHER_HALF,
    kdf::ZEROS,
    mac::MAC,
    mac::CHECK,
    serial_byte::PROBE,
    // TempKey.
    temp_key::BUFFER_NONCE,
    temp_key::RANDOM,
    temp_key::VERIFY,
    temp_key::SHA,
    temp_key::KDF,
    temp_key::ALTERNATE_KEY,
    temp_key::SECOND_NONCE,
    temp_key::SHARED_NONCE,
    temp_key::CHECK_MAC,
    // Pre-provisioned parts.
    trust::TNGTLS_BYTES,
    trust::OPTIONS,
    trust::FLEX_CODE,
    trust::LORA_BYTES,
];

/// What can't be told.
pub const UNTOLD: &[Untold] = &[
    Untold {
        point: "U1",
        why: "A self test would have to fail, which nothing provokes. A chip whose test fails shows it: the report has \
              each wake response.",
    },
    Untold { point: "D1", why: "As U1." },
    Untold { point: "U34", why: "A self test would have to fail, which nothing provokes." },
];
