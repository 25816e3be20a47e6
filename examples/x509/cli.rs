//! The command line.

use atecc608::Address;
use clap::Parser;

/// A certificate for the key in an ATECC608: request, issue, store, read back, verify.
#[derive(Debug, Parser)]
#[command(name = "x509", version)]
pub(crate) struct Options {
    /// The chain of a Trust&GO or TrustFLEX chip instead, up to Microchip's root. Such a chip is only read.
    #[arg(long)]
    pub(crate) tng: bool,

    /// The Trust&GO chip whose public data is published, instead of one with certificates of a demo root.
    #[arg(long, requires = "tng", conflicts_with = "i2c")]
    pub(crate) published: bool,

    /// A real chip on a Linux I2C bus (100 kHz), such as /dev/i2c-1; or a simulated one: sim:./FILE, sim:tngtls (a
    /// preset), tcp:HOST:PORT. Nothing is written to it without --lock-chip-for-ever.
    #[arg(long, value_name = "DEVICE")]
    pub(crate) i2c: Option<String>,

    /// The chip's 7-bit I2C address [default: 0x60, with --tng 0x35].
    #[arg(long, value_parser = address, requires = "i2c")]
    pub(crate) address: Option<Address>,

    /// Configures and locks a blank real chip. THIS CAN NEVER BE UNDONE, and the authority of this demo ends with the
    /// program: slots 0 and 10 to 12 keep a certificate that nobody else trusts. Slots 1 and 13 to 15 have room for
    /// another.
    #[arg(long, requires = "i2c", conflicts_with = "tng")]
    pub(crate) lock_chip_for_ever: bool,

    /// Prints one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

fn address(text: &str) -> Result<Address, String> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let number = number.map_err(|_| String::from("no number; the chip's default is 0x60"))?;
    Address::from_7bit(number).ok_or_else(|| match Address::meant_by_8bit(number) {
        Some(meant) => format!("this is the 8-bit form; the 7-bit address is {meant}"),
        None => "a 7-bit address is 0x08 to 0x77".into(),
    })
}
