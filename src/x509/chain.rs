//! A device's certificate and its signer's.

use super::{Certificate, Error};

/// A device's certificate and its signer's, each verified. The device's may lie in another buffer than the signer's.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Chain<'d, 's> {
    /// The device's certificate.
    pub device: Certificate<'d>,
    /// The certificate of its signer.
    pub signer: Certificate<'s>,
}

impl<'d, 's> Chain<'d, 's> {
    /// The two, if the device's names the signer as its issuer: others look for that name.
    pub(crate) fn new(device: Certificate<'d>, signer: Certificate<'s>) -> Result<Self, Error> {
        if device.issuer() == signer.subject() {
            Ok(Self { device, signer })
        } else {
            Err(Error::OtherIssuer)
        }
    }
}
