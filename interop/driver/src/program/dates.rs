//! Dates of compressed certificates.

use super::failure::Failure;
use super::hex::{Hex, digits};
use atecc608::Signature;
use atecc608::x509::{Compressed, DateTime, Dates, SerialSource, SignerId, Term};
use serde::Deserialize;
use serde_json::{Value, json};

/// When it is issued, and for how many years: 0 is for ever.
#[derive(Debug, Deserialize)]
pub(crate) struct Encode {
    issued: (u16, u8, u8, u8),
    years: u8,
}

/// 72 bytes.
#[derive(Debug, Deserialize)]
pub(crate) struct Decode {
    compressed: Hex,
}

/// The dates of a request.
pub(crate) fn dates((year, month, day, hour): (u16, u8, u8, u8), years: u8) -> Result<Dates, Failure> {
    let issued =
        DateTime::new(year, month, day, hour, 0, 0).ok_or_else(|| Failure::refused("no such hour"))?;
    Ok(Dates::new(issued, if years == 0 { Term::Forever } else { Term::Years(years) })?)
}

/// Bytes 64 to 66, and byte 71, and the version.
pub(crate) fn encode(request: &Encode) -> Result<Value, Failure> {
    let dates = dates(request.issued, request.years)?;
    let signature = Signature::from_bytes([1; 64]);
    let compressed = Compressed::new(&signature, &dates, SignerId(0), 0, 0, SerialSource::PublicKeyHash)?;
    let bytes = compressed.as_bytes();
    let found = [&bytes[64..67], &bytes[71..]].concat();
    Ok(json!({ "bytes": digits(&found), "version": compressed.version()?.nibble() }))
}

/// From and until; no end if it is for ever or on a day that there is not.
pub(crate) fn decode(request: &Decode) -> Result<Value, Failure> {
    let dates = Compressed::from_bytes(request.compressed.array()?).dates()?;
    let years = match dates.term() {
        Term::Years(years) => years,
        Term::Forever => 0,
    };
    Ok(json!({ "issued": moment(dates.issued()), "years": years, "ends": dates.ends().map(moment) }))
}

/// Year, month, day, hour, minute, second.
pub(crate) fn moment(at: DateTime) -> (u16, u8, u8, u8, u8, u8) {
    (at.year(), at.month(), at.day(), at.hour(), at.minute(), at.second())
}
