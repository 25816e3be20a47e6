//! Bytes written by hand, found again among the driver's types: each must be the same on the wire, and say of
//! the answer what its bytes say.

use atecc608::blocking::{Session, ZeroByte};
use atecc608::command::*;
use atecc608::irreversible::{ByteIsFixed, CountIsSpent, NoMoreSlotChanges, OldKeyIsLost};
use atecc608::memory::{Block, Word};
use atecc608::{Error, PublicKey, PublicKeySlot, Signature, Slot};
use atecc608_sim::hal::{I2cError, SimDelay, SimI2c};

pub type Chip<'a> = Session<'a, SimI2c, SimDelay, ZeroByte>;
pub type Outcome = Result<(), Error<I2cError>>;

/// Runs a command and holds its answer against what another chip answered to the same bytes.
fn run<C: Command>(
    chip: &mut Chip<'_>,
    command: &C,
    body: &[u8],
    same: impl FnOnce(C::Response) -> bool,
) -> Outcome {
    let request = command.request();
    let [low, high] = request.p2.to_le_bytes();
    let sent = [&[request.opcode.to_byte(), request.p1, low, high][..], &request.data().concat()].concat();
    assert_eq!(sent, body, "the type is other bytes");
    let response = chip.execute(command)?;
    assert!(same(response), "{body:02X?}: not what the chip said");
    Ok(())
}

fn slot(number: u8) -> Slot {
    Slot::new(number & 0xF).expect("a slot")
}

/// The flags of Info State, as the reference has them.
fn state(state: State, said: &[u8]) -> bool {
    let first = state.temp_key_slot.number()
        | u8::from(state.temp_key_from_input) << 4
        | u8::from(state.gen_dig_data) << 5
        | u8::from(state.gen_key_data) << 6
        | u8::from(state.no_mac) << 7;
    let second =
        u8::from(state.auth_valid) << 2 | state.auth_slot.number() << 3 | u8::from(state.temp_key_valid) << 7;
    (first, second) == (said[0], said[1] & 0xFC)
}

/// The driver's type for these bytes, executed; `None` if it has none. `said` is the answer.
pub fn execute(chip: &mut Chip<'_>, body: &[u8], said: &[u8]) -> Option<Outcome> {
    let &[opcode, p1, low, high, ref data @ ..] = body else { return None };
    let p2 = u16::from_le_bytes([low, high]);
    let of_slot = (p2 < 16).then(|| slot(low));
    let public = of_slot.and_then(PublicKeySlot::new);
    let done = |(): ()| said == [0];
    let source = |bit: u8| if p1 & bit == 0 { MessageSource::TempKey } else { MessageSource::MessageDigest };
    let temp_key = || if p1 & 4 == 0 { TempKeySource::Random } else { TempKeySource::Input };
    let counter = || match p2 {
        0 => Some(CounterId::Counter0),
        1 => Some(CounterId::Counter1),
        _ => None,
    };
    let key = || data.last_chunk::<64>().map(|key| PublicKey::from_bytes(*key));
    let signature = || data.first_chunk::<64>().map(|bytes| Signature::from_bytes(*bytes));
    let empty = data.is_empty();
    Some(match (opcode, p1, data.len()) {
        (0x30, 0, 0) if p2 == 0 => run(chip, &InfoRevision, body, |answer| answer.0 == said),
        (0x30, 1, 0) => run(chip, &InfoKeyValid(of_slot?), body, |valid| u8::from(valid) == said[0] & 1),
        (0x30, 2, 0) if p2 == 0 => run(chip, &InfoState, body, |answer| state(answer, said)),
        (0x30, 4, 0) if matches!(p2, 0 | 2 | 3) => {
            let action = [LatchAction::Read, LatchAction::Read, LatchAction::Clear, LatchAction::Set];
            run(chip, &InfoLatch(action[usize::from(p2)]), body, |latch| u8::from(latch) == said[0] & 1)
        }
        (0x1B, 0 | 1, 0) if p2 == 0 => {
            let seed = if p1 == 0 { Seed::Update } else { Seed::Keep };
            run(chip, &Random(seed), body, |answer| answer == said)
        }
        (0x24, 0, 0) => run(chip, &CounterRead(counter()?), body, |value| value.to_le_bytes() == said),
        (0x24, 1, 0) => {
            let command = CounterIncrement(counter()?, CountIsSpent);
            run(chip, &command, body, |value| value.to_le_bytes() == said)
        }
        (0x02, 0..=2, 0) => run(chip, &ReadWord(word(p1, p2)?), body, |answer| answer == said),
        (0x02, 0x80..=0x82, 0) => run(chip, &ReadBlock(block(p1, p2)?), body, |answer| answer == said),
        (0x12, 0..=2, 4) => run(chip, &WriteWord(word(p1, p2)?, data.first_chunk()?), body, done),
        (0x12, 0x80..=0x82, 32) => run(chip, &WriteBlock(block(p1, p2)?, data.first_chunk()?), body, done),
        (0x12, 0xC2, 64) => {
            let command = WriteEncrypted {
                block: block(p1, p2)?,
                ciphertext: data.first_chunk()?,
                mac: data.last_chunk()?,
            };
            run(chip, &command, body, done)
        }
        (0x17, 0..=0x3F, 0) if p1 & 3 == 2 && p2 == 0 => {
            run(chip, &Lock(LockTarget::Slot(slot(p1 >> 2), NoMoreSlotChanges)), body, done)
        }
        (0x20, 0 | 1, 0) if p2 < 0x100 => {
            let byte = if p1 == 0 { ExtraByte::UserExtra } else { ExtraByte::UserExtraAdd };
            run(chip, &UpdateExtra { byte, value: low, fixed: ByteIsFixed }, body, done)
        }
        (0x20, 2, 0) => run(chip, &UseKey(of_slot?, CountIsSpent), body, done),
        (0x16, 0 | 1, 20) if matches!(p2, 0 | 0x8000) => {
            let seed = if p1 == 0 { Seed::Update } else { Seed::Keep };
            let source = if p2 == 0 { RandomSource::Generator } else { RandomSource::TempKey };
            let command = NonceRandom { num_in: data.first_chunk()?, seed, source };
            run(chip, &command, body, |answer| answer == said)
        }
        (0x16, _, 32 | 64) if p2 == 0 => {
            let command = match (p1, data.len()) {
                (0x03, 32) => NonceFixed::TempKey(data.first_chunk()?),
                (0x43, 32) => NonceFixed::MessageDigest(data.first_chunk()?),
                (0x83, 32) => NonceFixed::AlternateKey(data.first_chunk()?),
                (0x23, 64) => NonceFixed::TempKey64(data.first_chunk()?),
                (0x63, 64) => NonceFixed::MessageDigest64(data.first_chunk()?),
                _ => return None,
            };
            run(chip, &command, body, done)
        }
        (0x40, 0 | 8, 0) => {
            let command = GenKeyPublic { slot: of_slot?, digest: p1 == 8 };
            run(chip, &command, body, |key| key.as_bytes() == said)
        }
        (0x40, 4 | 0x0C, 0) => {
            let target = match (p1, p2) {
                (4, 0xFFFF) => KeyTarget::TempKey,
                (4, _) => KeyTarget::Slot(of_slot?, OldKeyIsLost),
                _ => KeyTarget::SlotWithDigest(of_slot?, OldKeyIsLost),
            };
            run(chip, &GenKeyCreate(target), body, |key| key.as_bytes() == said)
        }
        (0x40, 0x10, 3) => {
            let command = GenKeyDigest { slot: public?, other_data: *data.first_chunk()? };
            run(chip, &command, body, done)
        }
        (0x41, 0x80 | 0xA0, 0) => {
            let command = SignExternal { slot: of_slot?, source: source(0x20) };
            run(chip, &command, body, |answer| answer.as_bytes() == said)
        }
        (0x41, 0x00 | 0x40 | 0x01 | 0x41, 0) => {
            let command =
                SignInternal { slot: of_slot?, include_serial: p1 & 0x40 != 0, for_invalidate: p1 & 1 != 0 };
            run(chip, &command, body, |answer| answer.as_bytes() == said)
        }
        (0x45, 0x02 | 0x22 | 0x82 | 0xA2, 128) if p2 == 4 => {
            let verify = VerifyExternal { signature: &signature()?, key: &key()?, source: source(0x20) };
            if p1 & 0x80 == 0 {
                run(chip, &verify, body, done)
            } else {
                run(chip, &VerifyMac::External(verify), body, |answer| answer == said)
            }
        }
        (0x45, 0x00 | 0x20 | 0x80 | 0xA0, 64) => {
            let verify = VerifyStored { signature: &signature()?, slot: public?, source: source(0x20) };
            if p1 & 0x80 == 0 {
                run(chip, &verify, body, done)
            } else {
                run(chip, &VerifyMac::Stored(verify), body, |answer| answer == said)
            }
        }
        (0x45, 0x01, 64) => {
            run(chip, &VerifyValidateExternal { slot: public?, signature: &signature()? }, body, done)
        }
        (0x45, 3 | 7, 83) => {
            let command = VerifyValidate {
                validity: if p1 == 3 { Validity::Validate } else { Validity::Invalidate },
                slot: public?,
                signature: &signature()?,
                other_data: data.last_chunk()?,
            };
            run(chip, &command, body, done)
        }
        (0x47, 0, 0) if p2 == 0 => run(chip, &ShaStart, body, done),
        (0x47, 1, 0..=64) if usize::from(p2) == data.len() => run(chip, &ShaUpdate::new(data)?, body, done),
        (0x47, 0x02 | 0x42 | 0xC2, 0..=63) if usize::from(p2) == data.len() => {
            let target = match p1 {
                0x02 => ShaTarget::TempKey,
                0x42 => ShaTarget::MessageDigest,
                _ => ShaTarget::OutputOnly,
            };
            run(chip, &ShaEnd::new(data, target)?, body, |answer| answer == said)
        }
        (0x47, 3, 0) => run(chip, &ShaPublic(public?), body, done),
        (0x47, 4, 0) => {
            let key = if p2 == 0xFFFF { HmacKey::TempKey } else { HmacKey::Slot(of_slot?) };
            run(chip, &ShaHmacStart(key), body, done)
        }
        (0x47, 6, 0) if p2 == 0 => run(chip, &ShaReadContext, body, |context| context.as_bytes() == said),
        (0x47, 7, _) if usize::from(p2) == data.len() => {
            run(chip, &ShaWriteContext(&ShaContext::from_bytes(data)?), body, done)
        }
        (0x08, _, 0 | 32) => {
            let blocks = match (p1 & !0x40, data.first_chunk()) {
                (0x00, Some(challenge)) => MacBlocks::SlotAndChallenge(challenge),
                (0x02 | 0x06, Some(challenge)) => MacBlocks::TempKeyAndChallenge(temp_key(), challenge),
                (0x01 | 0x05, None) => MacBlocks::SlotAndTempKey(temp_key()),
                (0x03 | 0x07, None) => MacBlocks::TempKeyTwice(temp_key()),
                _ => return None,
            };
            let command = Mac { blocks, include_serial: p1 & 0x40 != 0, slot: of_slot? };
            run(chip, &command, body, |answer| answer == said)
        }
        (0x28, _, 77) => {
            let challenge = data.first_chunk()?;
            let blocks = match p1 {
                0x00 => MacBlocks::SlotAndChallenge(challenge),
                0x02 | 0x06 => MacBlocks::TempKeyAndChallenge(temp_key(), challenge),
                0x01 | 0x05 if *challenge == [0; 32] => MacBlocks::SlotAndTempKey(temp_key()),
                _ => return None,
            };
            let command = CheckMac {
                blocks,
                slot: of_slot?,
                response: data[32..].first_chunk()?,
                other_data: &OtherData(*data.last_chunk()?),
            };
            run(chip, &command, body, done)
        }
        (0x15, _, _) => {
            let dig = match (p1, data) {
                (0, []) => GenDig::Config(match p2 {
                    0 => ConfigBlock::B0,
                    1 => ConfigBlock::B1,
                    2 => ConfigBlock::B2,
                    3 => ConfigBlock::B3,
                    _ => return None,
                }),
                (1, []) if p2 < 2 => GenDig::Otp { second: p2 == 1 },
                (2, []) => GenDig::Slot(of_slot?),
                (2, _) if data.len() == 4 => GenDig::SlotWithOtherData(of_slot?, data.first_chunk()?),
                (3, _) if data.len() == 32 && p2 & 0x7FFF == 0 => {
                    let first = SharedNonceOrder::HostFirst;
                    let order = if p2 == 0 { first } else { SharedNonceOrder::TempKeyFirst };
                    GenDig::SharedNonce(order, data.first_chunk()?)
                }
                (4, []) => GenDig::Counter(counter()?),
                (5, []) => GenDig::KeyConfig(of_slot?),
                _ => return None,
            };
            run(chip, &dig, body, done)
        }
        (0x1C, 0 | 4, 0 | 32) => {
            let command = DeriveKey { target: of_slot?, source: temp_key(), mac: data.first_chunk() };
            run(chip, &command, body, done)
        }
        (0x43, 0x0C | 0x0D, 64) if said.len() != 64 => {
            let key_from = if p1 & 1 == 0 { EcdhKey::Slot(of_slot?) } else { EcdhKey::TempKey };
            if p1 & 1 == 1 && p2 != 0 {
                return None;
            }
            let command = EcdhOutput { key: key_from, public_key: &key()? };
            run(chip, &command, body, |answer| answer.is_some_and(|secret| secret.expose() == said))
        }
        (0x43, 0x0E, 64) => {
            let command = EcdhEncrypted { key: EcdhKey::Slot(of_slot?), public_key: &key()? };
            run(chip, &command, body, |answer| [answer.ciphertext, answer.nonce].concat() == said)
        }
        (0x43, 0x00 | 0x04 | 0x05 | 0x08 | 0x09, 64) => {
            let target = match p1 {
                0x08 => EcdhTarget::TempKeyFromSlot(of_slot?),
                0x09 if p2 == 0 => EcdhTarget::TempKeyFromTempKey,
                0x05 => EcdhTarget::SlotFromTempKey(of_slot?),
                0x00 => EcdhTarget::NextSlot(of_slot?),
                0x04 => EcdhTarget::SlotAfter(of_slot?),
                _ => return None,
            };
            // What the configuration makes of the target may be an answer with the secret.
            if said.len() > 1 {
                return None;
            }
            run(chip, &EcdhInside { target, public_key: &key()? }, body, done)
        }
        (0x51, 0x03, 32) if p2 == 0 => {
            let command = AesGfm { h: data.first_chunk()?, input: data.last_chunk()? };
            run(chip, &command, body, |answer| answer == said)
        }
        (0x51, _, 16) if p1 & 0x3E == 0 => {
            let key = match p2 {
                0xFFFF => AesKey::temp_key(p1 >> 6),
                _ => AesKey::slot(of_slot?, p1 >> 6),
            };
            let direction = if p1 & 1 == 0 { AesDirection::Encrypt } else { AesDirection::Decrypt };
            let command = Aes { key: key?, direction, input: data.first_chunk()? };
            run(chip, &command, body, |answer| answer == said)
        }
        (0x77, _, 0) if p2 == 0 && empty && Tests::from_bits(p1).is_some() => {
            run(chip, &SelfTest(Tests::from_bits_truncate(p1)), body, |failed| [failed.bits()] == said)
        }
        (0x46, 0, 68) if data[..4] == [0; 4] && data[36..] == [0; 32] => {
            let command = PrivWriteClear { slot: of_slot?, key: data[4..].first_chunk()?, old: OldKeyIsLost };
            run(chip, &command, body, done)
        }
        (0x80, _, 96) if p2 == 0 && p1 & !0xC0 != 6 => {
            let signature = Signature::from_bytes(*data.last_chunk()?);
            let check = match p1 & !0xC0 {
                5 => SecureBootCheck::Full(&signature),
                7 => SecureBootCheck::Copy(&signature),
                _ => return None,
            };
            let boot = SecureBoot { digest: data.first_chunk()?, check, once: p1 & 0x40 != 0 };
            if p1 & 0x80 == 0 {
                run(chip, &boot, body, done)
            } else {
                run(chip, &SecureBootMac(boot), body, |answer| answer == said)
            }
        }
        _ => return None,
    })
}

fn word(zone: u8, address: u16) -> Option<Word> {
    match zone & 3 {
        0 => Word::config(address.try_into().ok()?),
        1 => Word::otp(address.try_into().ok()?),
        _ if address & 0xF080 == 0 => {
            let [low, block] = address.to_le_bytes();
            Word::data(slot(low >> 3), block * 8 + (low & 7))
        }
        _ => None,
    }
}

fn block(zone: u8, address: u16) -> Option<Block> {
    let [low, high] = address.to_le_bytes();
    match zone & 3 {
        0 if address & 0xFF07 == 0 => Block::config(low >> 3),
        1 if address & 0xFF07 == 0 => Block::otp(low >> 3),
        2 if low & 0x87 == 0 => Block::data(slot(low >> 3), high),
        _ => None,
    }
}
