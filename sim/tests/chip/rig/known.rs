//! Numbers, configurations and keys that the chip reference names.

use super::hex;

/// Status bytes of chip reference 2.3.
pub(crate) const OK: u8 = 0x00;
pub(crate) const MISCOMPARE: u8 = 0x01;
pub(crate) const PARSE: u8 = 0x03;
pub(crate) const REFUSED: u8 = 0x0F;

/// Opcodes of chip reference 0.3.
pub(crate) const READ: u8 = 0x02;
pub(crate) const MAC: u8 = 0x08;
pub(crate) const WRITE: u8 = 0x12;
pub(crate) const GENDIG: u8 = 0x15;
pub(crate) const NONCE: u8 = 0x16;
pub(crate) const LOCK: u8 = 0x17;
pub(crate) const RANDOM: u8 = 0x1B;
pub(crate) const DERIVE_KEY: u8 = 0x1C;
pub(crate) const UPDATE_EXTRA: u8 = 0x20;
pub(crate) const COUNTER: u8 = 0x24;
pub(crate) const CHECKMAC: u8 = 0x28;
pub(crate) const INFO: u8 = 0x30;
pub(crate) const GENKEY: u8 = 0x40;
pub(crate) const SIGN: u8 = 0x41;
pub(crate) const ECDH: u8 = 0x43;
pub(crate) const VERIFY: u8 = 0x45;
pub(crate) const PRIV_WRITE: u8 = 0x46;
pub(crate) const SHA: u8 = 0x47;
pub(crate) const AES: u8 = 0x51;
pub(crate) const KDF: u8 = 0x56;
pub(crate) const SELFTEST: u8 = 0x77;
pub(crate) const SECURE_BOOT: u8 = 0x80;

/// Config zone of the captured chip (chip reference 7.1).
pub(crate) fn captured_config() -> [u8; 128] {
    let bytes = hex("0123 45E1 0000 6002 23B1 BD5B EE01 5500
        C000 0000 8320 8720 8F20 C48F 8F8F 8F8F
        9F8F AF8F 0000 0000 0000 0000 0000 0000
        0000 AF8F FFFF FFFF 0000 0000 FFFF FFFF
        0000 0000 0000 0000 0000 0000 0000 0000
        0000 0000 0000 5555 FFFF 0000 0000 0000
        3300 3300 3300 1C00 1C00 1C00 1C00 1C00
        3C00 3C00 3C00 3C00 3C00 3C00 3C00 1C00");
    bytes.try_into().unwrap()
}

/// The configuration of chip reference 6.1 with the captured chip's first 16 bytes, unlocked.
pub(crate) fn test_config() -> [u8; 128] {
    let mut config = captured_config();
    let rest = hex("C000 A100 AF2F C444 8720 C4F4 8F0F 0F0F
        9F8F 8364 C444 C464 0F0F 0F0F 0F0F 0F0F
        0F0F 0F0F FFFF FFFF 0000 0000 FFFF FFFF
        0000 0000 FF84 03BC 0969 7600 0000 0000
        0000 0000 0000 5555 FFFF 0E40 0000 0000
        3300 1C00 1300 1C00 3C00 3A10 1C00 3300
        1C00 1C00 3800 3000 3C00 3C00 3200 3000");
    config[16..].copy_from_slice(&rest);
    config
}

/// T of chip reference 7.4: TempKey after Nonce with its RNG and NumIn.
pub(crate) const TEMP_KEY_T: &str = "36B6375496E0435B53CDD6514A65154EF7C28E9629F96698E90D1ABC4DB1A97D";
/// G of chip reference 7.4: TempKey after GenDig with K, which is 20..3F, in slot 4.
pub(crate) const TEMP_KEY_G: &str = "16DF614085A51F2A5C8CBB4A4F014BCBBFF5DB21F424171E194468FBE97F3781";

/// The private key of chip reference 7.3 and its public key.
pub(crate) const KNOWN_KEY: &str = "878F0AB6A526D7111C26E6170810796E7B33007F832B8D64467ED6F870537A19";
pub(crate) const KNOWN_PUBLIC: &str = "8F8D182BD819048582A9927EA0C56DEFB4159548E11CA5F7ABAC45BBCE76815B
    E5C64FCD2FD12698544DE037951726666073046119AD5E11A90AA49773AEAC86";
