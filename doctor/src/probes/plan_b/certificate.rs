//! A certificate's signature that validates the key in it (D13, X509format).

use super::steps::{DIGEST, IO_KEY, PARENT, here};
use super::{Asked, answer, locked};
use crate::message;
use crate::patient::{Patient, Reply};
use crate::plan::b::keys;
use crate::probe::{Probe, Seen, Stop};

/// The slot whose key certificates validate.
const TARGET: u8 = 14;
/// SHA End into TempKey, and into the digest buffer.
pub(super) const TO_TEMP_KEY: u8 = 0x02;
const TO_BUFFER: u8 = 0x42;
/// Verify(ValidateExternal), and its flags.
const VALIDATE: u8 = 0x01;
const FROM_BUFFER: u8 = 0x20;
const WITH_MAC: u8 = 0x80;
/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;

pub(super) const LENGTH: Probe = locked(Asked {
    name: "validate-external-length",
    points: &["D13"],
    question: "How many bytes does Verify(ValidateExternal) take?",
    answers: &[
        answer("64, and 128 as well", ""),
        answer("64 only", "D13 and 5.22: 64. Simulator: `validate_external`."),
        answer(
            "128 only",
            "D13 and 5.22: 128, as the vendor's library sends. Simulator: `validate_external`. Driver.",
        ),
    ],
    run: |patient| here(length(patient)),
});

pub(super) const BLOCKS: Probe = locked(Asked {
    name: "x509-format-blocks",
    points: &["x509format-how-blocks-are-counted"],
    question: "Which blocks do TemplateLength and PublicPosition count?",
    answers: &[
        answer("all, padding included; whole ones before the key", ""),
        answer(
            "those of the message without padding; whole ones before the key",
            "4.10. Simulator: `end` in `command/sha.rs`.",
        ),
        answer("all, padding included; the key's, from 1 on", "4.10. Simulator: `end` in `command/sha.rs`."),
    ],
    run: |patient| here(blocks(patient)),
});

pub(super) const BUFFER: Probe = locked(Asked {
    name: "validate-external-from-the-digest-buffer",
    points: &["verify-validateexternal-and-the-digest-buffer-mac"],
    question: "Does Verify(ValidateExternal) take a digest from the digest buffer?",
    answers: &[
        answer("no: 0x03", ""),
        answer("yes", "5.22: it does. Simulator: `validate_external`."),
        answer("no: 0x0F", "5.22: 0x0F. Simulator: `validate_external`."),
    ],
    run: |patient| here(buffer(patient)),
});

pub(super) const MAC: Probe = locked(Asked {
    name: "validate-external-with-a-mac",
    points: &["verify-validateexternal-and-the-digest-buffer-mac"],
    question: "Does Verify(ValidateExternal) make a MAC?",
    answers: &[
        answer("yes, as Verify does", ""),
        answer(
            "no: it is refused",
            "5.22: bit 7 is for External and Stored only. Simulator: `validate_external`.",
        ),
    ],
    run: |patient| here(mac(patient)),
});

/// What a message is made of.
#[derive(Clone, Copy)]
pub(super) enum Piece {
    /// So many bytes.
    Bytes(usize),
    /// A public key, from its slot.
    Key(u8),
    /// Nothing: what was hashed so far is read and written back.
    Context,
}

/// Adds so many bytes to a hash, and gives them.
pub(super) fn update(patient: &mut Patient<'_>, count: usize) -> Result<Vec<u8>, Stop> {
    let bytes = vec![0x5A; count];
    for part in bytes.chunks(BLOCK) {
        patient.raw(0x47, 0x01, part.len() as u16, part)?.expect_done("SHA Update")?;
    }
    Ok(bytes)
}

/// Hashes a message on the chip, and gives the digest, if it is the right one.
pub(super) fn hash(patient: &mut Patient<'_>, pieces: &[Piece], end: u8) -> Result<[u8; 32], Stop> {
    patient.raw(0x47, 0x00, 0, &[])?.expect_done("SHA Start")?;
    let mut message = Vec::new();
    for piece in pieces {
        match *piece {
            Piece::Bytes(count) => {
                message.extend(update(patient, count)?);
            }
            Piece::Key(slot) => {
                patient
                    .raw(0x47, 0x03, slot.into(), &[])?
                    .expect_done(&format!("SHA(Public) of slot {slot}"))?;
                message.extend(keys::public(slot));
            }
            Piece::Context => {
                let context = match patient.raw(0x47, 0x06, 0, &[])? {
                    Reply::Data(context) => context,
                    refused => {
                        return Err(Stop::Unready(format!(
                            "SHA Read_Context, and the chip answered {refused}"
                        )));
                    }
                };
                patient.raw(0x47, 0x07, context.len() as u16, &context)?.expect_done("SHA Write_Context")?;
            }
        }
    }
    let digest = patient.raw(0x47, end, 0, &[])?.expect_data("SHA End", 32)?;
    let expected = message::hash(&[&message]);
    match digest == expected {
        true => Ok(expected),
        false => Err(Stop::Unready("the digest is another one than the host's".into())),
    }
}

/// A certificate of so many bytes in front of the key and behind it: what the chip says of its signature, sent alone or
/// with what the vendor's library sends along.
fn validated(patient: &mut Patient<'_>, around: [usize; 2], p1: u8, long: bool) -> Result<Reply, Stop> {
    let end = if p1 & FROM_BUFFER == 0 { TO_TEMP_KEY } else { TO_BUFFER };
    let digest = hash(patient, &[Piece::Bytes(around[0]), Piece::Key(TARGET), Piece::Bytes(around[1])], end)?;
    signed(patient, &digest, p1, long)
}

fn signed(patient: &mut Patient<'_>, digest: &[u8; 32], p1: u8, long: bool) -> Result<Reply, Stop> {
    let mut data = keys::sign(PARENT, digest).to_vec();
    if long {
        data.extend(keys::public(PARENT));
    }
    patient.raw(0x45, p1, TARGET.into(), &data)
}

/// The message that fits the format on each way of counting but the one from 1: three blocks with and without padding,
/// the key in the second one.
pub(super) const FITS: [usize; 2] = [BLOCK, 10];

/// Whether the digest of a certificate is taken, whatever length the chip wants.
pub(super) fn taken(patient: &mut Patient<'_>, pieces: &[Piece]) -> Result<bool, Stop> {
    let mut reply = Reply::Status(0x03);
    for long in [false, true] {
        let digest = hash(patient, pieces, TO_TEMP_KEY)?;
        reply = signed(patient, &digest, VALIDATE, long)?;
        if reply != Reply::Status(0x03) {
            break;
        }
    }
    match reply {
        Reply::Status(0x00) => Ok(true),
        Reply::Status(0x0F) => Ok(false),
        other => Err(Stop::Unready(format!("Verify(ValidateExternal) was answered {other}"))),
    }
}

/// A certificate as `BLOCKS` found it has to be counted; there are two that fit, one for each way.
fn fitting(patient: &mut Patient<'_>) -> Result<[usize; 2], Stop> {
    for [before, after] in [FITS, [0, BLOCK + 10]] {
        if taken(patient, &[Piece::Bytes(before), Piece::Key(TARGET), Piece::Bytes(after)])? {
            return Ok([before, after]);
        }
    }
    Err(Stop::Unready("no certificate validates slot 14".into()))
}

fn length(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let around = fitting(patient)?;
    let short = validated(patient, around, VALIDATE, false)?;
    let long = validated(patient, around, VALIDATE, true)?;
    let observed = format!("64 bytes: {short}; 128 bytes: {long}");
    Ok(match (short, long) {
        (Reply::Status(0x00), Reply::Status(0x00)) => Seen::Answer(0, observed),
        (Reply::Status(0x00), Reply::Status(_)) => Seen::Answer(1, observed),
        (Reply::Status(_), Reply::Status(0x00)) => Seen::Answer(2, observed),
        _ => Seen::Other(observed),
    })
}

fn blocks(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let mut accepted = Vec::new();
    // Two blocks that padding makes three; three that it makes four; the key in the first of three.
    for [before, after] in [[BLOCK, 0], [BLOCK, BLOCK], [0, BLOCK + 10]] {
        accepted.push(taken(patient, &[Piece::Bytes(before), Piece::Key(TARGET), Piece::Bytes(after)])?);
    }
    let observed = format!(
        "taken: {} with two blocks that padding makes three, {} with three that it makes four, {} with the key in the \
         first of three",
        accepted[0], accepted[1], accepted[2]
    );
    Ok(match accepted[..] {
        [true, false, false] => Seen::Answer(0, observed),
        [false, true, false] => Seen::Answer(1, observed),
        [false, false, true] => Seen::Answer(2, observed),
        _ => Seen::Other(observed),
    })
}

/// The length that the chip wants.
fn wants_long(patient: &mut Patient<'_>, around: [usize; 2]) -> Result<bool, Stop> {
    Ok(validated(patient, around, VALIDATE, false)? == Reply::Status(0x03))
}

fn buffer(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let around = fitting(patient)?;
    let long = wants_long(patient, around)?;
    let reply = validated(patient, around, VALIDATE | FROM_BUFFER, long)?;
    let observed = format!("a digest in the digest buffer: {reply}");
    Ok(match reply {
        Reply::Status(0x03) => Seen::Answer(0, observed),
        Reply::Status(0x00) => Seen::Answer(1, observed),
        Reply::Status(0x0F) => Seen::Answer(2, observed),
        _ => Seen::Other(observed),
    })
}

/// The nonce first: it may cost TempKey.
fn mac(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let around = fitting(patient)?;
    let long = wants_long(patient, around)?;
    patient.raw(0x16, 0x43, 0, &DIGEST)?.expect_done("a nonce into the digest buffer")?;
    let pieces = [Piece::Bytes(around[0]), Piece::Key(TARGET), Piece::Bytes(around[1])];
    let digest = hash(patient, &pieces, TO_TEMP_KEY)?;
    let reply = signed(patient, &digest, VALIDATE | WITH_MAC, long)?;
    let observed = format!("with a MAC: {reply}");
    let head = [0x45, VALIDATE | WITH_MAC, TARGET, 0x00];
    let signature = keys::sign(PARENT, &digest);
    let expected = message::hash(&[&keys::secret(IO_KEY), &digest, &DIGEST, &signature, &head]);
    Ok(match reply {
        Reply::Status(0x03 | 0x0F) => Seen::Answer(1, observed),
        _ if super::steps::is(&reply, &expected) => Seen::Answer(0, observed),
        _ => Seen::Other(observed),
    })
}
