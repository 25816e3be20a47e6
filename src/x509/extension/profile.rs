//! What a certificate is for.

use super::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
use crate::x509::der::write::Writer;
use crate::x509::error::Error;

/// What a certificate is for: its basic constraints and key usages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Profile {
    /// A device that logs in with TLS: no CA, key usage digitalSignature, extended key usage clientAuth.
    Device {
        /// What the key may do besides; nothing that is for signers.
        also: KeyUsage,
    },
    /// A signer: a CA, key usage keyCertSign and cRLSign.
    Signer {
        /// See [`BasicConstraints::path_len`].
        path_len: Option<u8>,
        /// What the key may do besides, digitalSignature for instance.
        also: KeyUsage,
    },
}

impl Profile {
    /// A device, and nothing besides: what all brokers and clouds take that ask for no more.
    pub const DEVICE: Self = Self::Device { also: KeyUsage::empty() };

    /// A device for Google's workload identity federation, which wants keyEncipherment as well, and a validity of 390
    /// days at most.
    pub const GOOGLE_DEVICE: Self = Self::Device { also: KeyUsage::KEY_ENCIPHERMENT };

    /// A signer of devices' certificates.
    pub const SIGNER: Self = Self::Signer { path_len: Some(0), also: KeyUsage::empty() };

    /// A root, which signs itself and signers, without a limit.
    pub const ROOT: Self = Self::Signer { path_len: None, also: KeyUsage::empty() };

    /// The basic constraints.
    #[must_use]
    pub const fn basic_constraints(self) -> BasicConstraints {
        match self {
            Self::Device { .. } => BasicConstraints { ca: false, path_len: None },
            Self::Signer { path_len, .. } => BasicConstraints { ca: true, path_len },
        }
    }

    /// The key usage.
    #[must_use]
    pub const fn key_usage(self) -> KeyUsage {
        match self {
            Self::Device { also } => KeyUsage::DIGITAL_SIGNATURE.union(also),
            Self::Signer { also, .. } => FOR_SIGNERS.union(also),
        }
    }

    /// The extended key usage; empty for signers, whose certificates then have no such extension.
    #[must_use]
    pub const fn extended_key_usage(self) -> ExtendedKeyUsage {
        match self {
            Self::Device { .. } => ExtendedKeyUsage::CLIENT_AUTH,
            Self::Signer { .. } => ExtendedKeyUsage::empty(),
        }
    }

    pub(crate) const fn emit(self, writer: &mut Writer<'_>) {
        if let Self::Device { also } = self
            && also.intersects(FOR_SIGNERS)
        {
            writer.fail(Error::KeyUsage);
        }
        self.extended_key_usage().emit(writer);
        self.key_usage().emit(writer);
        self.basic_constraints().emit(writer);
    }
}

const FOR_SIGNERS: KeyUsage = KeyUsage::KEY_CERT_SIGN.union(KeyUsage::CRL_SIGN);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::der::write::written;

    #[test]
    fn a_device_signs_no_certificates() {
        for also in [KeyUsage::KEY_CERT_SIGN, KeyUsage::CRL_SIGN, KeyUsage::all()] {
            assert_eq!(written(|writer| Profile::Device { also }.emit(writer)), Err(Error::KeyUsage));
            assert!(written(|writer| Profile::Signer { path_len: None, also }.emit(writer)).is_ok());
        }
    }

    #[test]
    fn golden() {
        let device = written(|writer| Profile::DEVICE.emit(writer)).unwrap();
        assert_eq!(
            device,
            b"\x30\x0c\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x02\x30\x00\
              \x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x07\x80\
              \x30\x13\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"
        );
        let google = written(|writer| Profile::GOOGLE_DEVICE.emit(writer)).unwrap();
        assert_eq!(
            google,
            b"\x30\x0c\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x02\x30\x00\
              \x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x05\xa0\
              \x30\x13\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"
        );
        let signer = written(|writer| Profile::SIGNER.emit(writer)).unwrap();
        assert_eq!(
            signer,
            b"\x30\x12\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x08\x30\x06\x01\x01\xff\x02\x01\x00\
              \x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x01\x06"
        );
    }
}
