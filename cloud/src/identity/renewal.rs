//! A new key and certificate, while the old ones work.

use super::survey::{age, both, look};
use super::{IdentityChip, InUse, RenewalError, Seat};
use atecc608::PublicKey;
use atecc608::irreversible::OldKeyIsLost;
use atecc608::x509::{Certificate, Csr, DateTime, Parts, SignerId, Stored, Validity};

/// When a new certificate is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    days: Option<u32>,
}

impl Schedule {
    /// When two thirds of the certificate's time are over. With one of 90 days there are 30 days for the tries.
    pub const TWO_THIRDS: Self = Self { days: None };

    /// So many days after it begins, or when two thirds of its time are over, if that is sooner. Compressed certificates
    /// last a year at least: this renews them more often, or leaves a first one of many years early.
    #[must_use]
    pub const fn days(days: u32) -> Self {
        Self { days: Some(days) }
    }

    /// Whether it is time. A certificate without a last day (9999-12-31) is due by days only.
    #[must_use]
    pub fn is_due(&self, validity: &Validity, now: DateTime) -> bool {
        let (Some(begin), Some(now)) = (validity.not_before.to_unix(), now.to_unix()) else { return false };
        let by_days = self.days.map(|days| begin.saturating_add(u64::from(days) * 86_400));
        let by_share = match validity.not_after {
            DateTime::MAX => None,
            end => end.to_unix().map(|end| begin.saturating_add(end.saturating_sub(begin) / 3 * 2)),
        };
        [by_days, by_share].into_iter().flatten().any(|due| now >= due)
    }
}

/// What the authority sent.
#[derive(Debug, Clone, Copy)]
pub struct Issued<'a> {
    /// The device's certificate, in DER.
    pub device: &'a [u8],
    /// Its signer's, in DER.
    pub signer: &'a [u8],
    /// The signer's number, as it stands in its name.
    pub signer_id: SignerId,
}

/// Makes a new key in a seat and signs a request with it: DER, for
/// [`PemLabel::CertificateRequest`](atecc608::x509::PemLabel) or as it is. What the seat held is lost: take the
/// [spare](super::Survey::spare) one. That of the certificate `in_use`
/// ([`Survey::in_use`](super::Survey::in_use); none before the first) is refused. A request that is lost on the way costs
/// nothing: ask for another.
///
/// # Errors
/// [`RenewalError::Fixed`], [`RenewalError::InUse`], or the driver's.
///
/// # Cancel safety
/// The seat may hold no identity afterwards; others are untouched.
pub async fn request<'b, C: IdentityChip>(
    chip: &mut C,
    seat: &Seat<'_>,
    in_use: Option<InUse>,
    csr: &Csr<'_>,
    old: OldKeyIsLost,
    buffer: &'b mut [u8],
) -> Result<&'b [u8], RenewalError<C::Error>> {
    check(seat, in_use)?;
    Ok(chip.new_request(seat, csr, old, buffer).await?)
}

/// May this seat get a new key or certificate?
fn check<E>(seat: &Seat<'_>, in_use: Option<InUse>) -> Result<(), RenewalError<E>> {
    if !seat.is_renewable() {
        return Err(RenewalError::Fixed);
    }
    match in_use {
        Some(InUse { slot, .. }) if slot == seat.key() => Err(RenewalError::InUse(slot)),
        _ => Ok(()),
    }
}

/// Writes the certificates of the seat's new key and reads them back, verified up to the root. The new one must be newer
/// than the one `in_use` ([`Survey::in_use`](super::Survey::in_use); none before the first), or it would not be tried first,
/// and in another seat.
///
/// Checked before anything is written: that the certificate is for the seat's key, in date, newer, and one that the
/// template makes again byte by byte. The buffers are those of [`survey`](super::survey()).
///
/// # Errors
/// [`RenewalError`]. The certificate in use is untouched. May be repeated.
///
/// # Cancel safety
/// A seat that is half written is no identity; others are untouched.
pub async fn store<C: IdentityChip>(
    chip: &mut C,
    (seat, root): (&Seat<'_>, &PublicKey),
    issued: &Issued<'_>,
    (in_use, now): (Option<InUse>, DateTime),
    (device_buffer, signer_buffer): (&mut [u8], &mut [u8]),
) -> Result<Validity, RenewalError<C::Error>> {
    check(seat, in_use)?;
    let device = Certificate::parse(issued.device).map_err(RenewalError::Certificate)?;
    let signer = Certificate::parse(issued.signer).map_err(RenewalError::Certificate)?;
    for certificate in [&signer, &device] {
        let validity = certificate.validity().map_err(RenewalError::Certificate)?;
        if !validity.contains(now) {
            return Err(RenewalError::NotInDate { validity, now });
        }
    }
    let new = both(device.validity(), signer.validity()).map_err(RenewalError::Certificate)?;
    if let Some(old) = in_use.map(|old| old.validity).filter(|old| age(&new) <= age(old)) {
        return Err(RenewalError::NotNewer { new, old });
    }
    let subject_key = device.public_key().map_err(RenewalError::Certificate)?;
    let signer_key = signer.public_key().map_err(RenewalError::Certificate)?;
    let (key, serial) = chip.key_and_serial(seat).await?;
    if key != subject_key {
        return Err(RenewalError::OtherKey);
    }
    let (device_template, signer_template) = seat.templates();
    let parts = Parts::new(key, signer_key).with_chip_serial(serial);
    let device = device_template.compress(issued.device, issued.signer_id, &parts);
    let device = device.map_err(RenewalError::Certificate)?;
    let signer = signer_template.compress(issued.signer, issued.signer_id, &Parts::new(signer_key, *root));
    let signer = signer.map_err(RenewalError::Certificate)?;

    let [device_place, key_place, signer_place] = seat.places();
    let contents = [
        (key_place, Stored::Key(&signer_key)),
        (signer_place, Stored::Certificate(&signer)),
        (device_place, Stored::Certificate(&device)),
    ];
    chip.write_places(&contents).await?;
    look(chip, seat, root, device_buffer, signer_buffer).await?.map_err(RenewalError::NotWritten)
}
