//! Trust&GO and TrustFLEX.
mod address;
mod example;
mod otp;
mod part;
mod root;

pub use address::HardwareAddress;
pub use otp::OtpCode;
pub use part::Part;
pub use root::{ROOT, ROOT_DER, TrustAnchor};
