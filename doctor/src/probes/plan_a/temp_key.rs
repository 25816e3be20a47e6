//! U10, U39, D6, and what is silent beside them: what clears TempKey, between the locks.

use super::hand::KEY;
use super::{C1D0, as_said, otherwise};
use crate::patient::{Patient, VALUE};
use crate::plan::a::{contents, private_key};
use crate::probe::{Answer, Probe, Seen, Stop};

const STAYS: &[Answer] = &[
    as_said("TempKey stays"),
    otherwise("TempKey is cleared", "5.0.2: it clears TempKey. Simulator: its `temp_key` gives `Consumes`."),
];
const GOES: &[Answer] = &[
    as_said("TempKey is cleared"),
    otherwise("TempKey stays", "5.0.2: it leaves TempKey. Simulator: its `temp_key` gives `None`."),
];

pub(super) const MAC_OF_CHALLENGE: Probe = Probe {
    name: "temp-key-after-mac-of-challenge",
    points: &["U10"],
    question: "Does MAC without TempKey clear it?",
    answers: STAYS,
    run: |patient| {
        patient.fill(KEY)?;
        patient.stays(|patient, _| {
            patient.mac(0x00, KEY.into())?.expect_data("MAC of a challenge", 32).map(drop)
        })
    },
    ..C1D0
};

pub(super) const MAC: Probe = Probe {
    name: "temp-key-after-mac",
    points: &["U10"],
    question: "Does MAC with TempKey clear it?",
    answers: GOES,
    run: |patient| {
        patient.fill(KEY)?;
        patient.goes(|patient, _| patient.mac(0x05, KEY.into())?.expect_data("MAC of TempKey", 32).map(drop))
    },
    ..C1D0
};

pub(super) const CHECK_MAC: Probe = Probe {
    name: "temp-key-after-check-mac",
    points: &["U10"],
    question: "Does CheckMac without TempKey clear it?",
    answers: GOES,
    run: |patient| {
        patient.fill(KEY)?;
        patient.goes(|patient, value| {
            patient.check_mac(0x00, KEY, &contents(KEY), value)?.expect_done("CheckMac of a challenge")
        })
    },
    ..C1D0
};

pub(super) const DERIVE_KEY: Probe = Probe {
    name: "temp-key-after-derive-key",
    points: &["U10"],
    question: "Does DeriveKey clear TempKey?",
    answers: GOES,
    run: |patient| {
        patient.fill(15)?;
        // It has ReqAuth, in case that counts already.
        patient.fill(KEY)?;
        patient.authorise()?;
        patient.goes(|patient, _| patient.raw(0x1C, 0x04, 15, &[])?.expect_done("DeriveKey of slot 15"))
    },
    ..C1D0
};

pub(super) const SIGN: Probe = Probe {
    name: "temp-key-after-sign",
    points: &["U10"],
    question: "Does Sign of TempKey clear it?",
    answers: GOES,
    run: |patient| {
        patient.fill_private(0)?;
        patient.goes(|patient, value| {
            let signature = patient.raw(0x41, 0x80, 0, &[])?.expect_data("Sign of TempKey", 64)?;
            match crate::message::is_signature(&private_key(0), value, &signature) {
                true => Ok(()),
                false => Err(Stop::Unready("Sign gave a signature of something else".into())),
            }
        })
    },
    ..C1D0
};

pub(super) const PRIV_WRITE: Probe = Probe {
    name: "temp-key-after-priv-write",
    points: &["U10"],
    question: "Does an encrypted PrivWrite clear TempKey?",
    answers: GOES,
    run: |patient| {
        patient.goes(|patient, value| {
            patient.priv_write_encrypted(7, [0; 4], value, 0)?.expect_done("PrivWrite, encrypted")
        })
    },
    ..C1D0
};

pub(super) const CLEAR_PRIV_WRITE: Probe = Probe {
    name: "temp-key-after-clear-priv-write",
    points: &["privwrite-in-clear-mode-and-tempkey"],
    question: "Does PrivWrite in clear mode clear TempKey?",
    answers: GOES,
    run: |patient| {
        patient.goes(|patient, _| patient.priv_write(7, &private_key(7))?.expect_done("PrivWrite in clear"))
    },
    ..C1D0
};

pub(super) const REFUSALS: Probe = Probe {
    name: "temp-key-after-refusals",
    points: &["U10"],
    question: "Do refused commands clear TempKey that would not have used it?",
    answers: STAYS,
    run: |patient| {
        patient.stays(|patient, _| {
            // A parse error, and a slot that can't be read yet.
            for (opcode, p1, p2) in [(0x47, 0x05, 0), (0x02, 0x82, 8 << 3)] {
                let reply = patient.raw(opcode, p1, p2, &[])?;
                if !matches!(reply.status(), Some(0x03 | 0x0F)) {
                    return Err(Stop::Unready(format!("{opcode:#04x} was to be refused, but: {reply}")));
                }
            }
            Ok(())
        })
    },
    ..C1D0
};

pub(super) const FAILED_NONCE: Probe = Probe {
    name: "temp-key-after-failed-nonce",
    points: &["U10"],
    question: "Does a Nonce that is refused clear TempKey?",
    answers: GOES,
    run: |patient| {
        patient.goes(|patient, _| {
            let reply = patient.raw(0x16, 0x02, 0, &VALUE)?;
            match reply.status() {
                Some(0x03 | 0x0F) => Ok(()),
                _ => Err(Stop::Unready(format!("Nonce p1 02 was to be refused, but: {reply}"))),
            }
        })
    },
    ..C1D0
};

pub(super) const FAILED_ECDH: Probe = Probe {
    name: "temp-key-after-failed-ecdh",
    points: &["ecdh-from-a-slot-into-tempkey-that-fails"],
    question: "Does ECDH from a slot into TempKey clear it when it is refused?",
    answers: STAYS,
    run: |patient| {
        patient.fill_private(7)?;
        patient.stays(|patient, _| {
            // Slot 7 may do nothing.
            let reply = patient.ecdh(0x08, 7)?;
            match reply.status() {
                Some(0x03 | 0x0F) => Ok(()),
                _ => Err(Stop::Unready(format!("ECDH of slot 7 was to be refused, but: {reply}"))),
            }
        })
    },
    ..C1D0
};

pub(super) const WRITE: Probe = Probe {
    name: "temp-key-after-clear-write",
    points: &["U39"],
    question: "Does a Write in clear clear TempKey?",
    answers: STAYS,
    run: |patient| patient.stays(|patient, _| patient.fill(8)),
    ..C1D0
};

pub(super) const COUNTER: Probe = Probe {
    name: "temp-key-after-counter",
    points: &["U39"],
    question: "Does Counter clear TempKey when it counts?",
    answers: STAYS,
    run: |patient| {
        if patient.counter(0)? > super::a::COUNTER_0 + 8 {
            // The others need what is left.
            return super::spent("Counter0 has none left for this question");
        }
        patient.stays(|patient, _| {
            patient.raw(0x24, 0x01, 0, &[])?.expect_data("Counter0 was counted", 4).map(drop)
        })
    },
    ..C1D0
};

pub(super) const UPDATE_EXTRA: Probe = Probe {
    name: "temp-key-after-update-extra",
    points: &["U39"],
    question: "Does UpdateExtra clear TempKey?",
    answers: STAYS,
    // Of a key without limit, so that nothing is counted.
    run: |patient| {
        patient.stays(|patient, _| patient.raw(0x20, 0x02, KEY.into(), &[])?.expect_done("UpdateExtra"))
    },
    ..C1D0
};

pub(super) const SIGN_OF_BUFFER: Probe = Probe {
    name: "temp-key-after-sign-of-buffer",
    points: &["D6"],
    question: "Does Sign of the message digest buffer clear TempKey?",
    answers: STAYS,
    run: sign_of_buffer,
    ..C1D0
};

fn sign_of_buffer(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    patient.fill_private(0)?;
    patient.raw(0x16, 0x43, 0, &VALUE)?.expect_done("the digest buffer was loaded")?;
    patient.stays(|patient, _| {
        patient.raw(0x41, 0xA0, 0, &[])?.expect_data("Sign of the digest buffer", 64).map(drop)
    })
}
