//! U3, U6, U28, U29, D3, D17, D25: Write and Read.

use atecc608::{Secret, host};

use super::hand::{KEY, by_status, is, yes_or_no};
use super::{C1D0, C1D1, as_said, otherwise};
use crate::message;
use crate::patient::{Patient, Reply};
use crate::plan::a::contents;
use crate::probe::{Probe, Seen, Stop};

pub(super) const OTP: Probe = Probe {
    name: "otp-between-locks",
    points: &["D3"],
    question: "Can the OTP zone be written between the locks?",
    answers: &[
        as_said("yes, 32 bytes at a time"),
        otherwise(
            "no, an execution error",
            "D3 and 4.15: as AN3539 says. Simulator: `write::run`. Driver and guide: OTP.",
        ),
    ],
    run: |patient| {
        let reply = patient.raw(0x12, 0x81, 0x0000, &contents(0))?;
        Ok(by_status(&reply, &[(0x00, 0), (0x0F, 1)], format!("Write of OTP block 0: {reply}")))
    },
    ..C1D0
};

pub(super) const OTP_ENCRYPTED: Probe = Probe {
    name: "otp-encrypted",
    points: &["U28"],
    question: "Can the OTP zone be written encrypted between the locks?",
    answers: &[
        as_said("yes"),
        otherwise("no, an execution error", "U28: 0x0F. Simulator: `write::run`."),
        otherwise("no, a parse error", "U28: 0x03. Simulator: `write::run`."),
    ],
    run: |patient| {
        let value = patient.load()?;
        let reply = patient.write_encrypted(0xC1, 0xC1, 0x0008, &value, 0)?;
        let seen = format!("encrypted Write of OTP block 1: {reply}");
        if !reply.is_done() {
            return Ok(by_status(&reply, &[(0x0F, 1), (0x03, 2)], seen));
        }
        // Where GenDig takes OTP in this state, it shows what is stored.
        let value = patient.load()?;
        let gen_dig = patient.raw(0x15, 0x01, 0x0001, &[])?.is_done();
        let (plain, value) = (Secret::new(contents(1)), Secret::new(value));
        let stored = host::gen_dig_otp(plain.expose(), true, &patient.serial(), &value);
        match gen_dig && !patient.temp_key_is(stored.expose())? {
            true => Ok(Seen::Other(format!("{seen}, but what was encrypted is not stored"))),
            false => Ok(Seen::Answer(0, seen)),
        }
    },
    ..C1D0
};

/// An encrypted Write of slot 10 with its write key. The nonce is fixed or random.
fn write(patient: &mut Patient<'_>, fixed: bool, p1: u8, hashed: u8, spoil: u8) -> Result<Reply, Stop> {
    let temp_key = if fixed { patient.load()? } else { patient.load_random()? };
    let temp_key = patient.gen_dig(KEY, &temp_key)?;
    patient.write_encrypted(p1, hashed, 10 << 3, &temp_key, spoil)
}

/// An encrypted Write that has to succeed, so that a refusal has the cause that is asked about.
fn write_works(patient: &mut Patient<'_>) -> Result<(), Stop> {
    write(patient, false, 0xC2, 0xC2, 0)?.expect_done("an encrypted Write with a random nonce")
}

pub(super) const WRONG_MAC: Probe = Probe {
    name: "wrong-mac-of-write",
    points: &["U3"],
    question: "What does an encrypted Write say to a wrong MAC?",
    answers: &[
        as_said("an execution error"),
        otherwise(
            "a miscompare, 0x01",
            "U3: 0x01. Simulator: `Machine::require_mac`. Driver: what errors say of 0x01.",
        ),
    ],
    run: |patient| {
        write_works(patient)?;
        let reply = write(patient, false, 0xC2, 0xC2, 1)?;
        Ok(by_status(&reply, &[(0x0F, 0), (0x01, 1)], format!("Write with a wrong MAC: {reply}")))
    },
    ..C1D1
};

pub(super) const FIXED_NONCE: Probe = Probe {
    name: "encrypted-write-fixed-nonce",
    points: &["U29"],
    question: "Does an encrypted Write take a TempKey that was made with a fixed nonce?",
    answers: &[
        as_said("yes"),
        otherwise(
            "no, an execution error",
            "U29: SourceFlag 0 is asked for, as by Read, so recorded writes can't be played back. Simulator: `write::decrypt`. \
             Lint: EncryptedAccessReplayed.",
        ),
    ],
    run: |patient| {
        write_works(patient)?;
        let reply = write(patient, true, 0xC2, 0xC2, 0)?;
        Ok(by_status(&reply, &[(0x00, 0), (0x0F, 1)], format!("Write after a fixed nonce: {reply}")))
    },
    ..C1D1
};

pub(super) const BIT_6: Probe = Probe {
    name: "bit-6-of-encrypted-write",
    points: &["D17"],
    question: "What is p1 bit 6 of an encrypted Write after the data lock?",
    answers: &[
        as_said("free, and hashed as it is sent"),
        otherwise(
            "needed",
            "D17: only 0xC2 is taken. Driver: `WriteEncrypted`. Simulator: `write::decrypt`.",
        ),
        otherwise(
            "free, and hashed as if it were 1",
            "D17: the MAC is over 0xC2. Driver: `host::encrypt_write`.",
        ),
    ],
    run: |patient| {
        let mut taken = [false; 3];
        let mut seen = String::new();
        for ((p1, hashed), taken) in [(0x82, 0x82), (0xC2, 0xC2), (0x82, 0xC2)].into_iter().zip(&mut taken) {
            let reply = write(patient, false, p1, hashed, 0)?;
            seen += &format!("p1 {p1:02x} with the MAC over {hashed:02x}: {reply}; ");
            *taken = reply.is_done();
        }
        Ok(match taken {
            [true, true, false] => Seen::Answer(0, seen),
            [false, true, false] => Seen::Answer(1, seen),
            [false, true, true] => Seen::Answer(2, seen),
            _ => Seen::Other(seen),
        })
    },
    ..C1D1
};

pub(super) const ENCRYPT_READ_ALONE: Probe = Probe {
    name: "encrypt-read-alone",
    points: &["U6"],
    question: "What is EncryptRead without IsSecret?",
    answers: &[
        as_said("reads are encrypted"),
        otherwise(
            "reads are clear",
            "U6 and 4.5: EncryptRead means nothing alone. Simulator: `read::is_encrypted`. Lint.",
        ),
        otherwise(
            "no reads at all",
            "U6 and 4.5: neither clear nor encrypted. Simulator: `read::is_encrypted`.",
        ),
    ],
    run: |patient| {
        let clear = patient.raw(0x02, 0x82, 12 << 3, &[])?;
        let temp_key = patient.load_random()?;
        let temp_key = patient.gen_dig(KEY, &temp_key)?;
        let encrypted = patient.raw(0x02, 0x82, 12 << 3, &[])?;
        let seen = format!("without TempKey: {clear}, with GenDig of the read key: {encrypted}");
        let plain = contents(12);
        Ok(match (&clear, &encrypted) {
            (clear, _) if is(clear, &plain) => Seen::Answer(1, seen),
            (Reply::Status(0x0F), reply) if is(reply, &message::xor(plain, temp_key)) => {
                Seen::Answer(0, seen)
            }
            (Reply::Status(0x0F), Reply::Status(0x0F)) => Seen::Answer(2, seen),
            _ => Seen::Other(seen),
        })
    },
    ..C1D1
};

pub(super) const LATCH: Probe = Probe {
    name: "persistent-disable-and-write",
    points: &["D25"],
    question: "Does PersistentDisable stop a clear Write to the slot, after the data lock and while the latch is 0?",
    answers: &[
        as_said("no, it stops the use of the key only"),
        otherwise(
            "yes, with an execution error",
            "D25 and 5.0.5: as S508 says of IntrusionDisable. Simulator: `slot_writable`.",
        ),
    ],
    run: |patient| {
        let control = patient.mac(0x00, 8)?;
        let reply = patient.write_slot(8, &contents(8))?;
        let seen = format!("MAC of the slot: {control}, Write: {reply}");
        match (control, reply) {
            (Reply::Status(0x0F), Reply::Status(0x00)) => yes_or_no(true, seen),
            (Reply::Status(0x0F), Reply::Status(0x0F)) => yes_or_no(false, seen),
            _ => Ok(Seen::Other(seen)),
        }
    },
    ..C1D1
};
