//! The IO protection key: secrets that leave the chip encrypted (chip reference 5.0.6).

use super::Machine;
use crate::chip::crypto::sha256::sha256;
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, require};

const BLOCK: usize = 32;

impl Machine {
    /// The key, if it is enabled.
    pub(crate) fn io_key(&self) -> Result<[u8; 32], Refused> {
        let options = self.eeprom.chip_options();
        require(options.io_key_enabled(), Rule::IoKey)?;
        Ok(self.slot_secret(options.io_key()))
    }

    /// Encrypts 32 or 64 bytes for the bus; a new OutNonce follows them.
    pub(crate) fn protect(&mut self, secret: &[u8]) -> Result<Vec<u8>, Refused> {
        let key = self.io_key()?;
        // In C0 the test pattern, as for all random numbers. That is a guess.
        let nonce = if self.readings.take(Alternative::OpenOutNonceRandom) {
            self.rng.bytes()
        } else {
            self.random()?
        };
        let mut output = encrypt(&key, &nonce, secret);
        output.extend(nonce);
        Ok(output)
    }
}

/// Every block has a mask of its own, made with half of the nonce.
fn encrypt(key: &[u8; 32], nonce: &[u8; 32], secret: &[u8]) -> Vec<u8> {
    let blocks = secret.chunks(BLOCK).zip(nonce.chunks(BLOCK / 2));
    let masked = blocks.flat_map(|(block, nonce)| {
        let mask = sha256(&[key, nonce]);
        block.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect::<Vec<u8>>()
    });
    masked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row of chip reference 7.4: what zeros are encrypted to is the mask.
    #[test]
    fn masks_of_7_4() {
        let key = core::array::from_fn(|index| 0x20 + index as u8);
        let nonce = core::array::from_fn(|index| 0xA0 + index as u8);
        let output: String =
            encrypt(&key, &nonce, &[0; 64]).iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(
            output,
            "E4AC50E693AD6BC2A617F54D056996C04CE09F6AA992B4DA92E3CFD166393BE0\
             6F8A708A37E941E57987026D91EBBEA1B586F36CE4DEF9E98ED694313282290E"
        );
    }
}
