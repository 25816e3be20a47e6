//! The chip, at which somebody else works, too. Each request opens the bus again, and leaves the chip asleep.

use super::Failure;
use super::csr::Request;
use super::hex::digits;
use atecc608::{Address, Slot, blocking::Atecc608};
use atecc608_linux::{Bus, Delay};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Where it is.
#[derive(Debug)]
pub(crate) struct Place {
    device: PathBuf,
    address: u8,
}

impl Place {
    /// `--i2c DEVICE --address N`, 7 bits.
    pub(crate) fn from_arguments(arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        match arguments.collect::<Vec<_>>().as_slice() {
            [i2c, device, address, number] if i2c == "--i2c" && address == "--address" => {
                let digits = number.strip_prefix("0x").ok_or("the address starts with 0x")?;
                Ok(Self { device: device.into(), address: u8::from_str_radix(digits, 16)? })
            }
            _ => Err("--i2c DEVICE --address 0xNN".into()),
        }
    }

    fn open(&self) -> Result<Atecc608<Bus, Delay>, Failure> {
        let (bus, _) = atecc608_linux::open(&self.device, self.address)
            .map_err(|trouble| format!("{}: {}", trouble.cause(), trouble.advice()))?;
        let address = Address::from_7bit(self.address).ok_or("no address")?;
        Ok(Atecc608::new(bus, Delay).with_address(address))
    }

    /// A request that the chip signs, as DER and as PEM.
    pub(crate) fn sign_csr(&self, request: &Request) -> Result<Value, Failure> {
        let slot = Slot::new(request.slot).ok_or("no such slot")?;
        let mut chip = self.open()?;
        request.with(|csr| {
            let (mut der, mut pem) = ([0; 1024], [0; 2048]);
            let pem = chip.sign_csr_pem(slot, csr, &mut der, &mut pem)?.to_owned();
            Ok(json!({ "der": digits(chip.sign_csr(slot, csr, &mut der)?), "pem": pem }))
        })
    }
}
