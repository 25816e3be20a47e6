//! Public keys as PEM, the form OpenSSL and cloud consoles take.

use crate::error::BufferTooSmall;
use crate::key::PublicKey;
use pem_rfc7468::LineEnding;

/// Room that [`PublicKey::to_pem`] needs, in bytes.
pub const PEM_LEN: usize = 178;

impl PublicKey {
    /// PEM SubjectPublicKeyInfo ("BEGIN PUBLIC KEY"), lines ended by LF.
    ///
    /// # Errors
    /// [`BufferTooSmall`] below [`PEM_LEN`] bytes.
    pub fn to_pem<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b str, BufferTooSmall> {
        pem_rfc7468::encode("PUBLIC KEY", LineEnding::LF, &self.to_spki_der(), buffer)
            .map_err(|_| BufferTooSmall::new(PEM_LEN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::golden::hex;
    use p256::pkcs8::{DecodePublicKey, EncodePublicKey};

    #[test]
    fn what_p256_reads_is_the_same_key() {
        // Public key of chip reference 7.3.
        let xy = hex("8F8D182BD819048582A9927EA0C56DEFB4159548E11CA5F7ABAC45BBCE76815B\
             E5C64FCD2FD12698544DE037951726666073046119AD5E11A90AA49773AEAC86");
        let key = PublicKey::from_bytes(xy.try_into().unwrap());
        let mut buffer = [0; PEM_LEN];
        let pem = key.to_pem(&mut buffer).unwrap();
        assert_eq!(pem.len(), PEM_LEN);
        let parsed = p256::PublicKey::from_public_key_pem(pem).unwrap();
        assert_eq!(parsed.to_sec1_bytes()[..], key.to_sec1());
        assert_eq!(parsed.to_public_key_der().unwrap().as_bytes(), key.to_spki_der());
        assert_eq!(key.to_pem(&mut [0; PEM_LEN - 1]), Err(BufferTooSmall::new(PEM_LEN)));
    }
}
