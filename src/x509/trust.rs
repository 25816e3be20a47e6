//! Trust&GO and TrustFLEX: parts that come with certificates of Microchip's, and how these are made up again.
//!
//! Each part has two compressed certificates: its own, and that of the signer, which a root of Microchip's signed. Which
//! [`Template`](super::Template) makes up the device's differs from part to part; [`Kind`] has it, and where everything
//! lies. The operations: [`identify_trust`](crate::blocking::Atecc608::identify_trust),
//! [`read_trust_device`](crate::blocking::Atecc608::read_trust_device),
//! [`read_trust_signer`](crate::blocking::Atecc608::read_trust_signer),
//! [`read_trust_chain`](crate::blocking::Atecc608::read_trust_chain). They take a [`Trust`]: what the chip may be, and
//! whom to believe.
//!
//! # Which template
//!
//! The 72 bytes name a template by number, but there are two with the number 3 and several parts with number 2; and what
//! Microchip's library and data sheets say of the code in the OTP zone ([`OtpCode`]) contradicts itself (chip reference
//! 4.15). So each candidate is made up, the likeliest first, and the one that the signer signed is right. If none is,
//! that is an error, and no certificate is handed out.
//!
//! # Another root
//!
//! [`MICROCHIP`] believes Microchip's root, [`ROOT`]. [`Trust::with_root`] takes another one, for certificates by the same
//! templates: those of simulated parts, or of a CA that took Microchip's names over. A TrustFLEX into which you wrote
//! certificates by templates of your own is read with [`read_chain`](crate::blocking::Atecc608::read_chain).
//!
//! # What has been tried
//!
//! The templates of signers and of [`TNGTLS`] reproduce the published certificates of a real part byte by byte. Of the
//! others ([`TFLXTLS`], [`TNGLORA`], [`TNGTLS_LEGACY`], [`TNGLORA_LEGACY`]) no complete part is public: they are compared
//! with Microchip's library and tried on simulated parts (UNVERIFIED, chip reference U56).

mod address;
mod error;
mod example;
mod expected;
mod identity;
mod kind;
mod otp;
mod part;
mod root;

pub use address::HardwareAddress;
pub use error::TrustError;
pub use expected::{MICROCHIP, Trust};
pub use identity::Identity;
pub(crate) use kind::Layout;
pub use kind::{Kind, SIGNER, TFLXTLS, TNGLORA, TNGLORA_LEGACY, TNGTLS, TNGTLS_LEGACY};
pub use otp::OtpCode;
pub use part::Part;
pub use root::{ROOT, ROOT_DER, TrustAnchor};

/// Bytes of any of these certificates at most, and of a buffer for one.
#[doc(alias("tng_atcacert_max_device_cert_size", "tng_atcacert_max_signer_cert_size"))]
pub const MAX_LEN: usize = 552;
