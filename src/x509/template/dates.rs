//! The dates of a certificate, as the compressed form has them.

use crate::x509::compressed::CompressedError;
use crate::x509::{Certificate, Dates, Error, Term};

/// Hour of issue and years, if that is how the certificate ends.
pub(super) fn dates(certificate: &Certificate<'_>) -> Result<Dates, Error> {
    let validity = certificate.validity()?;
    let (from, to) = (validity.not_before, validity.not_after);
    let (_, not_after) = certificate.times();
    if to == not_after.last() {
        return Ok(Dates::new(from, Term::Forever)?);
    }
    let years = to.year().checked_sub(from.year()).ok_or(CompressedError::OtherEnd(to))?;
    let years = u8::try_from(years).map_err(|_| CompressedError::TermYears(years))?;
    let dates = Dates::new(from, Term::Years(years))?;
    if dates.ends() == Some(to) { Ok(dates) } else { Err(CompressedError::OtherEnd(to).into()) }
}
