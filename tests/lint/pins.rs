//! The simulated chip at its pins, with an encoder of its own and what a host that knows every key can do.

use atecc608_sim::chip::{Ack, Chip, Eeprom, Executed, Nanos, Timing};
use crc::{CRC_16_ARC, NoTable};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const US: Nanos = 1_000;
/// The chip's address byte: every chip wakes with the open configuration.
const ADDRESS: u8 = 0xC0;

/// Private key that belongs to the public key in every slot that is large enough (chip reference 7.3).
static KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    let scalar: [u8; 32] = [
        0x87, 0x8F, 0x0A, 0xB6, 0xA5, 0x26, 0xD7, 0x11, 0x1C, 0x26, 0xE6, 0x17, 0x08, 0x10, 0x79, 0x6E, 0x7B,
        0x33, 0x00, 0x7F, 0x83, 0x2B, 0x8D, 0x64, 0x46, 0x7E, 0xD6, 0xF8, 0x70, 0x53, 0x7A, 0x19,
    ];
    SigningKey::from_slice(&scalar).unwrap()
});

/// X and Y of its public key.
pub(crate) static PUBLIC: LazyLock<[u8; 64]> = LazyLock::new(|| {
    let point = KEY.verifying_key().to_sec1_point(false);
    point.as_bytes()[1..].try_into().unwrap()
});

pub(crate) fn sign(digest: &[u8; 32]) -> Vec<u8> {
    let signature: Signature = KEY.sign_prehash(digest).unwrap();
    signature.to_bytes().to_vec()
}

pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize().into()
}

pub(crate) fn xor(data: &[u8], mask: &[u8]) -> Vec<u8> {
    data.iter().zip(mask).map(|(data, mask)| data ^ mask).collect()
}

/// CRC of chip reference 2.2.
fn crc(bytes: &[u8]) -> [u8; 2] {
    crc::Crc::<u16, NoTable>::new(&CRC_16_ARC).checksum(bytes).reverse_bits().to_le_bytes()
}

/// What a slot holds. It serves as a secret, as AES keys, as a private key (4 pad bytes first), and in
/// slots 8 to 15 as a public key, valid or not. As CountMatch's limit it is none: byte 3 makes it too large.
pub(crate) fn contents(slot: usize, valid: bool) -> Vec<u8> {
    let first = if valid { 0x50 } else { 0xA0 } | slot as u8;
    let mut bytes = vec![first, 0x11, 0x22, 0x77];
    bytes.extend(&PUBLIC[..32]);
    if slot >= 8 {
        bytes.extend([0; 4]);
        bytes.extend(&PUBLIC[32..]);
    } else {
        // Another scalar for each slot.
        bytes[20] = slot as u8;
    }
    bytes
}

/// Where TempKey comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TempKey {
    /// What it happens to be: nobody looks.
    Any,
    /// Nonce passed a value through.
    Fixed,
    /// Nonce with random numbers.
    Random,
    /// One of the two, then GenDig with a slot.
    GenDig { slot: usize, random: bool },
    /// One of the two, then GenKey's digest of the public key in a slot.
    PublicDigest { slot: usize, random: bool },
}

impl TempKey {
    /// SourceFlag is clear.
    pub(crate) fn is_random(self) -> bool {
        matches!(
            self,
            Self::Random | Self::GenDig { random: true, .. } | Self::PublicDigest { random: true, .. }
        )
    }
}

/// The state a command finds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before {
    pub(crate) authorised: Option<usize>,
    pub(crate) latch: bool,
    pub(crate) temp_key: TempKey,
    /// The public keys are valid.
    pub(crate) valid: bool,
}

/// A chip whose registers are set up under an open configuration, and which then finds itself with another.
pub(crate) struct Rig {
    chip: Chip,
    now: Nanos,
    /// Memory before each command but for the configuration: with valid and invalid public keys.
    memory: [Eeprom; 2],
    /// TempKey, if it is valid.
    pub(crate) temp_key: [u8; 32],
    pub(crate) commands: u64,
    /// An authorisation or the latch may be set.
    dirty: bool,
}

/// Everything permitted: both zones locked, secrets in all slots, and public keys if asked for.
fn open(mut config: [u8; 128], public_keys: bool) -> [u8; 128] {
    for slot in 0..16 {
        let key = if public_keys && slot >= 8 { 0x10u16 } else { 0x1C };
        config[20 + 2 * slot..][..2].copy_from_slice(&0x808Fu16.to_le_bytes());
        config[96 + 2 * slot..][..2].copy_from_slice(&key.to_le_bytes());
    }
    // Slot 0 may set the latch.
    config[69] = 0x80;
    config[86..88].fill(0);
    config
}

impl Rig {
    pub(crate) fn new() -> Rig {
        let chip = Chip::blank(7).with_timing(Timing::instant());
        let memory = [false, true].map(|valid| {
            let mut memory = chip.eeprom().clone();
            memory.set_config(&open(*memory.config(), false));
            for slot in 0..16 {
                memory.set_slot(slot, &contents(slot, valid));
            }
            memory
        });
        Rig { chip, now: 10_000 * US, memory, temp_key: [0; 32], commands: 0, dirty: true }
    }

    /// The chip's own first 16 bytes of the configuration zone.
    pub(crate) fn own_bytes(&self) -> [u8; 16] {
        *self.memory[0].config().first_chunk().unwrap()
    }

    pub(crate) fn memory(&self) -> &Eeprom {
        self.chip.eeprom()
    }

    /// The memory, to be changed behind the chip's back.
    #[allow(dead_code, reason = "of use to other tests than lint's")]
    pub(crate) fn memory_mut(&mut self) -> &mut Eeprom {
        self.chip.eeprom_mut()
    }

    /// The last command: what it came to.
    #[allow(dead_code, reason = "of use to other tests than lint's")]
    pub(crate) fn last(&self) -> Executed {
        *self.chip.executed().last().expect("a command")
    }

    /// SN[8], SN[0], SN[1].
    pub(crate) fn serial(&self) -> [u8; 3] {
        let own = self.own_bytes();
        [own[12], own[0], own[1]]
    }

    /// Puts the chip in a state, then gives it the configuration.
    pub(crate) fn prepare(&mut self, before: &Before, config: &[u8; 128]) {
        let memory = self.memory[usize::from(before.valid)].clone();
        *self.chip.eeprom_mut() = memory;
        if core::mem::take(&mut self.dirty) {
            self.chip.power_cycle(self.now);
            self.wake(100 * US);
        }
        if before.latch {
            self.authorise(0);
            assert_eq!(self.run(0x30, 4, 3, &[]), [0; 4], "latch");
            // Sleep loses the authorisation and keeps the latch.
            self.start(ADDRESS);
            self.chip.write(self.now, 0x01);
            self.chip.stop(self.now);
            self.wake(0);
        }
        if let Some(slot) = before.authorised {
            self.authorise(slot);
        }
        self.load_temp_key(before.temp_key, config);
        self.configure(config);
    }

    /// Gives the chip a configuration behind its back.
    pub(crate) fn configure(&mut self, config: &[u8; 128]) {
        self.chip.eeprom_mut().set_config(config);
    }

    fn wake(&mut self, after: Nanos) {
        let from = self.now + after;
        self.now = from + 80 * US;
        self.chip.sda_low(from, self.now);
    }

    /// CheckMac with the slot's key and a challenge of zeros, answered as a host that knows the key does.
    pub(crate) fn check_mac(&mut self, slot: usize, p1: u8) -> Vec<u8> {
        let temp_key = self.temp_key;
        let second = if p1 & 1 == 0 { [0; 32] } else { temp_key };
        let [sn8, sn0, sn1] = self.serial();
        let first = &self.memory().slot(slot)[..32].to_vec();
        let response = sha256(&[first, &second, &[0; 12], &[0; 3], &[sn8], &[0; 4], &[sn0, sn1], &[0; 2]]);
        let data = [&[0; 32][..], &response, &[0; 13]].concat();
        self.run(0x28, p1, slot as u16, &data)
    }

    fn authorise(&mut self, slot: usize) {
        self.temp_key = [0x42; 32];
        assert_eq!(self.run(0x16, 3, 0, &[0x42; 32]), [0]);
        assert_eq!(self.check_mac(slot, 5), [0], "authorise");
    }

    /// NoMac of GenDig's key is what `config` says: TempKey remembers it.
    fn load_temp_key(&mut self, wanted: TempKey, config: &[u8; 128]) {
        self.temp_key = [0x42; 32];
        match wanted {
            TempKey::Any => return,
            _ if wanted.is_random() => {
                let random = self.run(0x16, 0, 0, &[0; 20]);
                self.temp_key = sha256(&[&random, &[0; 20], &[0x16, 0, 0]]);
            }
            _ => assert_eq!(self.run(0x16, 3, 0, &[0x42; 32]), [0]),
        }
        let [sn8, sn0, sn1] = self.serial();
        match wanted {
            TempKey::GenDig { slot, .. } => {
                let mut open = *self.memory().config();
                open[20 + 2 * slot] = open[20 + 2 * slot] & !0x10 | config[20 + 2 * slot] & 0x10;
                self.configure(&open);
                let other_data = [0x15, 2, slot as u8, 0];
                assert_eq!(self.run(0x15, 2, slot as u16, &other_data), [0], "GenDig");
                let key = self.memory().slot(slot)[..32].to_vec();
                let head = [0x15, 2, slot as u8, 0, sn8, sn0, sn1];
                self.temp_key = sha256(&[&key, &head, &[0; 25], &self.temp_key]);
            }
            TempKey::PublicDigest { slot, .. } => {
                let config = *self.memory().config();
                self.configure(&open(config, true));
                assert_eq!(self.run(0x40, 0x10, slot as u16, &[0; 3]), [0], "digest");
                let head = [0x40, 0, 0, 0, sn8, sn0, sn1];
                self.temp_key = sha256(&[&self.temp_key, &head, &[0; 25], &PUBLIC[..]]);
            }
            _ => {}
        }
    }

    fn start(&mut self, address: u8) {
        assert_eq!(self.chip.start(self.now, address), Ack::Ack);
    }

    /// Sends a command and gives what is between count and CRC of the answer: a status, or data.
    pub(crate) fn run(&mut self, opcode: u8, p1: u8, p2: u16, data: &[u8]) -> Vec<u8> {
        self.commands += 1;
        // CheckMac, Verify, Info, SecureBoot: what may authorise or set the latch.
        self.dirty |= matches!(opcode, 0x28 | 0x45 | 0x30 | 0x80);
        let mut group = vec![data.len() as u8 + 7, opcode, p1];
        group.extend(p2.to_le_bytes());
        group.extend(data);
        group.extend(crc(&group));
        self.start(ADDRESS);
        for byte in [0x03].iter().chain(&group) {
            assert_eq!(self.chip.write(self.now, *byte), Ack::Ack);
        }
        self.chip.stop(self.now);
        self.start(ADDRESS | 1);
        let count = self.chip.read(self.now);
        let mut answer: Vec<u8> = (1..count).map(|_| self.chip.read(self.now)).collect();
        self.chip.stop(self.now);
        answer.truncate(usize::from(count) - 3);
        answer
    }
}
