//! U11, D7, CheckMac's copy, p1 04: what CheckMac does when it finds a match.

use super::hand::{KEY, LIMITED_KEY, by_status, yes_or_no};
use super::{C1D0, as_said, otherwise};
use crate::patient::Patient;
use crate::plan::a::{LOCKED_SLOT, contents, private_key};
use crate::probe::{Answer, Probe, Seen, Stop};

pub(super) const CHALLENGE_AUTHORISES: Probe = Probe {
    name: "challenge-authorises",
    points: &["U11"],
    question: "Does CheckMac of a challenge (p1 00) authorise?",
    answers: &[
        as_said("no"),
        otherwise(
            "yes",
            "U11 and 5.0.3: it does, so a recorded CheckMac authorises again. Simulator: `challenge_authorises` is the \
             default. SECURITY.md: ReqRandom does not keep recorded authorisations out.",
        ),
    ],
    run: |patient| {
        patient.fill(KEY)?;
        let value = patient.load()?;
        patient.check_mac(0x00, KEY, &contents(KEY), &value)?.expect_done("CheckMac p1 00")?;
        let state = patient.state()?;
        yes_or_no(state.authorised.is_none(), format!("afterwards {state}"))
    },
    ..C1D0
};

pub(super) const TEMP_KEY_AUTHORISES: Probe = Probe {
    name: "temp-key-authorises",
    points: &["D7"],
    question: "Does CheckMac with TempKey in place of the slot's key (p1 bit 1) authorise?",
    answers: &[
        as_said("no"),
        otherwise(
            "yes",
            "D7 and 5.0.3: p1 bit 1 does not matter: who can load TempKey can authorise without the key! Simulator: \
             `check_mac::run`. SECURITY.md: ReqAuth is worth nothing.",
        ),
    ],
    run: |patient| {
        let value = patient.load()?;
        patient.check_mac(0x06, KEY, &value, &super::hand::CHALLENGE)?.expect_done("CheckMac p1 06")?;
        let state = patient.state()?;
        yes_or_no(state.authorised.is_none(), format!("afterwards {state}"))
    },
    ..C1D0
};

pub(super) const SOURCE_ALONE: Probe = Probe {
    name: "check-mac-source-flag-alone",
    points: &["checkmac-p1-04-mac-p1-04-and-44"],
    question: "What is CheckMac's p1 04, SourceFlag without TempKey?",
    answers: &[
        as_said("a parse error"),
        otherwise("a bit that is ignored", "5.2: p1 04 is taken. Simulator: `check_mac::run`."),
    ],
    run: |patient| {
        patient.fill(KEY)?;
        let reply = patient.check_mac(0x04, KEY, &contents(KEY), &super::hand::CHALLENGE)?;
        Ok(by_status(&reply, &[(0x03, 0), (0x00, 1)], format!("CheckMac p1 04: {reply}")))
    },
    ..C1D0
};

const COPIED: &[Answer] = &[
    as_said("copied: ReadKey 0 is all that counts"),
    otherwise("not copied", "5.2: the copy asks for more than ReadKey 0. Simulator: `check_mac::copied`."),
];

pub(super) const COPY_PRIVATE: Probe = Probe {
    name: "copy-of-private-key",
    points: &["checkmac-s-copy-from-a-private-or-slot"],
    question: "Does CheckMac copy a private key whose ReadKey is 0?",
    answers: COPIED,
    run: |patient| {
        patient.fill(LIMITED_KEY)?;
        patient.fill_private(7)?;
        // The pad, which nobody is known to have written, and what of the key is in the first 32 bytes.
        let copies = [0xFF, 0x00].map(|pad| {
            let mut copy = [pad; 32];
            copy[4..].copy_from_slice(&private_key(7)[..28]);
            copy
        });
        copied(patient, LIMITED_KEY, &copies)
    },
    ..C1D0
};

pub(super) const COPY_LOCKED: Probe = Probe {
    name: "copy-of-locked-slot",
    points: &["checkmac-s-copy-from-a-private-or-slot"],
    question: "Does CheckMac copy a slot that is locked, and whose ReadKey is 0?",
    answers: COPIED,
    run: |patient| {
        if patient.read_config()?[89] & 0x02 != 0 {
            return Ok(Seen::NotHere("slot 9 is not locked: the question before did not come so far".into()));
        }
        if !patient.holds(LOCKED_SLOT, &contents(LOCKED_SLOT))? {
            return super::spent("slot 9 was overwritten though it is locked");
        }
        // It is odd, so its own CheckMac copies it.
        copied(patient, LOCKED_SLOT, &[contents(LOCKED_SLOT)])
    },
    ..C1D0
};

/// CheckMac of a slot and TempKey, which copies the next slot: one of these values.
fn copied(patient: &mut Patient<'_>, slot: u8, copies: &[[u8; 32]]) -> Result<Seen, Stop> {
    let mut seen = String::new();
    for copy in copies {
        let value = patient.load()?;
        patient.check_mac(0x05, slot, &contents(slot), &value)?.expect_done("CheckMac p1 05")?;
        let state = patient.state()?;
        seen = format!("afterwards {state}");
        if !state.valid {
            return Ok(Seen::Answer(1, seen));
        }
        if patient.temp_key_is(copy)? {
            return Ok(Seen::Answer(0, seen));
        }
    }
    Ok(Seen::Other(format!("{seen}, but TempKey is not what was in the slot")))
}
