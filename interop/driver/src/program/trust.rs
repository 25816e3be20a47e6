//! Trust&GO and TrustFLEX.

use super::chip::Place;
use super::failure::Failure;
use super::hex::{Hex, digits};
use atecc608::x509::trust::{MAX_LEN, MICROCHIP, ROOT, ROOT_DER, SIGNER, TrustAnchor};
use serde_json::{Value, json};

/// What needs no chip.
pub(super) fn root() -> Value {
    let key = digits(ROOT.key().as_bytes());
    json!({ "certificate": digits(&ROOT_DER), "key": key, "max_len": MAX_LEN, "signer_max_len": SIGNER.max_len() })
}

impl Place {
    /// Which part it is, its certificates and keys; of Microchip's root, or of another.
    pub(super) fn trust(&self, root: Option<&Hex>) -> Result<Value, Failure> {
        let trust = match root {
            Some(key) => MICROCHIP.with_root(TrustAnchor::new(key.public()?)),
            None => MICROCHIP,
        };
        let mut chip = self.open()?;
        let identity = chip.identify_trust(&trust)?;
        let (mut device, mut signer) = ([0; MAX_LEN], [0; MAX_LEN]);
        let chain = chip.read_trust_chain(&trust, &mut device, &mut signer)?;
        Ok(json!({
            "part": format!("{:?}", identity.part),
            "serial": digits(&identity.serial.0),
            "device": digits(chain.device.der()),
            "signer": digits(chain.signer.der()),
            "device_key": digits(chain.device.public_key()?.as_bytes()),
            "signer_key": digits(chain.signer.public_key()?.as_bytes()),
        }))
    }
}
