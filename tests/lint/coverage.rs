//! Which permissions were compared, and how often.

use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::config::explain::{Action, Stage};
use testkit::configurations::Xorshift;
use testkit::probe::Spoil;

/// Slots that the rules tell apart: by size, and by whether they have a next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    SmallEven,
    SmallOdd,
    /// Slot 8.
    Large,
    MediumEven,
    MediumOdd,
}

impl Class {
    const ALL: [Class; 5] =
        [Class::SmallEven, Class::SmallOdd, Class::Large, Class::MediumEven, Class::MediumOdd];

    fn of(slot: Slot) -> Class {
        match (slot.number(), slot.number() % 2) {
            (0..8, 0) => Class::SmallEven,
            (0..8, _) => Class::SmallOdd,
            (8, _) => Class::Large,
            (_, 0) => Class::MediumEven,
            _ => Class::MediumOdd,
        }
    }

    fn is_small(self) -> bool {
        matches!(self, Class::SmallEven | Class::SmallOdd)
    }

    fn is_odd(self) -> bool {
        matches!(self, Class::SmallOdd | Class::MediumOdd)
    }
}

/// A permission to look at.
pub(crate) type Place = (Slot, Action, Stage);

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cell {
    pub(crate) given: u64,
    pub(crate) refused: u64,
}

/// The count for each action, class of slot and stage, and for each term that was spoilt.
#[derive(Clone)]
pub(crate) struct Coverage {
    cells: Vec<Cell>,
    spoilt: Vec<(Spoil, u64)>,
}

impl Coverage {
    pub(crate) fn new() -> Coverage {
        Coverage {
            cells: vec![Cell::default(); Action::ALL.len() * Class::ALL.len() * Stage::ALL.len()],
            spoilt: Spoil::KINDS.map(|spoil| (spoil, 0)).to_vec(),
        }
    }

    fn index(action: Action, class: Class, stage: Stage) -> usize {
        let action = Action::ALL.iter().position(|other| *other == action).unwrap();
        let class = Class::ALL.iter().position(|other| *other == class).unwrap();
        (action * Class::ALL.len() + class) * Stage::ALL.len() + stage as usize
    }

    fn cell(&mut self, (slot, action, stage): Place) -> &mut Cell {
        &mut self.cells[Self::index(action, Class::of(slot), stage)]
    }

    pub(crate) fn given(&mut self, place: Place) {
        self.cell(place).given += 1;
    }

    pub(crate) fn refused(&mut self, place: Place) {
        self.cell(place).refused += 1;
    }

    pub(crate) fn spoilt(&mut self, spoil: Spoil) {
        let count = self.spoilt.iter_mut().find(|(other, _)| *other == spoil).unwrap();
        count.1 += 1;
    }

    /// Where to look in this configuration: at what was given least so far, or refused least.
    pub(crate) fn choose(&mut self, zone: &ConfigZone, random: &mut Xorshift) -> Place {
        let given = random.below(2) == 0;
        let mut best = None;
        let boot = zone.secure_boot();
        let mut places = vec![
            (boot.digest_slot(), Action::SecureBootStore, Stage::Locked),
            (boot.key_slot(), Action::SecureBootKey, Stage::Locked),
        ];
        places.extend((0..120).map(|_| any_place(random)));
        for (slot, action, stage) in places {
            if zone.permission(slot, action, stage).is_some() != given {
                continue;
            }
            let cell = *self.cell((slot, action, stage));
            let count = if given { cell.given } else { cell.refused };
            if best.is_none_or(|(least, _)| count < least) {
                best = Some((count, (slot, action, stage)));
            }
        }
        best.map_or((Slot::S0, Action::Read, Stage::Locked), |(_, place)| place)
    }

    pub(crate) fn add(&mut self, other: &Coverage) {
        for (cell, more) in self.cells.iter_mut().zip(&other.cells) {
            cell.given += more.given;
            cell.refused += more.refused;
        }
        for (count, more) in self.spoilt.iter_mut().zip(&other.spoilt) {
            count.1 += more.1;
        }
    }

    pub(crate) fn total(&self) -> (u64, u64, u64) {
        let given = self.cells.iter().map(|cell| cell.given).sum();
        let refused = self.cells.iter().map(|cell| cell.refused).sum();
        (given, refused, self.spoilt.iter().map(|(_, count)| count).sum())
    }

    /// The smallest counts: permissions given, refused, terms spoilt.
    pub(crate) fn least(&self) -> (u64, u64, u64) {
        let mut least = (u64::MAX, u64::MAX);
        for (action, class, stage) in all_cells() {
            let cell = self.cells[Self::index(action, class, stage)];
            least.1 = least.1.min(cell.refused);
            if can_be_given(action, class, stage) {
                least.0 = least.0.min(cell.given);
            }
        }
        (least.0, least.1, self.spoilt.iter().map(|(_, count)| *count).min().unwrap())
    }

    /// Every permission that there can be was given and refused so often, every other one refused, every
    /// term spoilt.
    pub(crate) fn demand(&self, given: u64, refused: u64, spoilt: u64) {
        for (action, class, stage) in all_cells() {
            let cell = self.cells[Self::index(action, class, stage)];
            let place = format!("{action}, {class:?}, {stage}: {cell:?}");
            assert!(cell.refused >= refused, "{place}");
            assert_eq!(cell.given > 0, can_be_given(action, class, stage), "{place}");
            assert!(cell.given >= given || cell.given == 0, "{place}");
        }
        for (spoil, count) in &self.spoilt {
            assert!(*count >= spoilt, "{spoil:?}: {count}");
        }
    }
}

fn any_place(random: &mut Xorshift) -> Place {
    // Slot 8 is a class of its own.
    let slot = Slot::new(random.below(22) as u8).unwrap_or(Slot::S8);
    let stage = match random.below(10) {
        0 => Stage::Unlocked,
        1..5 => Stage::ConfigLocked,
        _ => Stage::Locked,
    };
    (slot, Action::ALL[random.below(Action::ALL.len())], stage)
}

fn all_cells() -> impl Iterator<Item = (Action, Class, Stage)> {
    let places = Class::ALL.into_iter().flat_map(|class| Stage::ALL.map(|stage| (class, stage)));
    places.flat_map(|(class, stage)| Action::ALL.map(|action| (action, class, stage)))
}

/// What no configuration permits (chip reference 4.16, 5.0.8, 5.2, 5.5).
fn can_be_given(action: Action, class: Class, stage: Stage) -> bool {
    use Action as A;
    let public_key = matches!(action, A::Verify | A::Validate | A::PublicKeyDigest | A::SecureBootKey);
    let after_both = matches!(action, A::Read | A::ReadEncrypted | A::WriteWord | A::SignInternal)
        || matches!(action, A::SecureBootKey | A::SecureBootStore);
    match stage {
        Stage::Unlocked => false,
        Stage::ConfigLocked if after_both => false,
        Stage::Locked if action == A::PrivWrite => false,
        _ if public_key => !class.is_small(),
        _ if action == A::EcdhNextSlot => !class.is_odd(),
        _ if action == A::Copy => class.is_odd(),
        _ => true,
    }
}
