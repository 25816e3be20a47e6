//! SecureBoot's encrypted form (chip reference 5.17).

use super::{secret_sha256, sha256};
use crate::command::{Command, SecureBootMac};
use crate::key::Signature;
use crate::secret::Secret;
use crate::secret::xor;

/// Key of one encrypted SecureBoot: from the I/O protection key and the nonce in TempKey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecureBootKey(Secret<32>);

impl SecureBootKey {
    /// From I/O protection key and TempKey.
    #[must_use]
    pub fn new(io_key: &Secret<32>, temp_key: &Secret<32>) -> Self {
        Self(secret_sha256(&[io_key.expose(), temp_key.expose()]))
    }

    /// The digest as it is sent.
    #[must_use]
    pub fn encrypt(&self, digest: &[u8; 32]) -> [u8; 32] {
        let mut sum = *digest;
        xor(&mut sum, self.0.expose());
        sum
    }

    /// The MAC that proves a success. `digest` is the plain one; `signature` the one that was
    /// sent, or, for a check against a stored signature, that stored one; `None` for a check against
    /// a stored digest.
    #[must_use]
    pub fn mac(
        &self,
        command: &SecureBootMac<'_>,
        digest: &[u8; 32],
        signature: Option<&Signature>,
    ) -> [u8; 32] {
        let request = command.request();
        let signature: &[u8] = signature.map_or(&[], |signature| signature.as_bytes());
        sha256(&[
            self.0.expose(),
            digest,
            signature,
            &[request.opcode.to_byte(), request.p1],
            &request.p2.to_le_bytes(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{bytes, challenge, key, signature, t};
    use super::*;
    use crate::command::{SecureBoot, SecureBootCheck};

    #[test]
    fn examples() {
        let boot_key = SecureBootKey::new(&key(), &t());
        let hashed = bytes("D4F7C68B664278BD6D803C81E4C89B4C139C1F22806020BD44702F31CD6A5528");
        assert_eq!(boot_key.0.expose(), &hashed);
        let encrypted = boot_key.encrypt(&challenge());
        assert_eq!(encrypted, bytes("94B684C822073EFA25C976CAA885D50343CD4D71D43576EA1C29756A91370B77"));
        let signature = signature();
        let mac = |check, once, hashed: Option<&Signature>| {
            let command = SecureBootMac(SecureBoot { digest: &encrypted, check, once });
            boot_key.mac(&command, &challenge(), hashed)
        };
        for (value, expected) in [
            (
                mac(SecureBootCheck::Full(&signature), false, Some(&signature)),
                "803D5A619FD6D7497F4219BD3E3B24E8A51FDFDAA2257C08AE4DA08AF3AC3593",
            ),
            (
                mac(SecureBootCheck::Stored, false, None),
                "34B090F361E6F497E131FC08CC8912D0F0AA200F3313EB8E1D20E5F29EC3B7AD",
            ),
            (
                mac(SecureBootCheck::Stored, false, Some(&signature)),
                "6053847F58A2A5920A57A61C6A32F2227EAEAC4201F56B183A7430F6CDE00FB1",
            ),
            (
                mac(SecureBootCheck::Copy(&signature), false, Some(&signature)),
                "1B8894B12F59F5B71018F5AC894D8CAA6E765299011CE0624749C7A79F8EA426",
            ),
            (
                mac(SecureBootCheck::Stored, true, None),
                "8161514F94E9C6FFA930F2A1422ABFBB54DCC5C93D89A9D53C2B4728848DA9EA",
            ),
        ] {
            assert_eq!(value, bytes(expected));
        }
    }
}
