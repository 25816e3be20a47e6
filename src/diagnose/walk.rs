//! One command, rule by rule.

use super::{Diagnosis, Rule, Seen};
use crate::command::Model;
use crate::config::explain::{Action, Ask, Needs, ensure};
use crate::config::{ConfigZone, KeyFlags};
use crate::memory::Slot;
use crate::wire::{Opcode, Request};

/// A rule that no state can make good.
pub(super) type Checked = Result<(), Rule>;

pub(super) struct Walk<'a> {
    pub(super) zone: &'a ConfigZone,
    pub(super) seen: &'a Seen,
    pub(super) p1: u8,
    pub(super) p2: u16,
    /// Bytes of data.
    pub(super) len: usize,
    request: &'a Request<'a>,
    pub(super) diagnosis: Diagnosis,
}

impl<'a> Walk<'a> {
    pub(super) fn new(zone: &'a ConfigZone, seen: &'a Seen, request: &'a Request<'a>) -> Self {
        let len = request.data().iter().map(|piece| piece.len()).sum();
        let Request { p1, p2, .. } = *request;
        Self { zone, seen, p1, p2, len, request, diagnosis: Diagnosis::NOTHING }
    }

    pub(super) fn command(&mut self) -> Checked {
        let opcode = self.request.opcode;
        self.model(opcode)?;
        match opcode {
            Opcode::Aes => self.aes(),
            Opcode::CheckMac => self.check_mac(),
            Opcode::Counter => self.counter(),
            Opcode::DeriveKey => self.derive_key(),
            Opcode::Ecdh => self.ecdh(),
            Opcode::GenDig => self.gen_dig(),
            Opcode::GenKey => self.gen_key(),
            Opcode::Info => self.info(),
            Opcode::Kdf => self.kdf(),
            Opcode::Lock => self.lock(),
            Opcode::Mac => self.mac(),
            Opcode::Nonce => self.nonce(),
            Opcode::PrivWrite => self.priv_write(),
            Opcode::Random => self.random(),
            Opcode::Read => self.read(),
            Opcode::SecureBoot => self.secure_boot(),
            Opcode::SelfTest => self.self_test(),
            Opcode::Sha => self.sha(),
            Opcode::Sign => self.sign(),
            Opcode::UpdateExtra => self.update_extra(),
            Opcode::Verify => self.verify(),
            Opcode::Write => self.write(),
        }
    }

    fn model(&self, opcode: Opcode) -> Checked {
        let model = self.zone.revision().model();
        let newer = matches!(opcode, Opcode::Aes | Opcode::Kdf | Opcode::SecureBoot | Opcode::SelfTest);
        ensure(!(newer && model == Model::Atecc508A), Rule::Model { model })
    }

    /// A byte of the data.
    pub(super) fn data(&self, index: usize) -> u8 {
        self.request.data().iter().flat_map(|piece| piece.iter()).nth(index).copied().unwrap_or(0)
    }

    pub(super) fn length(&self, fits: bool) -> Checked {
        ensure(fits, Rule::Length)
    }

    pub(super) fn no_data(&self) -> Checked {
        self.length(self.len == 0)
    }

    /// p2 as a slot's number: bits 14:4 are ignored (UNVERIFIED, chip reference U4).
    pub(super) fn slot(&self) -> Result<Slot, Rule> {
        ensure(self.p2 < 0x8000, Rule::Param2)?;
        Ok(Slot::from_nibble(self.p2 as u8))
    }

    pub(super) fn config_locked(&self) -> Checked {
        ensure(self.zone.is_config_locked(), Rule::ConfigUnlocked)
    }

    pub(super) fn data_locked(&self) -> bool {
        self.zone.is_data_locked()
    }

    /// The rules for a slot as they are in force now.
    pub(super) fn ask(&self, slot: Slot) -> Ask<'a> {
        Ask::new(self.zone, slot, self.data_locked())
    }

    /// Permission, and all that it needs but an encryption key.
    pub(super) fn permission(&mut self, slot: Slot, action: Action) -> Checked {
        let needs = self.ask(slot).permission(action)?;
        self.needs(slot, &needs);
        Ok(())
    }

    pub(super) fn needs(&mut self, slot: Slot, needs: &Needs) {
        if let Some(key) = needs.valid {
            self.state(self.seen.key(key), Rule::NotValidated { slot: key });
        }
        if needs.not_valid {
            self.state(self.seen.key(slot).map(|valid| !valid), Rule::Validated { slot });
        }
        if needs.random {
            self.random_temp_key(Rule::Random { slot });
        }
        if needs.latch {
            self.latch(slot);
        }
        if needs.counted {
            self.limit(slot);
        }
        if let Some(key) = needs.authorised_by {
            self.authorised(key, Rule::Authorisation { slot, key });
        }
    }

    /// Something that is there, is not, or of which nothing is known.
    pub(super) fn state(&mut self, holds: Option<bool>, rule: Rule) {
        match holds {
            Some(true) => {}
            Some(false) => self.diagnosis.certain(rule),
            None => self.diagnosis.candidate(rule),
        }
    }

    /// Nothing tells.
    pub(super) fn hidden(&mut self, rule: Rule) {
        self.state(None, rule);
    }

    pub(super) fn latch(&mut self, slot: Slot) {
        let asked =
            self.data_locked() && self.zone.key_config(slot).flags().contains(KeyFlags::PERSISTENT_DISABLE);
        if asked {
            self.state(self.seen.latch, Rule::Latch { slot });
        }
    }

    /// The limit of Counter0 stands in a slot, which may be secret.
    pub(super) fn limit(&mut self, slot: Slot) {
        if let Some(limit) = self.zone.count_match() {
            self.hidden(Rule::LimitReached { slot, limit });
        }
    }

    pub(super) fn authorised(&mut self, key: Slot, rule: Rule) {
        self.state(self.seen.authorised.map(|slot| slot == Some(key)), rule);
    }

    /// Valid, and no private key: that no flag shows.
    pub(super) fn temp_key(&mut self) {
        self.state(self.seen.temp_key.filter(|valid| !valid), Rule::TempKey);
    }

    pub(super) fn temp_key_upper(&mut self) {
        self.temp_key();
        self.hidden(Rule::TempKeyUpper);
    }

    pub(super) fn random_temp_key(&mut self, rule: Rule) {
        self.temp_key();
        self.state(self.seen.from_input.map(|input| !input), rule);
    }

    /// For commands whose p1 tells SourceFlag.
    pub(super) fn temp_key_from(&mut self) {
        let told = self.p1 & 4 != 0;
        self.state(self.seen.from_input.map(|input| input == told), Rule::TempKeySource);
        self.temp_key();
    }

    pub(super) fn temp_key_makes_macs(&mut self) {
        self.state(self.seen.no_mac.map(|no_mac| !no_mac), Rule::TempKeyNoMac);
    }

    /// Asked once the data zone is locked.
    pub(super) fn temp_key_encrypts(&mut self) {
        if self.data_locked() {
            self.temp_key_makes_macs();
        }
    }

    /// TempKey is GenDig's, with this key.
    pub(super) fn gen_dig_with(&mut self, key: Slot, rule: Rule, other: impl FnOnce(Slot) -> Rule) {
        match self.seen.gen_dig {
            Some(Some(used)) if used != key => self.diagnosis.certain(other(used)),
            known => self.state(known.map(|slot| slot == Some(key)), rule),
        }
    }

    /// A private key that was made.
    pub(super) fn key_made(&mut self, slot: Slot) {
        self.state(self.seen.key(slot), Rule::NoKey { slot });
    }
}
