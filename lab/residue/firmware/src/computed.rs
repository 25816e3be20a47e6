//! What the host computes for the chip. Results that are no `Secret` are the caller's to overwrite.

use crate::inputs::{bytes, digest, key, nonce, num_in, plain, public_key, signature, temp_key};
use atecc608::command::{
    Encrypted, Mac, MacBlocks, MessageSource, OtherData, SecureBoot, SecureBootCheck, SecureBootMac, Seed,
    SignInternal, TempKeySource, VerifyExternal, VerifyMac,
};
use atecc608::config::{KeyConfig, SlotConfig};
use atecc608::memory::Block;
use atecc608::{Secret, SerialNumber, Slot, host};
use core::hint::black_box;
use residue_op::Op;

static SERIAL: SerialNumber = SerialNumber([0x01, 0x23, 0x45, 0xE1, 0x23, 0xB1, 0xBD, 0x5B, 0xEE]);
static OUTPUT: Encrypted<64> = Encrypted { ciphertext: [0x3C; 64], nonce: [0x4D; 32] };
static OTHER: OtherData = OtherData([0; 13]);

fn overwrite(bytes: &mut [u8]) {
    crate::board::publish(bytes);
    black_box(bytes).fill(0);
}

/// `None`: not here.
#[inline(never)]
pub(crate) fn run(op: Op) -> Option<u32> {
    let (slot, random) = (Slot::S4, TempKeySource::Random);
    match op {
        Op::HostNonce => drop(black_box(&host::nonce_again(temp_key(), num_in(), Seed::Update))),
        Op::HostGenDig => {
            black_box(&host::gen_dig_slot(key(), slot, &SERIAL, temp_key()));
        }
        Op::HostGenKey => {
            black_box(&host::gen_key_public(public_key(), Slot::S2, &SERIAL, temp_key()));
        }
        Op::HostMac => {
            let blocks = MacBlocks::SlotAndTempKey(random);
            overwrite(&mut host::mac(
                &Mac { blocks, include_serial: true, slot },
                key(),
                temp_key(),
                &SERIAL,
            ));
        }
        Op::HostCheckMac => {
            let blocks = MacBlocks::SlotAndTempKey(random);
            overwrite(&mut host::check_mac(&blocks, &OTHER, key(), temp_key(), &SERIAL));
        }
        Op::HostDeriveKey => {
            black_box(&host::derive_key(key(), slot, random, &SERIAL, temp_key()));
        }
        Op::HostDeriveKeyMac => overwrite(&mut host::derive_key_mac(key(), slot, random, &SERIAL)),
        Op::HostEncryptWrite => {
            let block = Block::data(Slot::S8, 1)?;
            let mut sealed = host::encrypt_write(plain(), block, &SERIAL, temp_key());
            overwrite(&mut sealed.0);
            overwrite(&mut sealed.1);
        }
        Op::HostDecryptRead => {
            black_box(&host::decrypt_read(bytes(), temp_key()));
        }
        Op::HostEncryptPrivWrite => {
            let mut sealed = host::encrypt_priv_write(plain(), Slot::S7, &SERIAL, temp_key());
            overwrite(&mut sealed.0);
            overwrite(&mut sealed.1);
        }
        Op::HostIoDecrypt => {
            black_box(&host::io_decrypt(&OUTPUT, key()));
        }
        Op::HostVerifyMac => {
            let verify = VerifyExternal {
                signature: signature(),
                key: public_key(),
                source: MessageSource::MessageDigest,
            };
            overwrite(&mut host::verify_mac(&VerifyMac::External(verify), digest(), nonce(), key()));
        }
        Op::HostSecureBoot => {
            let boot = host::SecureBootKey::new(key(), temp_key());
            let mut sent = boot.encrypt(digest());
            let check = SecureBootCheck::Full(signature());
            let command = SecureBootMac(SecureBoot { digest: &sent, check, once: false });
            overwrite(&mut boot.mac(&command, digest(), Some(signature())));
            overwrite(&mut sent);
        }
        Op::HostHkdf => {
            black_box(&host::hkdf(key(), b"purpose"));
        }
        Op::HostPrf => {
            black_box::<&Secret<64>>(&host::prf(key(), b"label and seed"));
        }
        Op::HostStatement => {
            let statement = host::InternalStatement {
                command: SignInternal { slot: Slot::S1, include_serial: true, for_invalidate: false },
                flags: host::StatementFlags {
                    no_mac: false,
                    gen_key_data: true,
                    gen_dig_data: false,
                    from_input: false,
                    slot: Slot::S7,
                },
                slot_config: SlotConfig::from_bits(0x2087),
                key_config: KeyConfig::from_bits(0x0033),
                slot_locked: false,
                public_key_valid: false,
                serial: SERIAL,
            };
            overwrite(&mut statement.digest(temp_key()));
        }
        _ => return None,
    }
    Some(0)
}
