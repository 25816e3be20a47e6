//! What the seats hold, and in which order to try them.

use super::{IdentityChip, Seat, Unusable};
use atecc608::x509::{ChipError, DateTime, Error, Validity};
use atecc608::{PublicKey, Slot, Status};

/// What each seat holds: the time of its certificate, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survey<const N: usize> {
    found: [Result<Validity, Unusable>; N],
}

/// The certificate that the device logs in with, which a renewal must not touch: [`Survey::in_use`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InUse {
    /// Its key's.
    pub(super) slot: Slot,
    pub(super) validity: Validity,
}

/// Reads every seat. The buffers are for a certificate each, as of [`read_chain`](atecc608::asynch::Atecc608::read_chain):
/// 1024 bytes are enough.
///
/// # Errors
/// The bus's, and those of the chip that say nothing about a seat.
pub async fn survey<C: IdentityChip, const N: usize>(
    chip: &mut C,
    seats: &[Seat<'_>; N],
    root: &PublicKey,
    device: &mut [u8],
    signer: &mut [u8],
) -> Result<Survey<N>, ChipError<C::Error>> {
    let mut found = [Err(Unusable::Blank); N];
    for (seat, found) in seats.iter().zip(&mut found) {
        *found = look(chip, seat, root, device, signer).await?;
    }
    Ok(Survey { found })
}

/// One seat.
pub(super) async fn look<C: IdentityChip>(
    chip: &mut C,
    seat: &Seat<'_>,
    root: &PublicKey,
    device: &mut [u8],
    signer: &mut [u8],
) -> Result<Result<Validity, Unusable>, ChipError<C::Error>> {
    match chip.read_chain(seat, root, device, signer).await {
        Ok(chain) => {
            Ok(both(chain.device.validity(), chain.signer.validity()).map_err(Unusable::Certificate))
        }
        Err(ChipError::X509(Error::Blank(_))) => Ok(Err(Unusable::Blank)),
        Err(ChipError::X509(error @ Error::BufferTooSmall { .. })) => Err(error.into()),
        Err(ChipError::X509(error)) => Ok(Err(Unusable::Certificate(error))),
        Err(ChipError::Chip(error)) => match error.status() {
            // No key in the slot, or a signer's key that is no point of the curve.
            Some(status @ (Status::Miscompare | Status::Parse | Status::EccFault | Status::Execution)) => {
                Ok(Err(Unusable::Refused(status)))
            }
            _ => Err(ChipError::Chip(error)),
        },
        Err(error) => Err(error),
    }
}

/// What makes one certificate newer than another.
pub(super) const fn age(validity: &Validity) -> (DateTime, DateTime) {
    (validity.not_before, validity.not_after)
}

/// When both hold.
pub(super) fn both(
    device: Result<Validity, Error>,
    signer: Result<Validity, Error>,
) -> Result<Validity, Error> {
    let (device, signer) = (device?, signer?);
    Ok(Validity {
        not_before: device.not_before.max(signer.not_before),
        not_after: device.not_after.min(signer.not_after),
    })
}

impl<const N: usize> Survey<N> {
    /// What a seat holds: the time in which its certificate and its signer's both hold.
    #[must_use]
    pub fn found(&self, seat: usize) -> Option<Result<Validity, Unusable>> {
        self.found.get(seat).copied()
    }

    /// The seats to try, one after the other: those in date by this clock, the newest first; then the others that
    /// verify, the newest first, as the clock may be wrong. A program that does not know the time gives 1970: the newest
    /// first.
    pub fn candidates(&self, now: DateTime) -> impl Iterator<Item = usize> + '_ {
        let rank = move |seat: &usize| {
            let validity = self.found.get(*seat)?.ok()?;
            Some((validity.contains(now), age(&validity)))
        };
        // Few seats: each time the best one below the last.
        let mut last = None;
        core::iter::from_fn(move || {
            let below = |seat: &usize| match (rank(seat), last) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(rank), Some(last)) => (rank, core::cmp::Reverse(*seat)) < last,
            };
            let best = (0..N).filter(below).max_by_key(|seat| (rank(seat), core::cmp::Reverse(*seat)))?;
            last = rank(&best).map(|rank| (rank, core::cmp::Reverse(best)));
            Some(best)
        })
    }

    /// What is in use, if the device has logged in with this seat's certificate; nothing if the seat has none.
    #[must_use]
    pub fn in_use(&self, seats: &[Seat<'_>; N], current: usize) -> Option<InUse> {
        Some(InUse { slot: seats.get(current)?.key(), validity: self.found.get(current)?.ok()? })
    }

    /// The seat for the next certificate while that of `current` is in use: a renewable one that holds nothing, else
    /// the one whose certificate ends first.
    #[must_use]
    pub fn spare(&self, seats: &[Seat<'_>; N], current: usize) -> Option<usize> {
        let may = |seat: &usize| *seat != current && seats.get(*seat).is_some_and(Seat::is_renewable);
        (0..N).filter(may).min_by_key(|seat| {
            self.found.get(*seat).and_then(|found| found.ok()).map(|validity| validity.not_after)
        })
    }
}
