//! U14, U15, D4, and NoMacFlag before the data lock: what TempKey's flags say after commands with keys.

use super::hand::{KEY, NO_MAC_KEY, by_status, yes_or_no};
use super::{C1D0, C1D1, as_said, otherwise};
use crate::patient::{Patient, Reply};
use crate::probe::{Probe, Seen, Stop};

pub(super) const GEN_DIG_AFTER_GEN_KEY: Probe = Probe {
    name: "gen-key-data-after-gen-dig",
    points: &["U14"],
    question: "What does GenDig do to GenKeyData?",
    answers: &[
        as_said("it clears it"),
        otherwise(
            "it leaves it",
            "U14 and 5.6: GenKeyData stays, so Sign(Internal) tells a GenKey that was long ago. Simulator: `gen_dig::store`.",
        ),
    ],
    run: |patient| {
        patient.fill_private(0)?;
        patient.load()?;
        patient.raw(0x40, 0x08, 0, &[])?.expect_data("GenKey's digest of slot 0", 64)?;
        if !patient.state()?.gen_key {
            return Ok(Seen::Other("GenKey's digest does not set GenKeyData".into()));
        }
        patient.raw(0x15, 0x00, 0, &[])?.expect_done("GenDig of the configuration")?;
        let state = patient.state()?;
        yes_or_no(!state.gen_key, format!("afterwards {state}"))
    },
    ..C1D0
};

pub(super) const GEN_KEY_TO_TEMP_KEY: Probe = Probe {
    name: "source-after-gen-key",
    points: &["U15"],
    question: "What is SourceFlag after GenKey into TempKey?",
    answers: &[
        as_said("0"),
        otherwise("1", "U15: SourceFlag 1 after GenKey. Simulator: `gen_key::to_temp_key`."),
    ],
    run: |patient| {
        patient.key_in_temp_key()?;
        let state = patient.state()?;
        yes_or_no(!state.input, format!("afterwards {state}"))
    },
    ..C1D0
};

pub(super) const ECDH_TO_TEMP_KEY: Probe = Probe {
    name: "source-after-ecdh",
    points: &["U15"],
    question: "What is SourceFlag after ECDH into TempKey?",
    answers: &[
        as_said("1"),
        otherwise(
            "0",
            "U15: SourceFlag 0 after ECDH, so its secret passes for a random nonce. Simulator: `ecdh::run`.",
        ),
    ],
    run: |patient| {
        // SourceFlag is 0 before.
        patient.load_random()?;
        patient.ecdh(0x08, 0)?.expect_done("ECDH into TempKey")?;
        let state = patient.state()?;
        yes_or_no(state.input, format!("afterwards {state}"))
    },
    ..C1D1
};

pub(super) const SECOND_NONCE: Probe = Probe {
    name: "gen-dig-data-after-second-nonce",
    points: &["D4"],
    question: "What becomes of GenDigData when Nonce hashes TempKey (p2 0x8000)?",
    answers: &[
        as_said("it stays"),
        otherwise(
            "it is cleared",
            "D4: what GenDig left is forgotten, so encrypted access needs the key. Simulator: `SecondNonce::Forgets` is the \
             default. SECURITY.md: the danger it names is none.",
        ),
    ],
    run: |patient| {
        patient.fill(KEY)?;
        let temp_key = patient.load_random()?;
        patient.gen_dig(KEY, &temp_key)?;
        patient.load_again()?;
        let state = patient.state()?;
        yes_or_no(state.gen_dig, format!("afterwards {state}"))
    },
    ..C1D0
};

pub(super) const NO_MAC_FLAG: Probe = Probe {
    name: "no-mac-flag-between-locks",
    points: &["nomacflag-of-tempkey-in-c1d0"],
    question: "Does NoMacFlag keep TempKey from MAC before the data lock?",
    answers: &[
        as_said("yes, with 0x0F"),
        otherwise(
            "no",
            "5.0.8: NoMacFlag is not in force in C1D0. Simulator: `mac::run` and `sha::hmac_start`.",
        ),
    ],
    run: no_mac_flag,
    ..C1D0
};

fn no_mac_flag(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    patient.fill(KEY)?;
    patient.fill(NO_MAC_KEY)?;
    let value = patient.load()?;
    patient.gen_dig(NO_MAC_KEY, &value)?;
    let flag = patient.state()?.no_mac;
    let reply = patient.mac(0x05, KEY.into())?;
    let seen = format!("NoMacFlag {}, MAC: {reply}", u8::from(flag));
    Ok(match reply {
        Reply::Data(_) if flag => Seen::Answer(1, seen),
        _ if !flag => Seen::Other(seen),
        reply => by_status(&reply, &[(0x0F, 0)], seen),
    })
}
