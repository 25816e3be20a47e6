//! The device's certificate: which key it is for, and how it is read from the chip.

use atecc608::asynch::{Atecc608, Wake};
use atecc608::config::KeyFlags;
use atecc608::x509::trust::{Identity, Trust, TrustError};
use atecc608::x509::{Certificate, ChipError, DateTime, Field, Place, SerialSource, Template};
use atecc608::{Error, PublicKey, Slot};
use atecc608_cloud::identity::{self, IdentityChip, Survey, Unusable};
use atecc608_cloud::token::signing_slots;
use core::fmt;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// A chain that was read from the chip and verified up to its root, and the slot of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'d, 's> {
    /// The key's slot: for [`ChipSigner`](atecc608_cloud::signer::ChipSigner).
    pub slot: Slot,
    /// The device's certificate, in DER.
    pub device: &'d [u8],
    /// Its signer's.
    pub signer: &'s [u8],
}

/// An authority of one's own whose certificates fit the chip: what the example `fleet` keeps in its folder `ca`, in DER.
///
/// Its devices are named `sn` and the chip's serial number, its signers end in their id; template 0 is a device's, 1 a
/// signer's, and serial numbers are made of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateFiles<'a> {
    /// `device-example.pem`.
    pub device: &'a [u8],
    /// `signer.pem`.
    pub signer: &'a [u8],
    /// The signer's id, as its name ends: four hexadecimal digits.
    pub signer_id: &'a str,
    /// The public key of `root.pem`.
    pub root: PublicKey,
}

/// The chip's number in the example.
const EXAMPLE_CHIP: &str = "0123456789ABCDEF01";
const DEVICE: u8 = 0;
const SIGNER: u8 = 1;
const CHAIN: u8 = 0;

/// Why there is no certificate to log in with. `E` is the bus's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FoundError<E> {
    /// The chip refused, or its bus failed.
    Chip(Error<E>),
    /// The same, while a certificate was read.
    Certificate(ChipError<E>),
    /// It is no part with Microchip's certificates, or they are not in order.
    Trust(TrustError<E>),
    /// The first certificate of the chain can't be read, or has no P-256 key.
    Leaf(atecc608::x509::Error),
    /// The first certificate of the chain is for a key that is in no slot that may sign.
    OtherKey,
    /// No place of the chip holds a certificate of this authority: why for the first place, or the first that is not
    /// blank.
    Nothing(Unusable),
}

impl<E: embedded_hal::i2c::Error> fmt::Display for FoundError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chip(error) => error.fmt(f),
            Self::Certificate(error) => error.fmt(f),
            Self::Trust(error) => error.fmt(f),
            Self::Leaf(error) => {
                write!(f, "the first certificate of the chain can't be used: {error}; it must be the device's own")
            }
            Self::OtherKey => f.write_str(
                "the first certificate of the chain is not for a key of this chip; is it the device's own, and this \
                 device's? `csr` prints a request for a new one",
            ),
            Self::Nothing(why) => {
                write!(f, "no certificate of this authority is on the chip: {why}; `fleet` writes them")
            }
        }
    }
}

impl<E: embedded_hal::i2c::Error + 'static> core::error::Error for FoundError<E> {}

impl<E> From<Error<E>> for FoundError<E> {
    fn from(error: Error<E>) -> Self {
        Self::Chip(error)
    }
}

impl<E> From<ChipError<E>> for FoundError<E> {
    fn from(error: ChipError<E>) -> Self {
        Self::Certificate(error)
    }
}

impl<E> From<TrustError<E>> for FoundError<E> {
    fn from(error: TrustError<E>) -> Self {
        Self::Trust(error)
    }
}

/// The slot whose key the chain is for: that of its first certificate.
///
/// # Errors
/// [`FoundError`]: [`Leaf`](FoundError::Leaf), [`OtherKey`](FoundError::OtherKey) or the chip's.
pub async fn find_slot<I: I2c, D: DelayNs, W: Wake<I>>(
    chip: &mut Atecc608<I, D, W>,
    chain: &[&[u8]],
) -> Result<Slot, FoundError<I::Error>> {
    let own = Certificate::parse(chain.first().copied().unwrap_or_default()).map_err(FoundError::Leaf)?;
    let key = own.public_key().map_err(FoundError::Leaf)?;
    let zone = chip.read_config().await?;
    // Keys whose public half the chip does not tell are nobody's here.
    let told = |slot: &Slot| zone.key_config(*slot).flags().contains(KeyFlags::PUB_INFO);
    for slot in signing_slots(&zone).filter(told) {
        if chip.is_key_valid(slot).await? && chip.public_key(slot).await? == key {
            return Ok(slot);
        }
    }
    Err(FoundError::OtherKey)
}

/// The newest certificate of this authority on a chip with the configuration
/// [`x509_device`](atecc608::config::preset::x509_device), by [`identity::survey`](identity::survey()); those in date at `now`
/// first. A buffer of 1024 bytes each.
///
/// # Errors
/// [`FoundError`]: [`Nothing`](FoundError::Nothing) or the chip's.
pub async fn read_templates<'d, 's, C: IdentityChip>(
    chip: &mut C,
    files: &TemplateFiles<'_>,
    now: DateTime,
    device: &'d mut [u8],
    signer: &'s mut [u8],
) -> Result<Found<'d, 's>, FoundError<C::Error>> {
    let signer_fields = [Field::signer_id(Place::Subject, files.signer_id)];
    let device_fields =
        [Field::signer_id(Place::Issuer, files.signer_id), Field::chip_serial(Place::Subject, EXAMPLE_CHIP)];
    let of_device = Template::new(files.device, DEVICE, CHAIN, SerialSource::PublicKeyHash);
    let of_device = of_device.with_fields(&device_fields);
    let of_signer = Template::new(files.signer, SIGNER, CHAIN, SerialSource::PublicKeyHash);
    let of_signer = of_signer.with_fields(&signer_fields);
    let seats = identity::seats(&of_device, &of_signer);
    let survey = identity::survey(chip, &seats, &files.root, device, signer).await?;
    let best = survey.candidates(now).next().and_then(|best| seats.get(best));
    let Some(seat) = best else { return Err(FoundError::Nothing(why(&survey))) };
    let chain = chip.read_chain(seat, &files.root, device, signer).await?;
    Ok(Found { slot: seat.key(), device: chain.device.der(), signer: chain.signer.der() })
}

fn why<const N: usize>(survey: &Survey<N>) -> Unusable {
    let mut reasons = (0..N).filter_map(|seat| survey.found(seat)?.err());
    reasons.find(|why| *why != Unusable::Blank).unwrap_or(Unusable::Blank)
}

/// The certificates of a part that comes with them (Trust&GO, TrustFLEX), and which part it is. Its key is in slot 0. A
/// buffer of [`MAX_LEN`](atecc608::x509::trust::MAX_LEN) bytes each.
///
/// # Errors
/// [`FoundError::Trust`].
pub async fn read_trust<'d, 's, I: I2c, D: DelayNs, W: Wake<I>>(
    chip: &mut Atecc608<I, D, W>,
    trust: &Trust<'_>,
    device: &'d mut [u8],
    signer: &'s mut [u8],
) -> Result<(Identity, Found<'d, 's>), FoundError<I::Error>> {
    let identity = chip.identify_trust(trust).await?;
    let chain = chip.read_trust_chain(trust, device, signer).await?;
    let found = Found { slot: Slot::S0, device: chain.device.der(), signer: chain.signer.der() };
    Ok((identity, found))
}
