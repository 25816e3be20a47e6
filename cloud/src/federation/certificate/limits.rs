//! What Google takes ("Configure Workload Identity Federation with X.509 certificates", section "Limits").

use super::unfit::{Limit, Unfit};
use atecc608::x509::{Certificate, DateTime, Error, KeyUsage, Oid, Validity};

/// How many days a device's certificate may be issued for.
pub const CERTIFICATE_DAYS_MAX: u64 = 390;
/// How many certificates a chain may have, from the device's to the root's, both counted.
pub const CHAIN_LEN_MAX: usize = 5;

const DAY: u64 = 86_400;
/// What the certificate of Google's example has: digitalSignature and keyEncipherment.
const USAGE: KeyUsage = KeyUsage::DIGITAL_SIGNATURE.union(KeyUsage::KEY_ENCIPHERMENT);

/// Checks a chain at `now`, in Unix seconds.
pub(super) fn check(chain: &[&[u8]], now: u64) -> Result<(), Unfit> {
    let [own, above @ ..] = chain else { return Err(Unfit { certificate: 0, limit: Limit::Missing }) };
    if chain.len() > CHAIN_LEN_MAX {
        return Err(Unfit { certificate: CHAIN_LEN_MAX, limit: Limit::Length { certificates: chain.len() } });
    }
    let at = |certificate| move |limit| Unfit { certificate, limit };
    let mut below = parse(own).map_err(at(0))?;
    device(&below).map_err(at(0))?;
    valid(&below, now).map_err(at(0))?;
    for (index, der) in above.iter().enumerate() {
        let index = index.saturating_add(1);
        let issuer = parse(der).map_err(at(index))?;
        if issuer.subject() != below.issuer() {
            return Err(Unfit { certificate: index, limit: Limit::Order });
        }
        if !issuer.basic_constraints().is_some_and(|constraints| constraints.ca) {
            return Err(Unfit { certificate: index, limit: Limit::NoAuthority });
        }
        valid(&issuer, now).map_err(at(index))?;
        below = issuer;
    }
    Ok(())
}

fn parse(der: &[u8]) -> Result<Certificate<'_>, Limit> {
    Certificate::parse(der).map_err(Limit::Malformed)
}

/// What is asked of the device's own.
fn device(own: &Certificate<'_>) -> Result<(), Limit> {
    own.public_key().map_err(|_| Limit::Key)?;
    let days = days(&own.validity().map_err(Limit::Malformed)?);
    if days > CERTIFICATE_DAYS_MAX {
        return Err(Limit::Lifetime { days });
    }
    match own.basic_constraints() {
        Some(constraints) if constraints.ca => return Err(Limit::Authority),
        Some(_) => {}
        None => return Err(Limit::NoConstraints),
    }
    let critical = own.extension(Oid::KEY_USAGE).is_some_and(|extension| extension.critical);
    if !critical || !own.key_usage().is_some_and(|usage| usage.contains(USAGE)) {
        return Err(Limit::KeyUsage);
    }
    Ok(())
}

/// Days from the first to the last second, begun ones counted.
fn days(validity: &Validity) -> u64 {
    match (validity.not_before.to_unix(), validity.not_after.to_unix()) {
        (Some(from), Some(to)) => to.saturating_sub(from).div_ceil(DAY),
        // From before 1970 on.
        _ => u64::MAX,
    }
}

fn valid(certificate: &Certificate<'_>, now: u64) -> Result<(), Limit> {
    let validity = certificate.validity().map_err(Limit::Malformed)?;
    let now = DateTime::from_unix(now).ok_or(Limit::Malformed(Error::NoSuchDay))?;
    if now < validity.not_before {
        Err(Limit::NotYetValid { from: validity.not_before, now })
    } else if now > validity.not_after {
        Err(Limit::Expired { last: validity.not_after, now })
    } else {
        Ok(())
    }
}
