//! A new key and certificate, while the old ones work.

use super::survey::look;
use super::{IdentityChip, RenewalError, Seat};
use atecc608::PublicKey;
use atecc608::irreversible::OldKeyIsLost;
use atecc608::x509::{Certificate, Csr, DateTime, Parts, SignerId, Stored, Validity};

/// Whether a new certificate is due: two thirds of this one's time are over. With a certificate of 90 days there are 30
/// days for the tries.
#[must_use]
pub fn is_due(validity: &Validity, now: DateTime) -> bool {
    let (Some(begin), Some(end), Some(now)) =
        (validity.not_before.to_unix(), validity.not_after.to_unix(), now.to_unix())
    else {
        return false;
    };
    let life = end.saturating_sub(begin);
    now >= begin.saturating_add(life / 3 * 2)
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
/// [spare](super::Survey::spare) one. A request that is lost on the way costs nothing: ask for another.
///
/// # Errors
/// [`RenewalError::Fixed`], or the driver's.
///
/// # Cancel safety
/// The seat holds no identity afterwards; others are untouched.
pub async fn request<'b, C: IdentityChip>(
    chip: &mut C,
    seat: &Seat<'_>,
    csr: &Csr<'_>,
    old: OldKeyIsLost,
    buffer: &'b mut [u8],
) -> Result<&'b [u8], RenewalError<C::Error>> {
    if !seat.is_renewable() {
        return Err(RenewalError::Fixed);
    }
    Ok(chip.new_request(seat, csr, old, buffer).await?)
}

/// Writes the certificates of the seat's new key and reads them back, verified up to the root. `current` is the time of
/// the certificate in use: the new one must end later. The buffers are those of [`survey`](super::survey()).
///
/// Checked before anything is written: that the certificate is for the seat's key, in date, later, and one that the
/// template makes again byte by byte.
///
/// # Errors
/// [`RenewalError`]. The certificate in use is untouched. May be repeated.
///
/// # Cancel safety
/// A seat that is half written is no identity; others are untouched.
#[allow(clippy::too_many_arguments)]
pub async fn store<C: IdentityChip>(
    chip: &mut C,
    seat: &Seat<'_>,
    root: &PublicKey,
    issued: &Issued<'_>,
    current: Option<Validity>,
    now: DateTime,
    device_buffer: &mut [u8],
    signer_buffer: &mut [u8],
) -> Result<Validity, RenewalError<C::Error>> {
    if !seat.is_renewable() {
        return Err(RenewalError::Fixed);
    }
    let device = Certificate::parse(issued.device).map_err(RenewalError::Certificate)?;
    let signer = Certificate::parse(issued.signer).map_err(RenewalError::Certificate)?;
    let (subject_key, signer_key) = (device.public_key(), signer.public_key());
    let subject_key = subject_key.map_err(RenewalError::Certificate)?;
    let signer_key = signer_key.map_err(RenewalError::Certificate)?;
    for certificate in [&signer, &device] {
        let validity = certificate.validity().map_err(RenewalError::Certificate)?;
        if !validity.contains(now) {
            return Err(RenewalError::NotInDate { validity, now });
        }
        if let Some(old) = current.map(|current| current.not_after).filter(|old| validity.not_after <= *old) {
            return Err(RenewalError::EndsSooner { new: validity.not_after, old });
        }
    }
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
    match look(chip, seat, root, device_buffer, signer_buffer).await? {
        Ok(validity) => Ok(validity),
        Err(why) => Err(RenewalError::NotWritten(why)),
    }
}
