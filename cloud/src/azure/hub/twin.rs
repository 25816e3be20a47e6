//! What is in twins' payloads.

use super::super::JsonError;
use crate::json;
use serde::{Deserialize, Serialize};

/// Properties that the cloud wants, and their version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Desired<D> {
    /// The properties: those that `D` knows.
    pub values: D,
    /// Counts up with each change. One that is not above the last is an old one, or sent twice.
    pub version: u64,
}

/// A device's whole twin, as far as the device sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Twin<D, R> {
    /// What the cloud wants.
    pub desired: Desired<D>,
    /// What the device reported last.
    pub reported: R,
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "$version")]
    version: u64,
}

#[derive(Deserialize)]
struct Versions {
    desired: Version,
}

#[derive(Deserialize)]
struct Both<D, R> {
    desired: D,
    reported: R,
}

/// Reads a change of desired properties ([`Incoming::Desired`](super::Incoming::Desired)). Of `D` each member should be an
/// `Option`: it is none when it did not change, and when it was removed (`null`).
///
/// # Errors
/// [`JsonError::Form`].
pub fn read_desired<'p, D: Deserialize<'p>>(payload: &'p [u8]) -> Result<Desired<D>, JsonError> {
    let Version { version } = read_json(payload)?;
    Ok(Desired { values: read_json(payload)?, version })
}

/// Reads the answer to [`twin_get_topic`](super::twin_get_topic).
///
/// # Errors
/// [`JsonError::Form`].
pub fn read_twin<'p, D, R>(payload: &'p [u8]) -> Result<Twin<D, R>, JsonError>
where
    D: Deserialize<'p>,
    R: Deserialize<'p>,
{
    let Versions { desired: Version { version } } = read_json(payload)?;
    let Both { desired: values, reported } = read_json(payload)?;
    Ok(Twin { desired: Desired { values, version }, reported })
}

/// Reads any other payload: a direct method's.
///
/// # Errors
/// [`JsonError::Form`].
pub fn read_json<'p, V: Deserialize<'p>>(payload: &'p [u8]) -> Result<V, JsonError> {
    json::read(payload).ok_or(JsonError::Form)
}

/// Writes reported properties, telemetry, or a direct method's answer.
///
/// # Errors
/// [`JsonError::BufferTooSmall`].
pub fn write_json<'b>(value: &impl Serialize, buffer: &'b mut [u8]) -> Result<&'b [u8], JsonError> {
    let error = JsonError::BufferTooSmall { capacity: buffer.len() };
    let len = json::write(value, buffer).ok_or(error)?;
    buffer.get(..len).ok_or(error)
}
