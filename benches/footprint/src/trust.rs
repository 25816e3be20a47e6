//! The operations on Trust&GO and TrustFLEX parts.

/// Calls each of them; as in `every!`.
#[macro_export]
macro_rules! every_trust {
    ([$($wait:tt)*], $chip:ident, $key:ident) => {{
        use atecc608::x509::trust::{self, HardwareAddress, TrustAnchor};
        use core::hint::black_box;

        let trust = black_box(trust::MICROCHIP).with_root(TrustAnchor::new($key));
        let mut first = *black_box(&[0u8; trust::MAX_LEN]);
        let mut second = *black_box(&[0u8; trust::MAX_LEN]);
        black_box($chip.identify_trust(&trust)$($wait)*).ok();
        black_box($chip.read_trust_device(&trust, &mut first)$($wait)*).ok();
        black_box($chip.read_trust_signer(&trust, &mut second)$($wait)*).ok();
        if let Ok(chain) = $chip.read_trust_chain(&trust, &mut first, &mut second)$($wait)* {
            black_box(HardwareAddress::of(&chain.device));
            black_box((chain.device.sha1(), chain.signer.sha256()));
        }
    }};
}
