//! SHA-256 in one go and as a stream.

use super::rig::{Rig, opcodes};
use atecc608::wire::Opcode;
use atecc608::{Error, ErrorKind};
use atecc608_sim::Fault;
use atecc608_sim::chip::PowerState;
use testkit::{Failure, Locks, message, sha256};

#[test]
fn in_one_go() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        for len in (0..=130).chain([191, 192, 193, 1000]) {
            let message = message(len);
            assert_eq!(op!(rig.sha256(&message)), Ok(sha256(&message)), "{locks:?} {len}");
            assert_eq!(rig.executed().len(), 2 + len / 64, "{len}");
        }
    }
}

/// The digest of a stream in pieces of the lengths given, over and over.
fn streamed(rig: &mut Rig, message: &[u8], pieces: &[usize]) -> Result<[u8; 32], Failure> {
    let mut stream = rig.chip.sha256_stream();
    let mut rest = message;
    for &piece in pieces.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (now, later) = rest.split_at(piece.min(rest.len()));
        go!(stream.update(now))?;
        rest = later;
    }
    go!(stream.finish())
}

#[test]
fn in_pieces_of_every_size() {
    let mut rig = Rig::blank();
    let message = message(333);
    let digest = sha256(&message);
    for piece in 1..=130 {
        assert_eq!(streamed(&mut rig, &message, &[piece]), Ok(digest), "{piece}");
        rig.assert_at_rest();
        assert_eq!(rig.executed(), opcodes(&[Opcode::Sha; 2 + 333 / 64]), "{piece}: full blocks only");
    }
}

#[test]
fn in_mixed_pieces_and_of_every_length() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        for len in (0..=66).chain(125..=131).chain([192, 257]) {
            for pieces in [&[1, 63][..], &[63, 1], &[64], &[65, 3], &[200], &[1, 0, 64, 127]] {
                let message = message(len);
                let digest = streamed(&mut rig, &message, pieces);
                assert_eq!(digest, Ok(sha256(&message)), "{locks:?} {len} {pieces:?}");
            }
        }
    }
}

#[test]
fn the_chip_idles_between_pieces_and_sleeps_afterwards() {
    let mut rig = Rig::blank();
    let bus = rig.bus.clone();
    let state = || {
        let now = bus.now();
        bus.with_chip(atecc608_sim::ChipId::FIRST, |chip| chip.state(now))
    };
    let mut stream = rig.chip.sha256_stream();
    go!(stream.update(&[1; 10])).unwrap();
    assert_eq!(state(), PowerState::Asleep, "nothing sent yet");
    go!(stream.update(&[2; 60])).unwrap();
    assert_eq!(state(), PowerState::Idle);
    bus.advance(10_000_000_000);
    go!(stream.update(&[3; 100])).unwrap();
    assert_eq!(state(), PowerState::Idle);
    let message = [&[1; 10][..], &[2; 60], &[3; 100]].concat();
    assert_eq!(go!(stream.finish()), Ok(sha256(&message)), "ten seconds later");
    assert_eq!(state(), PowerState::Asleep);
}

#[test]
fn a_dropped_stream_leaves_nothing_behind() {
    let mut rig = Rig::blank();
    for fed in [0, 10, 64, 150] {
        let mut stream = rig.chip.sha256_stream();
        go!(stream.update(&message(fed))).unwrap();
        drop(stream);
        rig.assert_at_rest();
        assert_eq!(op!(rig.sha256(b"abc")), Ok(sha256(b"abc")), "{fed}");
        assert_eq!(streamed(&mut rig, b"abc", &[2]), Ok(sha256(b"abc")), "{fed}");
    }
}

/// Once a piece has failed, the chip's context may be anything: the stream gives no digest.
#[test]
fn a_stream_that_failed_stays_failed() {
    let mut rig = Rig::blank();
    let broken = Error::new(Opcode::Sha, ErrorKind::Reset);
    let bus = rig.bus.clone();
    let mut stream = rig.chip.sha256_stream();
    go!(stream.update(&[1; 100])).unwrap();
    // In the second command: the first would be sent again, nothing having been heard since the wake.
    bus.inject(Fault::NackByte { nth: 90 });
    let failure = go!(stream.update(&[2; 100])).unwrap_err();
    assert!(matches!(failure.kind, ErrorKind::Bus(_)), "{failure:?}");
    assert_eq!(failure.command, Some(Opcode::Sha));
    assert_eq!(go!(stream.update(&[3; 1])), Err(broken));
    assert_eq!(go!(stream.update(&[])), Err(broken));
    assert_eq!(go!(stream.finish()), Err(broken));
    rig.assert_at_rest();
    assert_eq!(op!(rig.sha256(b"abc")), Ok(sha256(b"abc")));
}

/// A chip that slept between two pieces has lost the context and says so; there is no wrong digest.
#[test]
fn a_stream_does_not_survive_a_power_cut() {
    let mut rig = Rig::blank();
    let bus = rig.bus.clone();
    let mut stream = rig.chip.sha256_stream();
    go!(stream.update(&[1; 100])).unwrap();
    bus.power_cycle();
    bus.advance(1_000_000);
    assert_eq!(go!(stream.finish()), Err(Error::new(Opcode::Sha, ErrorKind::Reset)));
    rig.assert_at_rest();
}
