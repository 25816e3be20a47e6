//! TLS: what fails while the device shows its certificate. Whatever does, it is an error in words, and the next try works.

use crate::chip::{ChipDevice, SLOT, Trouble};
use crate::device::SoftKey;
use crate::memory::{Cut, World};
use atecc608::{asynch, blocking};
use atecc608_cloud::signer::{BlockingChipSigner, ChipSigner, TokenSigner};
use atecc608_cloud::tls::{ClientIdentity, TlsFailure};
use embassy_futures::block_on;
use embedded_hal::i2c::{ErrorKind as BusError, NoAcknowledgeSource};
use embedded_io_async::ErrorKind;
use mock_servers::pki::Request;
use std::fmt::Display;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

type Outcome = Result<(), TlsFailure<ErrorKind>>;

fn visit<S: TokenSigner<Error: Display>>(world: &World, certificate: &[u8], signer: S) -> Outcome {
    let client = ClientIdentity { chain: &[certificate], signer };
    block_on(world.visit(world.line(Cut::Never), client))
}

/// How many transactions the chip's driver makes for a handshake.
fn transactions(world: &World, device: &ChipDevice) -> u64 {
    device.bus.reset_counters();
    visit(world, &device.certificate, BlockingChipSigner::new(&mut device.blocking(), SLOT)).unwrap();
    device.bus.counters().transactions
}

/// An error with the driver's words, not one of anybody else.
fn explained(outcome: &Outcome, at: &str) -> bool {
    match outcome {
        Ok(()) => false,
        Err(TlsFailure::ClientSignature(reason)) => {
            assert!(reason.len() > 20, "{at}: {reason}");
            let text = outcome.as_ref().unwrap_err().to_string();
            assert!(text.contains(reason.as_str()), "{at}: {text}");
            true
        }
        Err(other) => panic!("{at}: {other}"),
    }
}

const NACK: BusError = BusError::NoAcknowledge(NoAcknowledgeSource::Unknown);

/// At every transaction, by both drivers.
#[test]
fn chip_in_trouble_while_it_signs() {
    let world = World::new();
    let device = ChipDevice::new(&world.devices);
    let count = transactions(&world, &device);
    assert!(count > 5, "{count}");
    let troubles = [
        Trouble::PulledOut,
        Trouble::PowerCut,
        Trouble::Dead(BusError::ArbitrationLoss),
        Trouble::Dead(NACK),
        Trouble::Once(BusError::Bus),
    ];
    let mut failed = [0; 5];
    for (trouble, failed) in troubles.into_iter().zip(&mut failed) {
        // Beyond the last one nothing happens.
        for at in 1..=count + 1 {
            for asynchronous in [false, true] {
                let text = format!("{trouble:?} at {at}, async {asynchronous}");
                let (bus, delay) = (device.trouble(at, trouble), device.bus.delay());
                let outcome = if asynchronous {
                    let mut chip = asynch::Atecc608::new(bus, delay);
                    visit(&world, &device.certificate, ChipSigner::new(&mut chip, SLOT))
                } else {
                    let mut chip = blocking::Atecc608::new(bus, delay);
                    visit(&world, &device.certificate, BlockingChipSigner::new(&mut chip, SLOT))
                };
                let explained = explained(&outcome, &text);
                // What is gone for good before the last answer can't have signed.
                let certain = matches!(trouble, Trouble::PulledOut | Trouble::Dead(_)) && at < count;
                assert!(explained || !certain, "{text}");
                assert!(!explained || at <= count, "{text}");
                *failed += u64::from(explained);

                // The handshake has left nothing behind, so mostly the chip alone is asked: that takes less long.
                device.put_back();
                let mut chip = device.blocking();
                match at % 16 {
                    0 => {
                        visit(&world, &device.certificate, BlockingChipSigner::new(&mut chip, SLOT)).unwrap()
                    }
                    _ => drop(chip.sign_digest(SLOT, &[7; 32]).unwrap()),
                }
            }
        }
    }
    println!("{count} transactions a handshake; of {} tries each failed {failed:?}", 2 * (count + 1));
}

/// A digest that is no signature by this key makes no handshake, and neither does what is no signature at all.
#[test]
fn chip_that_answers_nonsense() {
    struct Nonsense([u8; 64]);
    impl TokenSigner for Nonsense {
        type Error = std::convert::Infallible;
        async fn sign_digest(&mut self, _: &[u8; 32]) -> Result<atecc608::Signature, Self::Error> {
            Ok(atecc608::Signature::from_bytes(self.0))
        }
    }
    let world = World::new();
    let device = world.devices.issue(&Request::device("device-1")).unwrap();
    for bytes in [[0; 64], [0xFF; 64]] {
        let failure = visit(&world, device.der(), Nonsense(bytes)).unwrap_err();
        assert!(
            matches!(&failure, TlsFailure::ClientSignature(reason) if reason.contains("no signature")),
            "{failure}"
        );
    }
    // Well formed, and of nothing. rustls says decrypt_error.
    let failure = visit(&world, device.der(), Nonsense([0x5A; 64])).unwrap_err();
    assert!(matches!(failure, TlsFailure::Alert(alert) if alert.0 == 51), "{failure}");
    visit(&world, device.der(), SoftKey::of(&device)).unwrap();
}

/// After every byte, in both directions.
#[test]
fn handshake_cut_after_every_byte() {
    let world = World::new();
    let device = ChipDevice::new(&world.devices);
    let attempt = |cut| {
        let line = world.line(cut);
        let mut chip = device.blocking();
        let signer = BlockingChipSigner::new(&mut chip, SLOT);
        let client = ClientIdentity { chain: &[&device.certificate], signer };
        (block_on(world.visit(line.clone(), client)), line.carried())
    };
    let (whole, (to_server, to_device)) = attempt(Cut::Never);
    whole.unwrap();
    assert!(to_server > 700 && to_device > 900, "{to_server} {to_device}");
    let cuts = (0..to_server).map(Cut::ToServer).chain((0..to_device).map(Cut::ToDevice));
    for (index, cut) in cuts.enumerate() {
        let failure = match attempt(cut).0 {
            // Signatures are a byte or two shorter now and then, so that all was through by then.
            Ok(()) if index + 4 > to_server && index < to_server => continue,
            Ok(()) if index + 4 > to_server + to_device => continue,
            Ok(()) => panic!("{cut:?}: not cut"),
            Err(failure) => failure,
        };
        let reset = matches!(
            failure,
            TlsFailure::ClosedInHandshake
                | TlsFailure::Truncated
                | TlsFailure::ClosedAfterCertificate
                | TlsFailure::Transport(ErrorKind::BrokenPipe)
        );
        assert!(reset, "{cut:?}: {failure}");
        if index % 50 == 0 {
            attempt(Cut::Never).0.unwrap();
        }
    }
    attempt(Cut::Never).0.unwrap();
    println!("{to_server} bytes to the server, {to_device} to the device");
}

/// Polls so many times; `None` if it is not done by then, and dropped.
fn polled<T>(future: impl Future<Output = T>, times: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..times {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
    }
    None
}

/// At every point at which it waits, for the server or for the chip.
#[test]
fn handshake_dropped_at_every_await() {
    let world = World::new();
    let device = ChipDevice::new(&world.devices);
    // One driver for all: what it was dropped in must not matter to it.
    let mut chip = device.asynch();
    let mut points = 0;
    loop {
        let mut line = world.line(Cut::Never);
        line.yields = true;
        let client =
            ClientIdentity { chain: &[&device.certificate], signer: ChipSigner::new(&mut chip, SLOT) };
        let done = polled(world.visit(line, client), points);
        if let Some(outcome) = done {
            outcome.unwrap();
            break;
        }
        points += 1;
        let next = ChipSigner::new(&mut chip, SLOT);
        visit(&world, &device.certificate, next)
            .unwrap_or_else(|failure| panic!("after {points}: {failure}"));
    }
    assert!(points > 30, "{points}");
    println!("dropped at {points} points");
}
