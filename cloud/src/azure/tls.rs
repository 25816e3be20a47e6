//! Why a host of Azure's does not get on with a TLS 1.3 client.

use crate::tls::TlsFailure;

/// What to do about a failed handshake that is not the device's fault: IoT Hub and DPS take TLS 1.2 only. None for other
/// failures and other hosts.
#[must_use]
pub fn advice<E>(host: &str, failure: &TlsFailure<E>) -> Option<&'static str> {
    let ends = |suffix: &str| {
        let start = host.len().checked_sub(suffix.len());
        start.and_then(|start| host.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    };
    let tls_1_2 = ends(".azure-devices.net") || ends(".azure-devices-provisioning.net");
    match failure {
        TlsFailure::Version(_) if tls_1_2 => Some(
            "IoT Hub and DPS of Azure take TLS 1.2 only, and this device speaks TLS 1.3 only: use Event Grid's MQTT broker, \
             which takes TLS 1.3, or a gateway; on Linux, rustls with the chip's key (atecc608-linux) speaks TLS 1.2",
        ),
        _ => None,
    }
}
