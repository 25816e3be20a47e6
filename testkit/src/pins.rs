//! The simulated chip at its pins, with an encoder of its own and what a host that knows every key can do.

use crate::host::{crc, sha256_of};
use crate::keys::{KEY, public_of, sign_outside};
use atecc608_sim::chip::{Ack, Chip, Eeprom, Executed, Nanos, Timing};
use std::sync::LazyLock;

const US: Nanos = 1_000;
/// The chip's address byte: every chip wakes with the open configuration.
const ADDRESS: u8 = 0xC0;

/// X and Y of the public key in every slot that is large enough.
pub static PUBLIC: LazyLock<[u8; 64]> = LazyLock::new(|| public_of(&KEY));

/// A signature by its private key.
pub fn sign(digest: &[u8; 32]) -> Vec<u8> {
    sign_outside(digest).as_bytes().to_vec()
}

/// What a slot holds. It serves as a secret, as AES keys, as a private key (4 pad bytes first), and in
/// slots 8 to 15 as a public key, valid or not. As CountMatch's limit it is none: byte 3 makes it too large.
pub fn contents(slot: usize, valid: bool) -> Vec<u8> {
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
pub enum TempKey {
    /// What it happens to be: nobody looks.
    Any,
    /// Nonce passed a value through.
    Fixed,
    /// Nonce with random numbers.
    Random,
    /// One of the two, then GenDig with a slot.
    GenDig {
        /// The slot.
        slot: usize,
        /// Nonce had random numbers.
        random: bool,
    },
    /// One of the two, then GenKey's digest of the public key in a slot.
    PublicDigest {
        /// The slot.
        slot: usize,
        /// Nonce had random numbers.
        random: bool,
    },
}

impl TempKey {
    /// SourceFlag is clear.
    pub fn is_random(self) -> bool {
        matches!(
            self,
            Self::Random | Self::GenDig { random: true, .. } | Self::PublicDigest { random: true, .. }
        )
    }
}

/// The state a command finds.
#[derive(Debug, Clone, Copy)]
pub struct Before {
    /// The slot whose key an authorisation was made with.
    pub authorised: Option<usize>,
    /// The persistent latch is set.
    pub latch: bool,
    /// Where TempKey comes from.
    pub temp_key: TempKey,
    /// The public keys are valid.
    pub valid: bool,
}

/// A chip whose registers are set up under an open configuration, and which then finds itself with another.
#[derive(Debug)]
pub struct Rig {
    chip: Chip,
    now: Nanos,
    /// Memory before each command but for the configuration: with valid and invalid public keys.
    memory: [Eeprom; 2],
    /// TempKey, if it is valid.
    pub temp_key: [u8; 32],
    /// How many were run.
    pub commands: u64,
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
    /// A chip that holds [`contents`] in every slot.
    #[allow(clippy::new_without_default, reason = "a chip is not a default")]
    pub fn new() -> Rig {
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
    pub fn own_bytes(&self) -> [u8; 16] {
        *self.memory[0].config().first_chunk().unwrap()
    }

    /// The memory as it is.
    pub fn memory(&self) -> &Eeprom {
        self.chip.eeprom()
    }

    /// The memory, to be changed behind the chip's back.
    pub fn memory_mut(&mut self) -> &mut Eeprom {
        self.chip.eeprom_mut()
    }

    /// The last command: what it came to.
    pub fn last(&self) -> Executed {
        *self.chip.executed().last().expect("a command")
    }

    /// Bytes 8, 0 and 1 of the serial number.
    pub fn serial(&self) -> [u8; 3] {
        let own = self.own_bytes();
        [own[12], own[0], own[1]]
    }

    /// Puts the chip in a state, then gives it the configuration.
    pub fn prepare(&mut self, before: &Before, config: &[u8; 128]) {
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
    pub fn configure(&mut self, config: &[u8; 128]) {
        self.chip.eeprom_mut().set_config(config);
    }

    fn wake(&mut self, after: Nanos) {
        let from = self.now + after;
        self.now = from + 80 * US;
        self.chip.sda_low(from, self.now);
    }

    /// CheckMac with the slot's key and a challenge of zeros, answered as a host that knows the key does.
    pub fn check_mac(&mut self, slot: usize, p1: u8) -> Vec<u8> {
        let temp_key = self.temp_key;
        let second = if p1 & 1 == 0 { [0; 32] } else { temp_key };
        let [sn8, sn0, sn1] = self.serial();
        let first = &self.memory().slot(slot)[..32].to_vec();
        let response = sha256_of(&[first, &second, &[0; 12], &[0; 3], &[sn8], &[0; 4], &[sn0, sn1], &[0; 2]]);
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
                self.temp_key = sha256_of(&[&random, &[0; 20], &[0x16, 0, 0]]);
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
                self.temp_key = sha256_of(&[&key, &head, &[0; 25], &self.temp_key]);
            }
            TempKey::PublicDigest { slot, .. } => {
                let config = *self.memory().config();
                self.configure(&open(config, true));
                assert_eq!(self.run(0x40, 0x10, slot as u16, &[0; 3]), [0], "digest");
                let head = [0x40, 0, 0, 0, sn8, sn0, sn1];
                self.temp_key = sha256_of(&[&self.temp_key, &head, &[0; 25], &PUBLIC[..]]);
            }
            _ => {}
        }
    }

    fn start(&mut self, address: u8) {
        assert_eq!(self.chip.start(self.now, address), Ack::Ack);
    }

    /// Sends a command and gives what is between count and CRC of the answer: a status, or data.
    pub fn run(&mut self, opcode: u8, p1: u8, p2: u16, data: &[u8]) -> Vec<u8> {
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
