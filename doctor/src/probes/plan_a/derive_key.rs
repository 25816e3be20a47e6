//! U3, D29, and what is silent about DeriveKey's keys.

use super::hand::by_status;
use super::{C1D0, C1D1, as_said, limits, otherwise, spent};
use crate::patient::{Patient, Reply};
use crate::plan::a::contents;
use crate::probe::{Probe, Stop};

pub(super) const PRIVATE_PARENT: Probe = Probe {
    name: "derive-key-private-parent",
    points: &["derivekey-private-parent"],
    question: "Does DeriveKey take a private key as parent?",
    answers: &[
        as_said("no, an execution error"),
        otherwise(
            "yes",
            "5.4: a private key may be the parent. Simulator: `derive_key::use_keys`. Lint: DeriveUnusable.",
        ),
    ],
    run: |patient| {
        if patient.read_config()?[89] & 0x02 == 0 {
            return spent("slot 9, the target, is locked");
        }
        patient.fill_private(0)?;
        patient.load()?;
        let reply = patient.raw(0x1C, 0x04, 9, &[])?;
        Ok(by_status(&reply, &[(0x0F, 0), (0x00, 1)], format!("DeriveKey from slot 0 into slot 9: {reply}")))
    },
    ..C1D0
};

/// DeriveKey of slot 14 with the right MAC, or one that is not.
fn derive(patient: &mut Patient<'_>, spoil: u8) -> Result<Reply, Stop> {
    patient.load_random()?;
    patient.derive(spoil)
}

pub(super) const WRONG_MAC: Probe = Probe {
    name: "wrong-mac-of-derive-key",
    points: &["U3"],
    question: "What does DeriveKey say to a wrong MAC?",
    answers: &[
        as_said("an execution error"),
        otherwise(
            "a miscompare, 0x01",
            "U3: 0x01. Simulator: `Machine::require_mac`. Driver: what errors say of 0x01.",
        ),
    ],
    run: |patient| {
        if let Some(spent) = limits::spent(patient)? {
            return Ok(spent);
        }
        derive(patient, 0)?.expect_done("DeriveKey with the right MAC")?;
        let reply = derive(patient, 1)?;
        Ok(by_status(&reply, &[(0x0F, 0), (0x01, 1)], format!("DeriveKey with a wrong MAC: {reply}")))
    },
    ..C1D1
};

pub(super) const WRONG_MAC_COUNTS: Probe = Probe {
    name: "wrong-mac-of-derive-key-counts",
    points: &["derivekey-wrong-mac-of-a-limited-key"],
    question: "Is DeriveKey with a wrong MAC a use of the limited key?",
    answers: &[
        as_said("no"),
        otherwise(
            "yes",
            "5.0.4: a wrong MAC counts, so anyone can use the key up. Simulator: `derive_key::run`.",
        ),
    ],
    run: |patient| limits::counts(patient, false, |patient| derive(patient, 1)),
    ..C1D1
};

pub(super) const TWO_AUTHORISATIONS: Probe = Probe {
    name: "derive-key-two-authorisations",
    points: &["derivekey-two-keys-that-ask-for-authorisation"],
    question: "Does one authorisation serve two keys of DeriveKey that ask for the same one?",
    answers: &[
        as_said("yes"),
        otherwise(
            "no, an execution error",
            "5.0.3: it is used up by the first. Simulator: `derive_key::use_keys`.",
        ),
    ],
    run: |patient| {
        // The parent has to be as the plan wrote it.
        patient.authorise()?;
        if !patient.holds(15, &contents(15))? {
            return spent("slot 15 was derived anew");
        }
        patient.authorise()?;
        patient.load_random()?;
        let reply = patient.derive_with_mac(13, 15, 0)?;
        Ok(by_status(&reply, &[(0x00, 0), (0x0F, 1)], format!("DeriveKey with one authorisation: {reply}")))
    },
    ..C1D1
};

pub(super) const TARGET_AUTHORISATION: Probe = Probe {
    name: "derive-key-target-authorisation",
    points: &["D29"],
    question: "Is ReqAuth of DeriveKey's target asked in a roll?",
    answers: &[
        as_said("yes"),
        otherwise(
            "no",
            "D29 and 5.0.3: as S508, p. 22: never. Simulator: `derive_key::use_keys`. Lint: DerivedByAnyone.",
        ),
    ],
    run: |patient| {
        patient.load_random()?;
        let without = patient.raw(0x1C, 0x00, 15, &[])?;
        let seen = format!("DeriveKey of slot 15 without authorisation: {without}");
        if without == Reply::Status(0x0F) {
            // It must be for want of that.
            patient.authorise()?;
            patient.load_random()?;
            patient.raw(0x1C, 0x00, 15, &[])?.expect_done("DeriveKey of slot 15 with authorisation")?;
        }
        Ok(by_status(&without, &[(0x0F, 0), (0x00, 1)], seen))
    },
    ..C1D1
};
