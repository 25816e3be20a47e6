//! Operations on the simulated chip, measured in what can't lie (bus bytes, transactions, virtual
//! time), beside the floor: the chip's own execution time and the shortest byte sequence that can
//! do the job. Shared by the bench and the test that keeps its promise.

use atecc608::blocking::{Atecc608, SdaPulse};
use atecc608::config::preset;
use atecc608::jwt::{Header, UnsignedJwt};
use atecc608::{Slot, irreversible};
use atecc608_sim::bus::ChipId;
use atecc608_sim::hal::{SdaPin, SimDelay, SimI2c};
use atecc608_sim::{Bus, Chip};
use serde::Serialize;
use sha2::{Digest, Sha256};

type Device = Atecc608<SimI2c, SimDelay, SdaPulse<SdaPin>>;

/// What one operation cost.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The operation.
    pub(crate) name: &'static str,
    /// Bus clock.
    pub(crate) hz: u32,
    /// Bytes on the wire, address bytes included.
    pub(crate) bytes: u64,
    /// START to STOP.
    pub(crate) transactions: u64,
    /// Virtual time from the call to its return.
    pub(crate) us: u64,
    /// The same at the floor.
    pub(crate) floor_bytes: u64,
    /// See there.
    pub(crate) floor_transactions: u64,
    /// See there.
    pub(crate) floor_us: u64,
}

impl Row {
    /// Time as a multiple of the floor's.
    pub(crate) fn ratio(&self) -> f64 {
        self.us as f64 / self.floor_us as f64
    }
}

/// A command as the floor counts it: bytes of data out, bytes of result back.
type Exchange = (u64, u64);

/// What the driver runs, and the fewest commands that can do it.
struct Operation {
    name: &'static str,
    run: fn(&mut Device),
    commands: Vec<Exchange>,
}

#[derive(Serialize)]
struct Claims {
    iat: u64,
    exp: u64,
    aud: &'static str,
}

const CLAIMS: Claims = Claims { iat: 1_700_000_000, exp: 1_700_086_400, aud: "my-project" };

/// Nonce with a digest, then Sign.
const SIGN: [Exchange; 2] = [(32, 1), (0, 64)];

fn operations() -> Vec<Operation> {
    let mut buffer = [0; 512];
    let input = UnsignedJwt::new(&Header::ES256, &CLAIMS, &mut buffer).unwrap().signing_input().len() as u64;
    // Start, full blocks, End; then Sign from the buffer that End filled.
    let hashed = [(0, 1)]
        .into_iter()
        .chain((0..input / 64).map(|_| (64, 1)))
        .chain([(input % 64, 32), (0, 64)])
        .collect();
    vec![
        Operation {
            name: "info",
            run: |chip| assert!(chip.revision().unwrap().is_608()),
            commands: vec![(0, 4)],
        },
        Operation {
            name: "read config",
            run: |chip| assert!(chip.read_config().unwrap().is_config_locked()),
            commands: vec![(0, 32); 4],
        },
        Operation {
            name: "generate key",
            run: |chip| assert!(chip.generate_key(Slot::S1, irreversible::OldKeyIsLost).is_ok()),
            commands: vec![(0, 64)],
        },
        Operation {
            name: "sign digest",
            run: |chip| assert!(chip.sign_digest(Slot::S0, &[0x5A; 32]).is_ok()),
            commands: SIGN.to_vec(),
        },
        Operation {
            name: "token, host hashes",
            run: |chip| {
                let mut buffer = [0; 512];
                let token = UnsignedJwt::new(&Header::ES256, &CLAIMS, &mut buffer).unwrap();
                let digest = Sha256::digest(token.signing_input()).into();
                let signature = chip.sign_digest(Slot::S0, &digest).unwrap();
                token.sign(&signature).unwrap();
            },
            commands: SIGN.to_vec(),
        },
        Operation {
            name: "token, chip hashes",
            run: |chip| {
                chip.sign_jwt(Slot::S0, &Header::ES256, &CLAIMS, &mut [0; 512]).unwrap();
            },
            commands: hashed,
        },
    ]
}

/// A provisioned chip and its driver, woken by a pulse on SDA, which works at any speed.
fn device(hz: u32) -> (Bus, ChipId, Device) {
    let bus = Bus::new();
    let id = bus.add(Chip::blank(42));
    bus.set_clock_hz(hz);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay()).with_wake(SdaPulse(bus.sda_pin()));
    let wanted = preset::gcp_device(&chip.read_config().unwrap());
    chip.write_config(&wanted).unwrap();
    chip.lock_config(&wanted, irreversible::NoMoreConfigWrites).unwrap();
    chip.ensure_key(Slot::S0).unwrap();
    chip.lock_data_unchecked(irreversible::NoMoreFreeDataWrites).unwrap();
    (bus, id, chip)
}

/// Wake pulse, tWHI; per command word address, group and answer, each with its address byte; the
/// rest at the end (chip reference 1.3, 2.1).
fn floor(commands: &[Exchange], execution_ns: u64, hz: u32) -> (u64, u64, u64) {
    let bit_ns = 1_000_000_000 / u64::from(hz);
    let (mut bytes, mut transactions) = (2, 1);
    for (out, back) in commands {
        bytes += (1 + 1 + 7 + out) + (1 + 3 + back);
        transactions += 2;
    }
    let wake_ns = 60_000 + 1_500_000;
    let wire_ns = (bytes * 9 + transactions * 2) * bit_ns;
    (bytes, transactions, (wake_ns + wire_ns + execution_ns) / 1000)
}

/// Measures every operation at one bus clock.
pub(crate) fn measure(hz: u32) -> Vec<Row> {
    operations()
        .into_iter()
        .map(|operation| {
            let (bus, id, mut chip) = device(hz);
            let before = bus.with_chip(id, |chip| chip.executed().len());
            bus.reset_counters();
            let start = bus.now();
            (operation.run)(&mut chip);
            let us = (bus.now() - start) / 1000;
            let counters = bus.counters();
            let (count, execution_ns) = bus.with_chip(id, |chip| {
                let run = &chip.executed()[before..];
                (run.len(), run.iter().map(|command| command.duration).sum())
            });
            assert_eq!(count, operation.commands.len(), "{}: commands beside the floor's", operation.name);
            let (floor_bytes, floor_transactions, floor_us) = floor(&operation.commands, execution_ns, hz);
            Row {
                name: operation.name,
                hz,
                bytes: counters.bytes,
                transactions: counters.transactions,
                us,
                floor_bytes,
                floor_transactions,
                floor_us,
            }
        })
        .collect()
}
