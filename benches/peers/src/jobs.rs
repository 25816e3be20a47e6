//! The same jobs by at-cryptoauth 0.6, with the fewest of its calls.

use crate::{clock, slow_wake::SlowWake};
use at_cryptoauth::memory::{Size, Slot, Zone};
use at_cryptoauth::{AtCaClient, Digest, PublicKey, Signature};
use atecc608::config::ConfigZone;
use atecc608_sim::Bus;
use atecc608_sim::bus::ChipId;
use bus_floor::operations::{signed, signing_input};
use bus_floor::{Cost, Operation};
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use sha2::{Digest as _, Sha256};

pub(crate) type Peer = AtCaClient<NoopRawMutex, SlowWake>;

fn digest() -> Digest {
    Digest::try_from(&[0x5A; 32][..]).unwrap()
}

/// Runs what only its async half has; waiting asks the clock, which moves by that.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return result;
        }
    }
}

fn read_config(peer: &Peer) -> [u8; 128] {
    let mut zone = [0; 128];
    for (block, part) in (0..).zip(zone.chunks_mut(32)) {
        let mut memory = peer.memory();
        // SAFETY: what is asked for is that the block is one of the configuration's four.
        let read = unsafe { memory.read_config(Size::Block, block, 0) };
        part.copy_from_slice(&block_on(read).unwrap());
    }
    zone
}

/// Read, what differs written, read back, as this driver does. There is no call for the whole, so this is the
/// least that its user would write.
fn write_config(peer: &Peer) {
    let present = read_config(peer);
    let wanted = *bus_floor::commands::configured(&ConfigZone::from_bytes(present)).as_bytes();
    for block in 0..4_u8 {
        let part = 32 * usize::from(block)..32 * usize::from(block + 1);
        let pairs = present[part.clone()].chunks(4).zip(wanted[part.clone()].chunks(4));
        let words: Vec<_> = (0..).zip(pairs).filter(|(_, (present, wanted))| present != wanted).collect();
        if block % 2 == 1 && !words.is_empty() {
            peer.memory().write_config_blocking(Size::Block, block, 0, &wanted[part]).unwrap();
        } else {
            for (offset, (_, wanted)) in words {
                peer.memory().write_config_blocking(Size::Word, block, offset, wanted).unwrap();
            }
        }
    }
    assert_eq!(read_config(peer), wanted);
}

fn provision(peer: &Peer) {
    write_config(peer);
    peer.memory().lock_blocking(Zone::Config).unwrap();
    peer.create_private_key_blocking(Slot::PrivateKey00).unwrap();
    peer.memory().lock_blocking(Zone::Data).unwrap();
}

/// The job, where it can do it.
fn job(name: &str) -> Option<fn(&Peer)> {
    Some(match name {
        "info" => |peer| assert_eq!(peer.info_blocking().unwrap().as_ref()[2], 0x60),
        "serial number" => |peer| assert!(peer.memory().serial_number_blocking().is_ok()),
        "read config" => |peer| assert_eq!(read_config(peer)[86..88], [0, 0]),
        "write config" => write_config,
        "generate key" => |peer| assert!(peer.create_private_key_blocking(Slot::PrivateKey01).is_ok()),
        "sign digest" | "token, host hashes" => {
            |peer| assert!(peer.signer(Slot::PrivateKey00).sign_digest_blocking(&digest()).is_ok())
        }
        "verify" => |peer| {
            let (key, signature) = signed(&[0x5A; 32]);
            let key = PublicKey::try_from(&key[..]).unwrap();
            let signature = Signature::from_slice(&signature).unwrap();
            peer.verify_external_blocking(&digest(), &signature, &key).unwrap();
        },
        "SHA-256 of 1 KiB" => |peer| {
            let digest = peer.sha().digest_blocking(&[0x5A; 1024]).unwrap();
            assert_eq!(digest.as_ref(), Sha256::digest([0x5A; 1024]).as_slice());
        },
        "whole provisioning" => provision,
        "token, chip hashes" => {
            |peer| assert!(peer.signer(Slot::PrivateKey00).sign_blocking(&signing_input()).is_ok())
        }
        "encrypted read" => return None,
        name => panic!("nobody has said whether the peer can do: {name}"),
    })
}

/// What the peer takes for an operation; `None` if it has no call for it.
pub(crate) fn cost(operation: &Operation, hz: u32) -> Option<Cost> {
    let run = job(operation.name)?;
    let (bus, id) = bus_floor::chip(operation.start, hz);
    let peer = on(&bus, hz);
    Some(bus_floor::cost(&bus, id, || run(&peer)))
}

/// The peer on a bus whose chip is asleep, as the driver left it; the peer leaves it idle.
pub(crate) fn on(bus: &Bus, hz: u32) -> Peer {
    clock::follow(bus);
    Peer::new(SlowWake::new(bus.i2c(), hz))
}

/// A token as at-cryptoauth signs one.
pub(crate) fn token(bus: &Bus, hz: u32) {
    assert!(on(bus, hz).signer(Slot::PrivateKey00).sign_digest_blocking(&digest()).is_ok());
}

/// What at-cryptoauth says on a bus that stays at `hz` for its wake.
pub(crate) fn unaided(hz: u32) -> Result<(), at_cryptoauth::error::Error> {
    let (bus, id): (Bus, ChipId) = bus_floor::chip(bus_floor::Start::Provisioned, hz);
    clock::follow(&bus);
    let peer = AtCaClient::<NoopRawMutex, _>::new(bus.i2c());
    let before = bus.with_chip(id, |chip| chip.executed().len());
    peer.info_blocking()?;
    assert!(bus.with_chip(id, |chip| chip.executed().len()) > before);
    Ok(())
}
