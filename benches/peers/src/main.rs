//! Operations that at-cryptoauth 0.6 has too, on the same chip, in the same run: `cargo run -p peers`.
//!
//! At 100 kHz only: it wakes the chip with a byte to its address, which is no pulse on a faster bus.

mod clock;
#[path = "../../floor/mod.rs"]
mod floor;

use at_cryptoauth::memory::Slot;
use at_cryptoauth::{AtCaClient, Digest, PublicKey, Signature};
use atecc608_sim::hal::SimI2c;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use floor::{Cost, Operation};

type Peer = AtCaClient<NoopRawMutex, SimI2c>;

const HZ: u32 = 100_000;

fn digest() -> Digest {
    Digest::try_from(&[0x5A; 32][..]).unwrap()
}

/// The same job, where it can do it.
fn job(name: &str) -> Option<fn(&Peer)> {
    Some(match name {
        "info" => |peer| assert_eq!(peer.info_blocking().unwrap().as_ref()[2], 0x60),
        "serial number" => |peer| assert!(peer.memory().serial_number_blocking().is_ok()),
        "generate key" => |peer| assert!(peer.create_private_key_blocking(Slot::PrivateKey01).is_ok()),
        "sign digest" | "token, host hashes" => {
            |peer| assert!(peer.signer(Slot::PrivateKey00).sign_digest_blocking(&digest()).is_ok())
        }
        "verify" => |peer| {
            let (key, signature) = floor::operations::signed(&[0x5A; 32]);
            let key = PublicKey::try_from(&key[..]).unwrap();
            let signature = Signature::from_slice(&signature).unwrap();
            peer.verify_external_blocking(&digest(), &signature, &key).unwrap();
        },
        "SHA-256 of 1 KiB" => |peer| assert!(peer.sha().digest_blocking(&[0x5A; 1024]).is_ok()),
        _ => return None,
    })
}

/// What the peer takes for an operation; `None` if it has none, or fails at it.
fn peer(operation: &Operation) -> Option<Cost> {
    let run = job(operation.name)?;
    let (bus, id) = floor::chip(operation.start, HZ);
    clock::follow(&bus);
    // Asleep, as the driver left it. The peer leaves it idle.
    let peer = Peer::new(bus.i2c());
    Some(floor::cost(&bus, id, || run(&peer)))
}

fn cells(cost: Cost, ratio: f64) -> String {
    format!("{:>6} {:>6} {:>8} {:>8} {ratio:>6.3}", cost.bytes, cost.transactions, cost.chip_us, cost.us)
}

fn main() {
    let columns = format!("{:>6} {:>6} {:>8} {:>8} {:>6}", "bytes", "trans.", "chip us", "us", "/floor");
    println!("{:<20} {:>5} | {:^38} | {:^38}", "", "", "this driver", "at-cryptoauth 0.6.0");
    println!("{:<20} {:>5} | {columns} | {columns}", "operation", "kHz");
    for (row, operation) in floor::measure(HZ).into_iter().zip(floor::operations::all()) {
        let driver = cells(row.cost, row.ratio());
        let peer = peer(&operation).map_or_else(
            || "has no such operation".into(),
            |cost| {
                assert!(row.cost.us < cost.us, "{}: slower than the peer", row.name);
                cells(cost, cost.us as f64 / row.floor.us as f64)
            },
        );
        println!("{:<20} {:>5} | {driver} | {peer}", row.name, row.hz / 1000);
    }
}
