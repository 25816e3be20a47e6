//! What a chip was found to be.

use super::{HardwareAddress, OtpCode, Part};
use crate::serial::SerialNumber;
use crate::x509::SignerId;

/// What a chip's certificates prove it to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Identity {
    /// Which part.
    pub part: Part,
    /// The chip's serial number, which the device's certificate names.
    pub serial: SerialNumber,
    /// Who signed the device's certificate.
    pub signer: SignerId,
    /// The address that the device's certificate names, if it is of a kind that has one.
    pub address: Option<HardwareAddress>,
    /// What the OTP zone says. It proves nothing.
    pub code: OtpCode,
}
