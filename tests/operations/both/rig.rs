//! A chip on a bus with the driver's handle, and looks behind its back.

use super::Atecc608;
use atecc608::LowPower;
use atecc608::config::{ConfigZone, preset};
use atecc608::wire::Opcode;
use atecc608_sim::chip::{Eeprom, Executed, Outcome, PowerState, Status};
use atecc608_sim::hal::SimI2c;
use atecc608_sim::{Bus, Chip, ChipId};
use testkit::hook::{Hook, HookDelay};
use testkit::{KEY, Locks, WORKBENCH, set_slot};

/// Driver, bus, and the only chip on it.
pub(crate) struct Rig {
    pub(crate) chip: Atecc608<SimI2c, HookDelay>,
    pub(crate) bus: Bus,
    pub(crate) hook: Hook,
    /// Commands that [`Rig::executed`] has told already.
    told: usize,
}

/// A handle with settings of its own, whose bus nobody looks at.
pub(crate) struct Bare<C> {
    pub(crate) chip: C,
}

impl<C> Bare<C> {
    pub(crate) fn assert_at_rest(&self) {}
}

impl Rig {
    /// The driver for a chip that is prepared.
    pub(crate) fn of(chip: Chip) -> Rig {
        let bus = Bus::new();
        bus.add(chip);
        let hook = Hook::default();
        let chip = Atecc608::new(bus.i2c(), HookDelay::new(&bus, &hook));
        Rig { chip, bus, hook, told: 0 }
    }

    /// As it leaves the factory.
    pub(crate) fn blank() -> Rig {
        Rig::of(Chip::blank(608))
    }

    /// A chip whose configuration `edit` has changed, in a lock state.
    pub(crate) fn configured(locks: Locks, edit: impl FnOnce(&mut [u8; 128])) -> Rig {
        let rig = Rig::blank();
        rig.poke(|eeprom| {
            let mut zone = *eeprom.config();
            edit(&mut zone);
            locks.apply(&mut zone);
            eeprom.set_config(&zone);
        });
        rig
    }

    /// The vendor's test configuration (chip reference 6.1) with [`KEY`] in slots 0 and 2, and its public
    /// key in slots 11, 14 (not validated) and 15.
    pub(crate) fn workbench(locks: Locks) -> Rig {
        Rig::workbench_but(locks, |_| {})
    }

    /// The same, but for what `edit` changes.
    pub(crate) fn workbench_but(locks: Locks, edit: impl FnOnce(&mut [u8; 128])) -> Rig {
        let rig = Rig::configured(locks, |zone| {
            let (extra, lock) = (84..86, 86..88);
            zone[16..84].copy_from_slice(&WORKBENCH[..68]);
            zone[88..].copy_from_slice(&WORKBENCH[72..]);
            zone[extra].fill(0);
            zone[lock].fill(0x55);
            edit(zone);
        });
        rig.poke(|eeprom| {
            let public = testkit::public_of(&KEY);
            eeprom.set_private_key(0, &KEY);
            eeprom.set_private_key(2, &KEY);
            for slot in [11, 14, 15] {
                eeprom.set_public_key(slot, &public);
            }
            eeprom.set_slot(14, &[0xA0]);
        });
        rig
    }

    /// The device of the preset.
    pub(crate) fn gcp(locks: Locks) -> Rig {
        Rig::configured(locks, |zone| *zone = *preset::gcp_device(&ConfigZone::from_bytes(*zone)).as_bytes())
    }

    /// The device of the preset with certificates; [`KEY`] in slot 0.
    pub(crate) fn x509(locks: Locks) -> Rig {
        let preset = |zone: [u8; 128]| *preset::x509_device(&ConfigZone::from_bytes(zone)).as_bytes();
        let rig = Rig::configured(locks, |zone| *zone = preset(*zone));
        rig.poke(|eeprom| eeprom.set_private_key(0, &KEY));
        rig
    }

    /// Sixteen slots with the same configuration, each with its own [`pattern`].
    pub(crate) fn uniform(locks: Locks, slot_config: u16, key_config: u16) -> Rig {
        let rig = Rig::configured(locks, |zone| {
            (0..16).for_each(|slot| set_slot(zone, slot, slot_config, key_config));
        });
        rig.poke(|eeprom| {
            for slot in 0..16 {
                eeprom.set_slot(slot, &pattern(slot));
            }
        });
        rig
    }

    /// Sixteen slots of clear data.
    pub(crate) fn open(locks: Locks) -> Rig {
        Rig::uniform(locks, 0x0F0F, 0x003C)
    }

    /// The same after an operation: the driver knows the chip's state, the log is empty.
    pub(crate) fn settled(mut self) -> Rig {
        go!(self.chip.revision()).expect("a chip");
        self.executed();
        self
    }

    /// Left in another state after each operation.
    pub(crate) fn with_low_power(mut self, low_power: LowPower) -> Rig {
        self.chip = self.chip.with_low_power(low_power);
        self
    }

    /// Changes the memory behind the chip's back.
    pub(crate) fn poke(&self, change: impl FnOnce(&mut Eeprom)) {
        self.bus.with_chip(ChipId::FIRST, |chip| change(chip.eeprom_mut()));
    }

    /// A copy of the memory.
    pub(crate) fn eeprom(&self) -> Eeprom {
        self.bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().clone())
    }

    /// The configuration zone.
    pub(crate) fn config(&self) -> ConfigZone {
        ConfigZone::from_bytes(*self.eeprom().config())
    }

    /// What the chip does.
    pub(crate) fn state(&self) -> PowerState {
        let now = self.bus.now();
        self.bus.with_chip(ChipId::FIRST, |chip| chip.state(now))
    }

    pub(crate) fn assert_at_rest(&self) {
        let state = self.state();
        assert!(matches!(state, PowerState::Asleep | PowerState::Idle), "the chip was left {state:?}");
    }

    /// The commands executed since the last call.
    pub(crate) fn log(&mut self) -> Vec<Executed> {
        let log = self.bus.with_chip(ChipId::FIRST, |chip| chip.executed().to_vec());
        let new = log[self.told..].to_vec();
        self.told = log.len();
        new
    }

    /// The opcodes executed since the last call.
    pub(crate) fn executed(&mut self) -> Vec<u8> {
        self.log().iter().map(|command| command.opcode).collect()
    }

    /// The same, only those that succeeded.
    pub(crate) fn succeeded(&mut self) -> Vec<u8> {
        let ok = |command: &&Executed| !matches!(command.outcome, Outcome::Status(s) if s != Status::Success);
        self.log().iter().filter(ok).map(|command| command.opcode).collect()
    }

    /// Runs `call` and checks that not a bit goes over the bus meanwhile.
    #[track_caller]
    pub(crate) fn silently<T>(&mut self, call: impl FnOnce(&mut Rig) -> T) -> T {
        let before = self.bus.counters();
        let result = call(self);
        assert_eq!(self.bus.counters(), before, "something was sent");
        result
    }
}

/// Contents of a slot that no other slot has.
pub(crate) fn pattern(slot: usize) -> Vec<u8> {
    (0..testkit::slot_size(slot)).map(|i| (slot * 53 + i * 7 + i / 32 + 1) as u8).collect()
}

/// A list of opcodes as bytes.
pub(crate) fn opcodes(list: &[Opcode]) -> Vec<u8> {
    list.iter().map(|opcode| opcode.to_byte()).collect()
}
