//! The guarantees, checked from behind the chip's back.

use crate::answer::{Answer, Fail, Outcome};
use crate::chips::{self, Pace};
use crate::fault::{Fault, Transfer};
use crate::nack_report::NackReport;
use crate::names;
use crate::op::Op;
use crate::sweep::Driver;
use crate::wire::{Control, Script};
use atecc608::PublicKey;
use atecc608_sim::chip::{Eeprom, Executed, Outcome as Said, Status};
use atecc608_sim::{Bus, ChipId};
use std::collections::BTreeMap;
use testkit::{Locks, public_of, verifies};

/// An operation on its chip, and how it goes undisturbed.
pub(crate) struct Scene {
    pub(crate) op: Op,
    pub(crate) locks: Locks,
    /// Whether the driver knows beforehand that the chip is idle or asleep.
    pub(crate) settled: bool,
    pace: Pace,
    before: Eeprom,
    after: Eeprom,
    outcome: Outcome,
    changes: BTreeMap<(u8, u8, u16), usize>,
    pub(crate) transfers: Vec<Transfer>,
}

/// A chip, and a driver whose bus can be disturbed.
pub(crate) struct Stage<D> {
    pub(crate) bus: Bus,
    pub(crate) control: Control,
    pub(crate) driver: D,
}

impl<D: Driver> Stage<D> {
    pub(crate) fn of(eeprom: &Eeprom, settled: bool, report: NackReport) -> Stage<D> {
        Stage::paced(eeprom, settled, Pace::Fast, report)
    }

    pub(crate) fn paced(eeprom: &Eeprom, settled: bool, pace: Pace, report: NackReport) -> Stage<D> {
        let (bus, control) = (Bus::new(), Control::telling(report));
        bus.restart_trace(400);
        bus.add(chips::paced(eeprom, pace));
        let mut driver = D::on(&bus, &control);
        if settled {
            driver.run(Op::Revision).expect("undisturbed");
        }
        control.plan(Vec::new());
        Stage { bus, control, driver }
    }

    pub(crate) fn eeprom(&self) -> Eeprom {
        self.bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().clone())
    }

    /// The commands that changed the chip, and how often they ran.
    fn changes(&self) -> BTreeMap<(u8, u8, u16), usize> {
        let log = self.bus.with_chip(ChipId::FIRST, |chip| chip.executed().to_vec());
        let mut changes = BTreeMap::new();
        for command in log.iter().filter(|command| changes_the_chip(command)) {
            // Lock's is a CRC, of a certificate that is another each time for instance.
            let p2 = if command.opcode == 0x17 { 0 } else { command.p2 };
            *changes.entry((command.opcode, command.p1, p2)).or_insert(0) += 1;
        }
        changes
    }
}

/// Writes, locks, counts, makes keys.
fn changes_the_chip(command: &Executed) -> bool {
    let ok = !matches!(command.outcome, Said::Status(status) if status != Status::Success);
    let kind = match (command.opcode, command.p1) {
        // Counter: increment. GenKey: create, not for TempKey. SecureBoot: copy.
        (0x24, p1) => p1 == 1,
        (0x40, p1) => p1 & 0x04 != 0 && command.p2 != 0xFFFF,
        (0x80, p1) => p1 & 0x07 == 0x07,
        // Write, Lock, UpdateExtra, PrivWrite, DeriveKey.
        (opcode, _) => matches!(opcode, 0x12 | 0x17 | 0x20 | 0x46 | 0x1C),
    };
    ok && kind
}

impl Scene {
    /// Plays it once without a fault.
    pub(crate) fn of<D: Driver>(op: Op, locks: Locks, settled: bool, report: NackReport) -> Scene {
        Scene::paced::<D>(op, locks, settled, Pace::Fast, report)
    }

    pub(crate) fn paced<D: Driver>(
        op: Op,
        locks: Locks,
        settled: bool,
        pace: Pace,
        report: NackReport,
    ) -> Scene {
        let before = chips::eeprom(op, locks);
        let mut stage = Stage::<D>::paced(&before, settled, pace, report);
        let outcome = stage.driver.run(op);
        let transfers = stage.control.calm(&stage.bus).transfers;
        stage.bus.advance(100_000_000);
        let (after, changes) = (stage.eeprom(), stage.changes());
        Scene { op, locks, settled, pace, before, after, outcome, changes, transfers }
    }

    pub(crate) fn stage<D: Driver>(&self, report: NackReport) -> Stage<D> {
        Stage::paced(&self.before, self.settled, self.pace, report)
    }

    /// Whether it succeeds when nobody disturbs it.
    pub(crate) fn succeeds(&self) -> bool {
        self.outcome.is_ok()
    }

    /// Looks at an outcome on a disturbed stage; runs the next operation. What was broken.
    pub(crate) fn check<D: Driver>(
        &self,
        stage: &mut Stage<D>,
        outcome: &Outcome,
        script: &Script,
        probe: usize,
    ) -> Vec<String> {
        let mut broken = Vec::new();
        let mut next = next_works(stage, self.locks, probe);
        if next.is_err() && sleep_was_lost(script) {
            next = next_works(stage, self.locks, probe);
        }
        broken.extend(next.err().map(|why| format!("2: the next operation: {why}")));
        stage.bus.advance(2_000_000_000);
        let now = stage.eeprom();

        match (outcome, &self.outcome) {
            (Ok(answer), Ok(undisturbed)) => {
                if !answer.is_true(undisturbed, &now) {
                    broken.push(format!("4: a wrong answer: {answer:02X?}"));
                }
                if let Some(what) = self.differs(&now) {
                    broken.push(format!("4: success, but {what}"));
                }
            }
            (Ok(answer), Err(_)) => broken.push(format!("4: success where there is none: {answer:02X?}")),
            (Err(fail), undisturbed) => {
                if !names::named(self.op, script, fail) && undisturbed.as_ref().err() != Some(fail) {
                    broken.push(format!("1: the error names something else: {fail:?}"));
                }
                if self.changed_for_ever(&now) && !says_so(fail) {
                    broken.push(format!("5: done for ever, and not said: {fail:?}"));
                }
            }
        }
        broken.extend(self.aftermath(stage, &now));
        broken
    }

    /// The same after the operation was cut off, or was done first.
    pub(crate) fn check_cut<D: Driver>(
        &self,
        stage: &mut Stage<D>,
        outcome: Option<&Outcome>,
        probe: usize,
    ) -> Vec<String> {
        match outcome {
            Some(outcome) => self.check(stage, outcome, &Script::default(), probe),
            None => {
                let next = next_works(stage, self.locks, probe);
                let now = stage.eeprom();
                let mut broken = self.aftermath(stage, &now);
                broken.extend(next.err().map(|why| format!("2: the next operation: {why}")));
                broken
            }
        }
    }

    /// What happened twice, or by accident.
    fn aftermath<D: Driver>(&self, stage: &Stage<D>, now: &Eeprom) -> Vec<String> {
        let mut broken = Vec::new();
        for (command, times) in stage.changes() {
            let undisturbed = self.changes.get(&command).copied().unwrap_or(0);
            if times > undisturbed {
                broken.push(format!("3: {command:02X?} ran {times} times, not {undisturbed}"));
            }
        }
        if let Some(what) = self.strays(now) {
            broken.push(format!("3: {what}"));
        }
        broken
    }

    /// Holds something else each time.
    fn is_fresh(&self, slot: usize) -> bool {
        [self.op.key_slot(), self.op.certificate_slot()].contains(&Some(slot))
    }

    /// How the memory differs from what it is after the undisturbed operation.
    fn differs(&self, now: &Eeprom) -> Option<String> {
        let slots = (0..16).find(|slot| !self.is_fresh(*slot) && now.slot(*slot) != self.after.slot(*slot));
        if let Some(slot) = slots {
            return Some(format!("slot {slot} holds {:02X?}", now.slot(slot)));
        }
        let same = now.config() == self.after.config() && now.otp() == self.after.otp();
        (!same).then(|| format!("configuration or OTP differ: {:02X?}", now.config()))
    }

    /// What is in the memory that was there neither before nor after the undisturbed operation.
    fn strays(&self, now: &Eeprom) -> Option<String> {
        let stray = |now: &[u8], before: &[u8], after: &[u8]| {
            now.iter()
                .zip(before.iter().zip(after))
                .position(|(now, (before, after))| now != before && now != after)
        };
        for slot in (0..16).filter(|slot| !self.is_fresh(*slot)) {
            if let Some(byte) = stray(now.slot(slot), self.before.slot(slot), self.after.slot(slot)) {
                return Some(format!("byte {byte} of slot {slot} is a stray"));
            }
        }
        let config = stray(now.config(), self.before.config(), self.after.config());
        let otp = stray(now.otp(), self.before.otp(), self.after.otp());
        (config.or(otp)).map(|byte| format!("byte {byte} of configuration or OTP is a stray"))
    }

    /// Counters, locks, one-time bytes, private keys.
    fn changed_for_ever(&self, now: &Eeprom) -> bool {
        let key = self.op.key_slot().or((self.op == Op::WritePrivateKey).then_some(7));
        let key = key.or((self.op == Op::WritePrivateKeyEncrypted).then_some(7));
        now.config()[52..68] != self.before.config()[52..68]
            || now.config()[84..90] != self.before.config()[84..90]
            || key.is_some_and(|slot| now.slot(slot) != self.before.slot(slot))
    }
}

/// Of several faults the last has changed the word address of the last write, which told the chip to sleep, and the
/// chip has acknowledged it. The driver takes it for asleep then, while it is awake, for a time that nobody knows: its
/// watchdog may cut into the next operation. The one after that has to work. One fault alone never does this.
fn sleep_was_lost(script: &Script) -> bool {
    let [_, .., (place, Fault::FlipWrite(_))] = script.fired[..] else { return false };
    place.byte == 1 && place.transfer + 1 == script.transfers.len()
}

fn says_so(fail: &Fail) -> bool {
    match fail {
        Fail::Chip(failure) => failure.may_have_run(),
        Fail::Locked(_) => true,
        Fail::Config(_) => false,
    }
}

/// Reads the configuration, or makes a signature, at once.
fn next_works<D: Driver>(stage: &mut Stage<D>, locks: Locks, probe: usize) -> Result<(), String> {
    let signs = locks == Locks::Both && probe.is_multiple_of(4);
    if signs && stage.eeprom().slot(2)[4..36] == testkit::KEY {
        let outcome = stage.driver.run(Op::SignDigest);
        // A GenKey that was still at work has replaced it since.
        let key = stage.eeprom().slot(2)[4..36].try_into().map(|key| PublicKey::from_bytes(public_of(&key)));
        return match outcome {
            Ok(Answer::Signature(digest, signature)) if verifies(&key.unwrap(), &digest, &signature) => {
                Ok(())
            }
            other => Err(format!("{other:02X?}")),
        };
    }
    match stage.driver.run(Op::ReadConfig) {
        Ok(Answer::Bytes(read)) if read == *stage.eeprom().config() => Ok(()),
        other => Err(format!("{other:02X?}")),
    }
}
