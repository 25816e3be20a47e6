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
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
//! # use atecc608::x509::{Dates, DateTime, P256, Parts, Term};
//! # use testkit::fleet;
//! # let (bus, root_key, now) = (fleet::enrolled_chip(), *fleet::ROOT_KEY, DateTime::new(2040, 1, 1, 0, 0, 0).unwrap());
//! # let mut chip = atecc608::blocking::Atecc608::new(bus.i2c(), bus.delay());
//! # let (mut d, mut s) = ([0; 1024], [0; 1024]);
//! # // Who issues: the fleet's signer.
//! # let signer_der = {
//! #     let parts = Parts::new(*fleet::SIGNER_KEY, root_key);
//! #     fleet::SIGNERS.rebuild(&fleet::SIGNER_CERTIFICATE, &parts, &mut d)?.verify(&P256)?.der().to_vec()
//! # };
//! # let serial = chip.serial_number()?;
//! # let issue = |request: &[u8]| {
//! #     let at = request.windows(4).position(|bytes| bytes == [3, 66, 0, 4]).unwrap() + 4;
//! #     let key = atecc608::PublicKey::from_bytes(request[at..at + 64].try_into().unwrap());
//! #     let parts = Parts::new(key, *fleet::SIGNER_KEY).with_chip_serial(serial);
//! #     let (mut buffer, dates) = ([0; 1024], Dates::new(now, Term::Years(1)).unwrap());
//! #     let unsigned = fleet::DEVICE.issue(&parts, fleet::ID, &dates, &mut buffer).unwrap();
//! #     atecc608::blocking::sign(unsigned, &mut fleet::signer()).unwrap().to_vec()
//! # };
//! use atecc608::irreversible::OldKeyIsLost;
//! use atecc608::x509::{Attribute, Csr, Name};
//! use atecc608_cloud::identity::{Issued, Schedule, request, seats, store, survey};
//!
//! let seats = seats(&fleet::DEVICE, &fleet::SIGNERS); // templates of your own certificates
//! let found = survey(&mut chip, &seats, &root_key, &mut d, &mut s).await?;
//! // Log in with the first of these that the server takes.
//! let current = found.candidates(now).next().ok_or("no certificate on the chip")?;
//!
//! let validity = found.found(current).ok_or("no such seat")??;
//! if Schedule::TWO_THIRDS.is_due(&validity, now) {
//!     let (spare, in_use) = (found.spare(&seats, current).ok_or("no seat")?, found.in_use(&seats, current));
//!     let name = [Attribute::common_name("sensor-7")];
//!     let csr = Csr::new(Name::Attributes(&name));
//!     let mut buffer = [0; 512];
//!     let request = request(&mut chip, &seats[spare], in_use, &csr, OldKeyIsLost, &mut buffer).await?;
//!     let device_der = issue(request); // the authority, over the network
//!     let issued = Issued { device: &device_der, signer: &signer_der, signer_id: fleet::ID };
//!     store(&mut chip, (&seats[spare], &root_key), &issued, (in_use, now), (&mut d, &mut s)).await?;
//!     // Log in with the new one; if the server does not take it, `current` still works.
//! #   let found = survey(&mut chip, &seats, &root_key, &mut d, &mut s).await?;
//! #   assert_eq!(found.candidates(now).collect::<Vec<_>>(), [spare, current]);
//! }
//! # else { panic!("it is due") }
//! # Ok(()) }) }
//! ```
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
