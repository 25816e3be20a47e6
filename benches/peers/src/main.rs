//! The driver beside the floor and at-cryptoauth 0.6, on the same chip, in the same run: `cargo run -p peers`; with
//! `--json` a line of JSON for each row, for `cargo xtask benches`.
//!
//! at-cryptoauth wakes the chip with a byte to its address, which is no pulse above 100 kHz: that is tried, and
//! for the rows above the bus goes down to 100 kHz for the wake.

mod clock;
mod energy;
mod jobs;
mod slow_wake;

use atecc608::config::ConfigZone;
use bus_floor::{Cost, Row};
use serde_json::{Value, json};

const CLOCKS: [u32; 3] = [100_000, 400_000, 1_000_000];

fn fields(cost: &Cost) -> Value {
    json!({"bytes": cost.bytes, "transactions": cost.transactions, "chip_us": cost.chip_us, "us": cost.us})
}

/// What the vendor's library needs to do the same jobs.
fn print_jobs() {
    let blank = ConfigZone::from_bytes(*atecc608_sim::Chip::blank(42).eeprom().config());
    let wanted = *bus_floor::commands::configured(&blank).as_bytes();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let config = hex(&wanted);
    let readable = hex(&bus_floor::with_encrypted_reads(wanted));
    let input = hex(&bus_floor::operations::signing_input());
    println!("{}", json!({"kind": "jobs", "config": config, "readable": readable, "input": input}));
}

fn print_row(row: &Row, peer: Option<&Cost>, as_json: bool) {
    if as_json {
        let (floor, driver) = (fields(&row.floor), fields(&row.cost));
        let peer = peer.map(fields);
        println!(
            "{}",
            json!({"kind": "bus", "name": row.name, "hz": row.hz, "floor": floor, "driver": driver, "peer": peer})
        );
        return;
    }
    let cells = |cost: &Cost, ratio: f64| {
        format!("{:>6} {:>6} {:>8} {:>8} {ratio:>6.3}", cost.bytes, cost.transactions, cost.chip_us, cost.us)
    };
    let peer =
        peer.map_or_else(|| "no call".into(), |cost| cells(cost, cost.us as f64 / row.floor.us as f64));
    println!("{:<20} {:>5} | {} | {peer}", row.name, row.hz / 1000, cells(&row.cost, row.ratio()));
}

fn main() {
    let as_json = std::env::args().any(|argument| argument == "--json");
    if as_json {
        print_jobs();
    } else {
        let columns = format!("{:>6} {:>6} {:>8} {:>8} {:>6}", "bytes", "trans.", "chip us", "us", "/floor");
        println!("{:<20} {:>5} | {:^38} | {:^38}", "", "", "this driver", "at-cryptoauth 0.6.0");
        println!("{:<20} {:>5} | {columns} | {columns}", "operation", "kHz");
    }
    for hz in CLOCKS {
        for (row, operation) in bus_floor::measure(hz).into_iter().zip(bus_floor::operations::all()) {
            let peer = jobs::cost(&operation, hz);
            if let Some(peer) = peer {
                assert!(row.cost.us < peer.us, "{} at {hz} Hz: slower than the peer", row.name);
            }
            print_row(&row, peer.as_ref(), as_json);
        }
    }
    for hz in CLOCKS {
        let answer = jobs::unaided(hz);
        assert_eq!(answer.is_ok(), hz <= 100_000, "at-cryptoauth, unaided, at {hz} Hz: {answer:?}");
        let says = answer.err().map(|error| error.to_string());
        if as_json {
            println!("{}", json!({"kind": "wake", "hz": hz, "error": says}));
        } else {
            println!("at-cryptoauth's own wake at {} kHz: {}", hz / 1000, says.as_deref().unwrap_or("works"));
        }
    }
    for token in [100_000, 400_000].into_iter().flat_map(energy::tokens) {
        if as_json {
            println!(
                "{}",
                json!({"kind": "token", "who": token.who, "hz": token.hz, "rest": token.rest, "us": token.us,
                    "ecc_us": token.ecc_us, "other_us": token.other_us})
            );
        } else {
            println!("{token:?}");
        }
    }
}
