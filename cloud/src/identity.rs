//! Certificates on the chip that take turns: which one to log in with, and a new one before the old one ends.
//!
//! A [`Seat`] is a key slot with the places of its certificate and of its signer's. With the configuration
//! [`x509_device`](atecc608::config::preset::x509_device) there are three ([`seats`]): the first is for ever, the other two
//! are renewed in turn. [`survey`] reads all of them; what does not verify up to the root is no identity.
//! [`Survey::candidates`] gives those that are, the newest first.
//!
//! # A new certificate
//!
//! 1. A [`Schedule`] says when: after two thirds of its time, or after some days.
//! 2. [`request`] makes a new key in the seat that is spare ([`Survey::spare`]) and signs a request (CSR) with it.
//! 3. The server issues a certificate: AWS by claim or by a rule, one's own authority by any way.
//! 4. [`store`] writes it and reads it back.
//! 5. The next login takes the new certificate. If the server does not take it, the device logs in with the old one,
//!    which is untouched.
//!
//! No place says which certificate is in use: the newest that verifies and that the server takes is. So there is no
//! moment at which a power cut leaves the device without one: what is half written does not verify.
//!
//! A certificate fits the chip only if it is P-256 and made by the template (docs of
//! [`Template`](atecc608::x509::Template)). What a cloud's own authority signs (AWS: RSA) is kept elsewhere.
//!
//! The device's clock may be wrong, so dates only put candidates in order: a server with the right time decides. A
//! new certificate that is not in date by this clock is not written.

mod chip;
mod error;
mod renewal;
mod seat;
mod survey;

pub use chip::IdentityChip;
pub use error::{RenewalError, Unusable};
pub use renewal::{Issued, Schedule, request, store};
pub use seat::{Seat, seats};
pub use survey::{InUse, Survey, survey};
