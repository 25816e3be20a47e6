//! The chip, at which somebody else works, too. Each request opens the bus again, and leaves the chip asleep.

use super::csr::Request;
use super::failure::Failure;
use super::hex::{Hex, digits};
use super::template::{Templates, describe};
use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, OldKeyIsLost};
use atecc608::x509::{Compressed, Definition, KeyPlace, SlotBytes, SlotPlace, Stored};
use atecc608::{Address, Slot, blocking::Atecc608};
use atecc608_linux::{Bus, Delay};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Where it is.
#[derive(Debug)]
pub(crate) struct Place {
    device: PathBuf,
    address: u8,
}

/// A certificate on the chip, and where its parts lie.
#[derive(Debug, Deserialize)]
pub(crate) struct Read {
    template: String,
    slot: u8,
    subject_key: Key,
    issuer_key: Key,
    /// Slot, offset, length.
    #[serde(default)]
    serial: Option<(u8, usize, usize)>,
}

/// What is to be written in places of 72 bytes.
#[derive(Debug, Deserialize)]
pub(crate) struct Write {
    #[serde(default)]
    certificates: Vec<(u8, Hex)>,
    #[serde(default)]
    keys: Vec<(u8, Hex)>,
    /// Slot, offset, bytes.
    #[serde(default)]
    serial: Option<(u8, usize, Hex)>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Key {
    Private(u8),
    Stored(u8),
    Known(Hex),
}

impl Place {
    /// `--i2c DEVICE --address N`, 7 bits.
    pub(crate) fn from_arguments(
        arguments: impl Iterator<Item = String>,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        match arguments.collect::<Vec<_>>().as_slice() {
            [i2c, device, address, number] if i2c == "--i2c" && address == "--address" => {
                let digits = number.strip_prefix("0x").ok_or("the address starts with 0x")?;
                Ok(Self { device: device.into(), address: u8::from_str_radix(digits, 16)? })
            }
            _ => Err("--i2c DEVICE --address 0xNN".into()),
        }
    }

    pub(super) fn open(&self) -> Result<Atecc608<Bus, Delay>, Failure> {
        let (bus, _) = atecc608_linux::open(&self.device, self.address)
            .map_err(|trouble| Failure::misuse(format_args!("{}: {}", trouble.cause(), trouble.advice())))?;
        let address = Address::from_7bit(self.address).ok_or_else(|| Failure::misuse("no address"))?;
        Ok(Atecc608::new(bus, Delay).with_address(address))
    }

    /// A blank chip gets the configuration for certificates, and keys in slots 0 to 2.
    pub(crate) fn configure(&self) -> Result<Value, Failure> {
        let mut chip = self.open()?;
        let wanted = preset::x509_device(&chip.read_config()?);
        chip.write_config(&wanted)?;
        chip.lock_config(&wanted, NoMoreConfigWrites)?;
        let keys = preset::X509_SIGNING_SLOTS.map(|slot| chip.generate_key(slot, OldKeyIsLost));
        let keys = keys.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(keys.iter().map(|key| digits(key.as_bytes())).collect())
    }

    /// A request that the chip signs, as DER and as PEM.
    pub(crate) fn sign_csr(&self, request: &Request) -> Result<Value, Failure> {
        let (slot, mut chip) = (slot(request.slot)?, self.open()?);
        request.with(|csr| {
            let (mut der, mut pem) = ([0; 1024], [0; 2048]);
            let pem = chip.sign_csr_pem(slot, csr, &mut der, &mut pem)?.to_owned();
            Ok(json!({ "der": digits(chip.sign_csr(slot, csr, &mut der)?), "pem": pem }))
        })
    }

    /// A signature over a digest.
    pub(crate) fn sign(&self, number: u8, digest: &Hex) -> Result<Value, Failure> {
        let signature = self.open()?.sign_digest(slot(number)?, &digest.array()?)?;
        Ok(json!(digits(signature.as_bytes())))
    }

    /// Certificates, keys, and a serial number.
    pub(crate) fn write(&self, request: &Write) -> Result<Value, Failure> {
        let mut chip = self.open()?;
        for (number, compressed) in &request.certificates {
            chip.write_certificate(place(*number)?, &Compressed::from_bytes(compressed.array()?))?;
        }
        for (number, key) in &request.keys {
            chip.write_places(&[(place(*number)?, Stored::Key(&key.public()?))])?;
        }
        if let Some((number, offset, bytes)) = &request.serial {
            chip.write_slot(slot(*number)?, *offset, &bytes.bytes()?)?;
        }
        Ok(json!(null))
    }

    /// The certificate, verified by the chip.
    pub(crate) fn read(&self, request: &Read, templates: &Templates) -> Result<Value, Failure> {
        let template = templates.get(&request.template)?;
        let keys = [&request.subject_key, &request.issuer_key].map(Key::place);
        let [subject_key, issuer_key] = keys;
        let mut definition = Definition::new(template, place(request.slot)?, subject_key?, issuer_key?);
        if let Some((number, offset, length)) = request.serial {
            let bytes = SlotBytes::new(slot(number)?, offset, length)
                .ok_or_else(|| Failure::misuse("beyond the slot"))?;
            definition = definition.with_serial(bytes);
        }
        let mut buffer = [0; 1024];
        describe(&self.open()?.read_certificate(&definition, &mut buffer)?)
    }
}

impl Key {
    fn place(&self) -> Result<KeyPlace, Failure> {
        Ok(match self {
            Self::Private(number) => KeyPlace::Private(slot(*number)?),
            Self::Stored(number) => KeyPlace::Stored(place(*number)?),
            Self::Known(key) => KeyPlace::Known(key.public()?),
        })
    }
}

fn slot(number: u8) -> Result<Slot, Failure> {
    Slot::new(number).ok_or_else(|| Failure::misuse(format_args!("no slot {number}")))
}

fn place(number: u8) -> Result<SlotPlace, Failure> {
    SlotPlace::new(slot(number)?, 0)
        .ok_or_else(|| Failure::misuse(format_args!("no place of 72 bytes: slot {number}")))
}
