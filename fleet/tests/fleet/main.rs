//! Manifests, reports and stations.

mod authority;
mod forge;
mod hostile;
mod manifest;
#[cfg(unix)]
mod openssl;
mod published;
mod recipe;
mod report;
mod station;
mod stops;
mod workshop;

/// Hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
