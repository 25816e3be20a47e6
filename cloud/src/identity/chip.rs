//! What is asked of the chip.

use super::Seat;
use atecc608::irreversible::OldKeyIsLost;
use atecc608::x509::{Chain, ChipError, Csr, SlotPlace, Stored};
use atecc608::{Error, PublicKey, SerialNumber, asynch, blocking};
use core::future::Future;

/// A chip with certificates. Both halves of the driver are one; the blocking one blocks for the chip's execution time,
/// some 100 ms a command.
pub trait IdentityChip {
    /// The bus's error.
    type Error;

    /// The chain of a seat, verified up to `root`.
    ///
    /// # Errors
    /// The driver's, as of [`read_chain`](asynch::Atecc608::read_chain).
    fn read_chain<'d, 's>(
        &mut self,
        seat: &Seat<'_>,
        root: &PublicKey,
        device: &'d mut [u8],
        signer: &'s mut [u8],
    ) -> impl Future<Output = Result<Chain<'d, 's>, ChipError<Self::Error>>>;

    /// A new key in the seat, and a request that it has signed.
    ///
    /// # Errors
    /// The driver's, as of [`generate_key`](asynch::Atecc608::generate_key) and [`sign_csr`](asynch::Atecc608::sign_csr).
    fn new_request<'b>(
        &mut self,
        seat: &Seat<'_>,
        csr: &Csr<'_>,
        old: OldKeyIsLost,
        buffer: &'b mut [u8],
    ) -> impl Future<Output = Result<&'b [u8], ChipError<Self::Error>>>;

    /// The public key of the seat's key, and the chip's serial number.
    ///
    /// # Errors
    /// The driver's.
    fn key_and_serial(
        &mut self,
        seat: &Seat<'_>,
    ) -> impl Future<Output = Result<(PublicKey, SerialNumber), Error<Self::Error>>>;

    /// Writes these places.
    ///
    /// # Errors
    /// The driver's, as of [`write_places`](asynch::Atecc608::write_places).
    fn write_places(
        &mut self,
        contents: &[(SlotPlace, Stored<'_>)],
    ) -> impl Future<Output = Result<(), Error<Self::Error>>>;
}

macro_rules! identity_chip {
    ($half:ident, $i2c:path, $delay:path $(, $await:ident)?) => {
        impl<I2C, D, W> IdentityChip for $half::Atecc608<I2C, D, W>
        where
            I2C: $i2c,
            D: $delay,
            W: $half::Wake<I2C>,
        {
            type Error = I2C::Error;

            async fn read_chain<'d, 's>(
                &mut self,
                seat: &Seat<'_>,
                root: &PublicKey,
                device: &'d mut [u8],
                signer: &'s mut [u8],
            ) -> Result<Chain<'d, 's>, ChipError<Self::Error>> {
                let (of_device, of_signer) = seat.definitions(root);
                Self::read_chain(self, &of_device, &of_signer, root, device, signer)$(.$await)?
            }

            async fn new_request<'b>(
                &mut self,
                seat: &Seat<'_>,
                csr: &Csr<'_>,
                old: OldKeyIsLost,
                buffer: &'b mut [u8],
            ) -> Result<&'b [u8], ChipError<Self::Error>> {
                self.generate_key(seat.key(), old)$(.$await)??;
                self.sign_csr(seat.key(), csr, buffer)$(.$await)?
            }

            async fn key_and_serial(
                &mut self,
                seat: &Seat<'_>,
            ) -> Result<(PublicKey, SerialNumber), Error<Self::Error>> {
                let key = self.public_key(seat.key())$(.$await)??;
                Ok((key, self.serial_number()$(.$await)??))
            }

            async fn write_places(
                &mut self,
                contents: &[(SlotPlace, Stored<'_>)],
            ) -> Result<(), Error<Self::Error>> {
                Self::write_places(self, contents)$(.$await)?
            }
        }
    };
}

identity_chip!(asynch, embedded_hal_async::i2c::I2c, embedded_hal_async::delay::DelayNs, await);
identity_chip!(blocking, embedded_hal::i2c::I2c, embedded_hal::delay::DelayNs);
