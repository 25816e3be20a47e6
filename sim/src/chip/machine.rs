//! The chip's memory and registers, which commands work on.

mod io_protection;
pub(crate) mod policy;
pub(crate) mod registers;

use self::registers::{Registers, TempKey};
use super::crypto::rng::Rng;
use super::crypto::sha256::sha256;
use super::memory::eeprom::Eeprom;
use super::memory::layout::{self, Place};
use super::readings::{Alternative, Readings};
use super::rule::{Refused, Rule, forbidden, require, require_legal};
use super::status::Status;
use super::wire::packet::Packet;

/// SelfTest's bit for the random number generator (chip reference 5.18).
pub(crate) const RNG_TEST: u8 = 0x01;
/// The bits of all self tests.
pub(crate) const ALL_TESTS: u8 = 0x3D;
/// What the generator gives until the config zone is locked (chip reference 5.0.8).
const TEST_PATTERN: [u8; 4] = [0xFF, 0xFF, 0x00, 0x00];

pub(crate) struct Machine {
    pub(crate) eeprom: Eeprom,
    pub(crate) registers: Registers,
    /// The persistent latch: lost with the supply only (chip reference 5.0.5).
    pub(crate) latch: bool,
    /// SecureBoot is off until the supply was: this survives sleep (UNVERIFIED, chip reference U23).
    pub(crate) secure_boot_inhibited: bool,
    /// The command counted a use of a limited key, which takes time.
    pub(crate) counted_use: bool,
    /// It counted the use before it asked anything else (the other reading of chip reference U12).
    pub(crate) counted_early: bool,
    /// Self tests that fail when they are run.
    pub(crate) broken_tests: u8,
    pub(crate) rng: Rng,
    pub(crate) readings: Readings,
}

impl Machine {
    pub(crate) fn new(mut eeprom: Eeprom) -> Machine {
        let (seed, rng) = Rng::start(eeprom.seed());
        eeprom.set_seed(seed);
        Machine {
            eeprom,
            registers: Registers::new(),
            latch: false,
            secure_boot_inhibited: false,
            counted_use: false,
            counted_early: false,
            broken_tests: 0,
            rng,
            readings: Readings::default(),
        }
    }

    /// Comes up with random numbers that were not seen before.
    pub(crate) fn restart(&mut self) {
        let (seed, rng) = Rng::start(self.eeprom.seed());
        self.eeprom.set_seed(seed);
        self.rng = rng;
    }

    /// The place of Read and Write. What lies beyond its zone is a parse error (UNVERIFIED, chip reference U5).
    pub(crate) fn decode(&self, zone_bits: u8, p2: u16, block: bool) -> Result<Place, Refused> {
        let unused = p2 & layout::unused_bits(zone_bits);
        let refused = unused != 0 && self.readings.take(Alternative::UnusedAddressBitsRefused);
        require(!refused, Rule::OutsideZone)?;
        let ignored = if self.readings.take(Alternative::UnusedAddressBitsIgnored) { unused } else { 0 };
        let place = Place::decode(zone_bits, p2 & !ignored, block).map_err(|refused| match refused.rule {
            Some(Rule::OutsideZone) if unused == 0 && self.readings.take(Alternative::BeyondZoneRefused) => {
                forbidden(Rule::OutsideZone)
            }
            _ => refused,
        })?;
        if !block || p2 & 7 == 0 {
            return Ok(place);
        }
        // Word bits of a whole block (UNVERIFIED, chip reference D27).
        require_legal(!self.readings.take(Alternative::WordBitsIllegal), Rule::OutsideZone)?;
        let counts = self.readings.take(Alternative::WordBitsOffset);
        Ok(if counts { place.at_word(p2 & 7) } else { place })
    }

    /// p2 as the number of a slot: bits 14:4 are ignored, transport keys are for GenDig only
    /// (chip reference 5.0.7; UNVERIFIED, chip reference U4).
    pub(crate) fn slot(&self, packet: &Packet) -> Result<usize, Refused> {
        let high = packet.p2 >= 0x8000;
        require(!high || !self.readings.take(Alternative::HighKeyIdsRefused), Rule::Param2)?;
        let high = high && !self.readings.take(Alternative::HighKeyIdsIgnored);
        let long = packet.p2 & 0x7FF0 != 0 && self.readings.take(Alternative::KeyIdBitsCount);
        require_legal(!high && !long, Rule::Param2)?;
        Ok(usize::from(packet.p2 & 0xF))
    }

    /// Whether the chip gives this answer to an open point, instead of its own.
    pub(crate) fn takes(&self, alternative: Alternative) -> bool {
        self.readings.take(alternative)
    }

    /// Loses what sleep loses (chip reference 1.8).
    pub(crate) fn forget(&mut self) {
        if self.takes(Alternative::BootSleepLiftsProhibition) {
            self.secure_boot_inhibited = false;
        }
        self.registers = Registers::new();
    }

    /// 32 bytes for Random and Nonce.
    pub(crate) fn random(&mut self) -> Result<[u8; 32], Refused> {
        if !self.eeprom.config_locked() {
            let mut pattern = [0; 32];
            pattern.as_chunks_mut::<4>().0.fill(TEST_PATTERN);
            return Ok(pattern);
        }
        self.require_healthy_rng()?;
        Ok(self.rng.bytes())
    }

    /// The health test in front of every use of the generator. Its failure is remembered unless
    /// ChipOptions says that it clears itself (chip reference 2.3, 4.13).
    pub(crate) fn require_healthy_rng(&mut self) -> Result<(), Refused> {
        if self.broken_tests & RNG_TEST == 0 {
            return Ok(());
        }
        if !self.eeprom.chip_options().auto_clear_first_fail() {
            self.registers.failed_tests |= RNG_TEST;
        }
        Err(Status::HealthTest.into())
    }

    /// Runs self tests and remembers their results; gives the mask of those that failed.
    pub(crate) fn self_test(&mut self, tests: u8) -> u8 {
        let failed = tests & self.broken_tests;
        self.registers.failed_tests = self.registers.failed_tests & !tests | failed;
        failed
    }

    pub(crate) fn invalidate_temp_key(&mut self) {
        self.registers.temp_key = TempKey::invalid();
    }

    pub(crate) fn require_config_locked(&self) -> Result<(), Refused> {
        require(self.eeprom.config_locked(), Rule::ConfigOpen)
    }

    /// The digest of 96 bytes that most commands make: a block, opcode and parameters, three bytes of the
    /// serial number, zeros, a block (chip reference 5.0.9).
    pub(crate) fn command_digest(&self, first: &[u8], head: &[u8; 4], last: &[u8]) -> [u8; 32] {
        let (serial_8, serial_0) = self.serial_parts();
        sha256(&[first, head, &serial_8, &serial_0, &[0; 25], last])
    }

    /// SN[8] and SN[0:1], which most hashed messages contain (chip reference 5.0.9).
    pub(crate) fn serial_parts(&self) -> ([u8; 1], [u8; 2]) {
        let serial = self.serial();
        ([serial[8]], [serial[0], serial[1]])
    }

    /// SN[0:8] as it is hashed (chip reference D22).
    pub(crate) fn serial(&self) -> [u8; 9] {
        let mut serial = self.eeprom.serial();
        if self.readings.take(Alternative::SerialByteFixed) {
            serial[8] = 0xEE;
        }
        serial
    }
}
