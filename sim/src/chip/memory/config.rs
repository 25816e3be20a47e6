//! What the bits of the config zone mean (chip reference 4.3 to 4.13).

/// Bytes of the config zone with a meaning to the chip.
pub(crate) mod at {
    pub(crate) const AES_ENABLE: usize = 13;
    pub(crate) const I2C_ADDRESS: usize = 16;
    pub(crate) const COUNT_MATCH: usize = 18;
    pub(crate) const CHIP_MODE: usize = 19;
    pub(crate) const SLOT_CONFIG: usize = 20;
    pub(crate) const COUNTERS: usize = 52;
    pub(crate) const VOLATILE_KEY: usize = 69;
    pub(crate) const SECURE_BOOT: usize = 70;
    pub(crate) const KDF_IV_LOCATION: usize = 72;
    pub(crate) const KDF_IV: usize = 73;
    pub(crate) const USER_EXTRA: usize = 84;
    pub(crate) const USER_EXTRA_ADD: usize = 85;
    pub(crate) const LOCK_VALUE: usize = 86;
    pub(crate) const LOCK_CONFIG: usize = 87;
    pub(crate) const SLOT_LOCKED: usize = 88;
    pub(crate) const CHIP_OPTIONS: usize = 90;
    pub(crate) const X509_FORMAT: usize = 92;
    pub(crate) const KEY_CONFIG: usize = 96;
}

/// The only value of a lock byte that means "not locked" (chip reference 4.3).
pub(crate) const UNLOCKED: u8 = 0x55;

/// KeyType of P-256 keys.
const P256: u16 = 4;
/// KeyType of AES-128 keys.
const AES: u16 = 6;
/// KeyType of SHA keys and of data.
const SHA: u16 = 7;

/// SlotConfig of one slot (chip reference 4.5).
#[derive(Clone, Copy)]
pub(crate) struct SlotConfig(pub(crate) u16);

/// Write's reading of WriteConfig (chip reference 4.6).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteMode {
    Always,
    PubInvalid,
    Never,
    Encrypt,
}

impl SlotConfig {
    pub(crate) fn bytes(self) -> [u8; 2] {
        self.0.to_le_bytes()
    }
    fn bit(self, bit: u32) -> bool {
        self.0 >> bit & 1 == 1
    }
    pub(crate) fn read_key(self) -> usize {
        usize::from(self.0 & 0xF)
    }
    pub(crate) fn external_sign(self) -> bool {
        self.bit(0)
    }
    pub(crate) fn internal_sign(self) -> bool {
        self.bit(1)
    }
    pub(crate) fn ecdh(self) -> bool {
        self.bit(2)
    }
    pub(crate) fn ecdh_to_slot(self) -> bool {
        self.bit(3)
    }
    pub(crate) fn no_mac(self) -> bool {
        self.bit(4)
    }
    pub(crate) fn limited_use(self) -> bool {
        self.bit(5)
    }
    pub(crate) fn encrypt_read(self) -> bool {
        self.bit(6)
    }
    pub(crate) fn is_secret(self) -> bool {
        self.bit(7)
    }
    pub(crate) fn write_key(self) -> usize {
        usize::from(self.0 >> 8 & 0xF)
    }
    /// The key comes from the WriteKey slot, else from the target itself.
    pub(crate) fn derive_from_parent(self) -> bool {
        self.bit(12)
    }
    pub(crate) fn derive_enabled(self) -> bool {
        self.bit(13)
    }
    pub(crate) fn derive_needs_mac(self) -> bool {
        self.bit(15)
    }
    pub(crate) fn gen_key_enabled(self) -> bool {
        self.bit(13)
    }
    pub(crate) fn priv_write_enabled(self) -> bool {
        self.bit(14)
    }
    pub(crate) fn write_mode(self) -> WriteMode {
        match self.0 >> 12 {
            0 => WriteMode::Always,
            1 => WriteMode::PubInvalid,
            bits if bits & 4 != 0 => WriteMode::Encrypt,
            _ => WriteMode::Never,
        }
    }
}

/// KeyConfig of one slot (chip reference 4.7).
#[derive(Clone, Copy)]
pub(crate) struct KeyConfig(pub(crate) u16);

impl KeyConfig {
    pub(crate) fn bytes(self) -> [u8; 2] {
        self.0.to_le_bytes()
    }
    fn bit(self, bit: u32) -> bool {
        self.0 >> bit & 1 == 1
    }
    pub(crate) fn private(self) -> bool {
        self.bit(0)
    }
    pub(crate) fn pub_info(self) -> bool {
        self.bit(1)
    }
    pub(crate) fn is_p256(self) -> bool {
        self.0 >> 2 & 7 == P256
    }
    pub(crate) fn is_aes(self) -> bool {
        self.0 >> 2 & 7 == AES
    }
    pub(crate) fn is_sha(self) -> bool {
        self.0 >> 2 & 7 == SHA
    }
    pub(crate) fn lockable(self) -> bool {
        self.bit(5)
    }
    pub(crate) fn req_random(self) -> bool {
        self.bit(6)
    }
    pub(crate) fn req_auth(self) -> bool {
        self.bit(7)
    }
    pub(crate) fn auth_key(self) -> usize {
        usize::from(self.0 >> 8 & 0xF)
    }
    pub(crate) fn persistent_disable(self) -> bool {
        self.bit(12)
    }
    pub(crate) fn x509_id(self) -> usize {
        usize::from(self.0 >> 14)
    }
}

/// EcdhProt and KdfProt: what may leave the chip (chip reference 4.13).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OutputProtection {
    Clear,
    Encrypted,
    /// The code that is invalid counts as this one.
    Forbidden,
}

impl OutputProtection {
    fn from_bits(bits: u16) -> OutputProtection {
        match bits & 3 {
            0 => OutputProtection::Clear,
            1 => OutputProtection::Encrypted,
            _ => OutputProtection::Forbidden,
        }
    }
}

/// ChipOptions (chip reference 4.13).
#[derive(Clone, Copy)]
pub(crate) struct ChipOptions(pub(crate) u16);

impl ChipOptions {
    pub(crate) fn power_on_self_test(self) -> bool {
        self.0 & 1 != 0
    }
    pub(crate) fn io_key_enabled(self) -> bool {
        self.0 & 2 != 0
    }
    pub(crate) fn kdf_aes_enabled(self) -> bool {
        self.0 & 4 != 0
    }
    pub(crate) fn auto_clear_first_fail(self) -> bool {
        self.0 & 8 != 0
    }
    pub(crate) fn ecdh_protection(self) -> OutputProtection {
        OutputProtection::from_bits(self.0 >> 8)
    }
    pub(crate) fn kdf_protection(self) -> OutputProtection {
        OutputProtection::from_bits(self.0 >> 10)
    }
    /// KdfProt has the code that is invalid.
    pub(crate) fn kdf_protection_invalid(self) -> bool {
        self.0 >> 10 & 3 == 3
    }
    pub(crate) fn io_key(self) -> usize {
        usize::from(self.0 >> 12)
    }
}

/// SecureBoot.Mode (chip reference 4.12).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SecureBootMode {
    Disabled,
    FullBoth,
    FullSignature,
    FullDigest,
}

/// The SecureBoot word (chip reference 4.12).
#[derive(Clone, Copy)]
pub(crate) struct SecureBootConfig(pub(crate) u16);

impl SecureBootConfig {
    pub(crate) fn mode(self) -> SecureBootMode {
        match self.0 & 3 {
            0 => SecureBootMode::Disabled,
            1 => SecureBootMode::FullBoth,
            2 => SecureBootMode::FullSignature,
            _ => SecureBootMode::FullDigest,
        }
    }
    /// A success sets the persistent latch.
    pub(crate) fn persistent_enable(self) -> bool {
        self.0 & 8 != 0
    }
    pub(crate) fn random_nonce(self) -> bool {
        self.0 & 0x10 != 0
    }
    /// The slot of the stored digest or signature.
    pub(crate) fn store(self) -> usize {
        usize::from(self.0 >> 8 & 0xF)
    }
    pub(crate) fn public_key(self) -> usize {
        usize::from(self.0 >> 12)
    }
}

/// The fields of ChipMode and the address that take effect at a wake from sleep (UNVERIFIED,
/// chip reference U43).
#[derive(Clone, Copy)]
pub(crate) struct Latched {
    /// I2C address times two.
    pub(crate) address: u8,
    /// ChipMode bits 7:3.
    pub(crate) divider: u8,
    /// The watchdog has the long duration.
    pub(crate) long_watchdog: bool,
}

impl Latched {
    pub(crate) fn new(config: &[u8; 128]) -> Latched {
        let mode = config[at::CHIP_MODE];
        let extra = config[at::USER_EXTRA_ADD];
        let address = if mode & 1 == 1 && extra != 0 { extra } else { config[at::I2C_ADDRESS] };
        Latched { address: address & 0xFE, divider: mode >> 3, long_watchdog: mode & 4 != 0 }
    }
}

/// The config zone of a new chip, `serial` being SN[2:7] (chip reference 4.14).
pub(crate) fn factory(serial: [u8; 6]) -> [u8; 128] {
    const SLOTS: [u16; 16] =
        [0x2083, 0x2087, 0x208F, 0x8FC4, 0x8F8F, 0x8F8F, 0x8F9F, 0x8FAF, 0, 0, 0, 0, 0, 0, 0, 0x8FAF];
    const KEYS: [u16; 16] =
        [0x33, 0x33, 0x33, 0x1C, 0x1C, 0x1C, 0x1C, 0x1C, 0x3C, 0x3C, 0x3C, 0x3C, 0x3C, 0x3C, 0x3C, 0x1C];
    let mut config = [0; 128];
    config[..2].copy_from_slice(&[0x01, 0x23]);
    config[2..4].copy_from_slice(&serial[..2]);
    config[4..8].copy_from_slice(&[0x00, 0x00, 0x60, 0x02]);
    config[8..12].copy_from_slice(&serial[2..]);
    config[12..16].copy_from_slice(&[0xEE, 0x01, 0x55, 0x00]);
    config[at::I2C_ADDRESS] = 0xC0;
    for slot in 0..16 {
        config[at::SLOT_CONFIG + 2 * slot..][..2].copy_from_slice(&SLOTS[slot].to_le_bytes());
        config[at::KEY_CONFIG + 2 * slot..][..2].copy_from_slice(&KEYS[slot].to_le_bytes());
    }
    for counter in 0..2 {
        config[at::COUNTERS + 8 * counter..][..4].fill(0xFF);
    }
    config[at::LOCK_VALUE..at::SLOT_LOCKED].fill(UNLOCKED);
    config[at::SLOT_LOCKED..at::CHIP_OPTIONS].fill(0xFF);
    config
}
