//! Chips in a tray, an operator who puts them into a socket, and what goes wrong with them there.

use std::collections::VecDeque;
use std::panic;
use std::path::{Path, PathBuf};

use atecc608::blocking::Atecc608;
use atecc608::{Address, SerialNumber};
use atecc608_cli::Failure;
use atecc608_cli::command::provision::bench::{Seen, Socket};
use atecc608_sim::hal::{I2cError, SimDelay};
use atecc608_sim::preset::Preset;
use atecc608_sim::{Chip, ChipId};
use embedded_hal::i2c::{ErrorType, I2c, Operation};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use testkit::rig::{self, Mishap, Simulated};

/// What a chip is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Good,
    /// It never answers.
    Dead,
    /// It stops answering in the middle, each time.
    Dying,
    /// Somebody else's, locked.
    Foreign,
    /// Not an ATECC608.
    OtherModel,
    /// Somebody has written to its configuration.
    Begun,
}

pub(crate) const fn kind_of(number: u32) -> Kind {
    match number % 40 {
        7 => Kind::Dead,
        11 => Kind::Dying,
        17 => Kind::Foreign,
        23 => Kind::OtherModel,
        31 => Kind::Begun,
        _ => Kind::Good,
    }
}

/// A chip by its number, which says all about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) number: u32,
    pub(crate) kind: Kind,
    /// So often it was put in.
    pub(crate) times: u32,
}

/// The program ends here, as if killed.
pub(crate) struct Killed;

/// The peripheral: as the rig's, but the program may end before or behind any transaction.
pub(crate) struct Peripheral {
    i2c: rig::Socket,
    kill: std::rc::Rc<std::cell::Cell<Option<u32>>>,
}

impl ErrorType for Peripheral {
    type Error = I2cError;
}

impl I2c for Peripheral {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        let left = self.kill.get();
        let result = match left {
            // Half of the stops are before, half behind.
            Some(0) => panic::resume_unwind(Box::new(Killed)),
            _ => self.i2c.transaction(address, operations),
        };
        match left {
            Some(1) => panic::resume_unwind(Box::new(Killed)),
            Some(left) => self.kill.set(Some(left - 2)),
            None => {}
        }
        result
    }
}

/// A chip in the socket.
struct Inside {
    candidate: Candidate,
    chip: Atecc608<Peripheral, SimDelay>,
    _simulated: Simulated,
    /// What became of it was told.
    told: bool,
    /// So long it is in, in looks.
    looks: u32,
}

/// Tray, socket, and the operator's hands. It outlives the program.
pub(crate) struct Tray {
    folder: PathBuf,
    seed: u64,
    random: ChaCha8Rng,
    queue: VecDeque<Candidate>,
    pub(crate) aside: Vec<Candidate>,
    pub(crate) twice: u32,
    pub(crate) mishaps: [u32; 4],
    inside: Option<Inside>,
    kill: std::rc::Rc<std::cell::Cell<Option<u32>>>,
    /// Virtual milliseconds at the bench.
    pub(crate) now: u64,
}

/// What a chip takes from blank to done, about.
const TRANSACTIONS: u32 = 600;
const BYTES: u32 = 2000;
/// More puts a chip aside.
const MOST_TIMES: u32 = 12;

impl Tray {
    pub(crate) fn new(folder: &Path, seed: u64, chips: u32) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut all: Vec<Candidate> =
            (0..chips).map(|number| Candidate { number, kind: kind_of(number), times: 0 }).collect();
        for at in 1..all.len() {
            all.swap(at, random.next_u32() as usize % (at + 1));
        }
        Self {
            folder: folder.to_owned(),
            seed,
            random,
            queue: all.into(),
            aside: Vec::new(),
            twice: 0,
            mishaps: [0; 4],
            inside: None,
            kill: std::rc::Rc::default(),
            now: 0,
        }
    }

    pub(crate) fn path(&self, number: u32) -> PathBuf {
        self.folder.join(format!("{number:05}.eeprom"))
    }

    /// The program ends after so many transactions.
    pub(crate) fn kill_after(&mut self, transactions: Option<u32>) {
        self.kill.set(transactions.map(|transactions| 2 * transactions + self.random.next_u32() % 2));
    }

    pub(crate) fn below(&mut self, most: u32) -> u32 {
        self.random.next_u32() % most
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.inside.is_none()
    }

    /// A chip as it came.
    pub(crate) fn fresh(&self, number: u32, kind: Kind) -> Chip {
        let seed = self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(number.into());
        let mut chip = match kind {
            Kind::Foreign => Preset::NervesKey.chip(seed),
            _ => Chip::blank(seed),
        };
        let mut config = *chip.eeprom().config();
        match kind {
            Kind::OtherModel => config[6..8].copy_from_slice(&[0x50, 0x00]),
            Kind::Begun => config[20] ^= 1,
            _ => return chip,
        }
        chip.eeprom_mut().set_config(&config);
        chip
    }

    fn mishap(&mut self, kind: Kind) -> Option<Mishap> {
        match kind {
            Kind::Dead => return Some(Mishap::Contact { from: 0 }),
            Kind::Dying => return Some(Mishap::Contact { from: 250 }),
            _ => {}
        }
        let which = self.below(12) as usize;
        if let Some(count) = self.mishaps.get_mut(which) {
            *count += 1;
        }
        match which {
            0 | 1 => Some(Mishap::Contact { from: self.below(TRANSACTIONS) }),
            2 => Some(Mishap::BrownOut { at: self.below(TRANSACTIONS) }),
            3 => Some(Mishap::Noise { nth: self.below(BYTES) as usize, len: 400 }),
            _ => None,
        }
    }

    fn put_in(&mut self, mut candidate: Candidate) {
        candidate.times += 1;
        let fresh = self.fresh(candidate.number, candidate.kind);
        let simulated = Simulated::open(self.path(candidate.number), || fresh).unwrap();
        let mishap = self.mishap(candidate.kind);
        let (i2c, delay) = simulated.socket(mishap);
        let chip = Atecc608::new(Peripheral { i2c, kill: self.kill.clone() }, delay);
        self.inside = Some(Inside { candidate, chip, _simulated: simulated, told: false, looks: 0 });
    }

    /// The bench has told what became of the chip.
    pub(crate) fn told(&mut self, is_done: bool, is_refused: bool) {
        let inside = self.inside.as_mut().expect("a chip is told of while it is in");
        inside.told = true;
        let candidate = inside.candidate;
        if is_refused || (!is_done && candidate.times >= MOST_TIMES) {
            self.aside.push(candidate);
        } else if !is_done {
            self.queue.push_back(candidate);
        } else if self.below(20) == 0 {
            // In the wrong tray: it comes again.
            self.twice += 1;
            self.queue.push_back(candidate);
        }
    }

    /// The program was killed. The chip stays in, or is taken out and comes again.
    pub(crate) fn killed(&mut self) {
        self.kill.set(None);
        if self.below(2) == 0
            && let Some(Inside { candidate, told: false, .. }) = self.inside.take()
        {
            self.queue.push_front(candidate);
        }
    }
}

/// The tray, for the bench.
pub(crate) struct Hands<'a>(pub(crate) &'a std::cell::RefCell<Tray>);

impl Socket for Hands<'_> {
    type I2c = Peripheral;
    type Delay = SimDelay;

    fn look(&mut self) -> Result<Option<Seen>, Failure> {
        let mut tray = self.0.borrow_mut();
        let Some(inside) = &mut tray.inside else { return Ok(None) };
        inside.looks += 1;
        Ok(match inside.chip.serial_number() {
            Ok(serial) => Some(Seen { serial: Some(serial) }),
            Err(error) if matches!(error.kind, atecc608::ErrorKind::NoDevice(_)) => None,
            Err(_) => Some(Seen { serial: None }),
        })
    }

    fn with<R>(&mut self, work: impl FnOnce(&mut Atecc608<Peripheral, SimDelay>) -> R) -> Result<R, Failure> {
        let mut tray = self.0.borrow_mut();
        Ok(work(&mut tray.inside.as_mut().expect("a chip is in").chip))
    }

    fn moved(&mut self, to: Address) -> Result<(), Failure> {
        panic!("nothing was to move to {to}");
    }

    /// The operator has a moment: takes out what was told of, and puts the next one in.
    fn wait(&mut self) -> bool {
        let mut tray = self.0.borrow_mut();
        tray.now += 200;
        if let Some(inside) = &tray.inside {
            let (told, silent, candidate) = (inside.told, inside.looks > 10, inside.candidate);
            if told && tray.below(3) == 0 {
                tray.inside = None;
            } else if !told && silent {
                // Nothing happens with it: another try, or it is dead.
                tray.inside = None;
                if candidate.times >= 3 && candidate.kind == Kind::Dead || candidate.times >= MOST_TIMES {
                    tray.aside.push(candidate);
                } else {
                    tray.queue.push_back(candidate);
                }
            }
            return true;
        }
        if tray.below(2) == 0
            && let Some(next) = tray.queue.pop_front()
        {
            tray.put_in(next);
        }
        !tray.is_empty()
    }
}

/// What a chip's file says its number is.
pub(crate) fn serial_of(chip: &Chip) -> SerialNumber {
    let config = chip.eeprom().config();
    let bytes = [&config[..4], &config[8..13]].concat();
    SerialNumber(bytes.try_into().unwrap())
}

/// The public key of a slot, asked of the chip.
pub(crate) fn public_key(simulated: &Simulated, slot: atecc608::Slot) -> atecc608::PublicKey {
    Atecc608::new(simulated.bus.i2c(), simulated.bus.delay()).public_key(slot).unwrap()
}

/// What a chip holds for good.
pub(crate) fn contents(chip: &Chip) -> Vec<Vec<u8>> {
    let eeprom = chip.eeprom();
    let slots = (0..16).map(|slot| eeprom.slot(slot).to_vec());
    slots.chain([eeprom.config().to_vec(), eeprom.otp().to_vec()]).collect()
}

/// The first chip of a bus.
pub(crate) const FIRST: ChipId = ChipId::FIRST;
