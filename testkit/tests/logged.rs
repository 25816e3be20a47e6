//! The bus that logs: what a person reads, and what nobody may.

use atecc608::blocking::SharedKey;
use atecc608::command::Derivation;
use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites, OldKeyIsLost};
use atecc608::logged::{Event, Logged, Sink};
use atecc608::wire::Transfer;
use atecc608::{DataContents, LowPower, PublicKey, Secret, Slot, asynch, blocking};
use atecc608_sim::hal::{I2cError, SimDelay, SimI2c};
use atecc608_sim::trace::Event as Bits;
use atecc608_sim::{Bus, ChipId, Fault};
use embassy_futures::block_on;
use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    /// What the test of this thread has logged.
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct Capture;

impl log::Log for Capture {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        assert_eq!((record.target(), record.level()), ("atecc608", log::Level::Debug));
        LINES.with_borrow_mut(|lines| lines.push(record.args().to_string()));
    }

    fn flush(&self) {}
}

/// What was logged since the last call.
fn lines() -> Vec<String> {
    LINES.take()
}

/// A bus that tells `log`.
fn logged(bus: &Bus) -> Logged<SimI2c, impl Sink + use<>> {
    // Another test of this program may have been first.
    log::set_logger(&Capture).ok();
    log::set_max_level(log::LevelFilter::Debug);
    Logged::with_log(bus.i2c())
}

/// A device that is locked, with a key in slot 0.
fn device() -> Bus {
    let bus = Bus::with_blank_chip(608);
    let mut chip = blocking::Atecc608::new(bus.i2c(), bus.delay());
    chip.provision(
        preset::gcp_device,
        Slot::S0,
        &DataContents::BLANK,
        NoMoreConfigWrites,
        NoMoreFreeDataWrites,
    )
    .unwrap();
    bus
}

const SIGNED: [&str; 12] = [
    "0x60 sleep: not acknowledged",
    "0x00 wake pulse",
    "0x60 status AfterWake (0x11)",
    "0x60 sleep",
    "0x00 wake pulse",
    "0x60 Nonce p1 0x43 p2 0x0000, 32 bytes",
    "0x60 Nonce: busy, 33 polls",
    "0x60 Nonce: status Success (0x00)",
    "0x60 Sign p1 0xA0 p2 0x0000",
    "0x60 Sign: busy, 65 polls",
    "0x60 Sign: 64 bytes",
    "0x60 sleep",
];

#[test]
fn a_signature_line_by_line() {
    let bus = device();
    let mut chip = blocking::Atecc608::new(logged(&bus), bus.delay());
    chip.sign_digest(Slot::S0, &[0xD1; 32]).unwrap();
    assert_eq!(lines(), SIGNED);
    let mut chip = asynch::Atecc608::new(logged(&bus), bus.delay());
    block_on(chip.sign_digest(Slot::S0, &[0xD1; 32])).unwrap();
    assert_eq!(lines(), SIGNED);
}

/// The driver, of which the first operation is over and told.
fn settled(bus: &Bus) -> blocking::Atecc608<Logged<SimI2c, impl Sink + use<>>, SimDelay> {
    let mut chip = blocking::Atecc608::new(logged(bus), bus.delay());
    chip.revision().unwrap();
    lines();
    chip
}

const WAKE: &str = "0x00 wake pulse";
const INFO: &str = "0x60 Info p1 0x00 p2 0x0000";
const BUSY: &str = "0x60 Info: busy, 9 polls";
const ANSWER: &str = "0x60 Info: 4 bytes";
const SLEEP: &str = "0x60 sleep";

#[test]
fn a_damaged_answer_is_read_again() {
    let bus = device();
    let mut chip = settled(&bus);
    bus.inject(Fault::ReadByte { nth: 2, xor: 0x10 });
    chip.revision().unwrap();
    let damaged = "0x60 Info: 7 bytes, damaged";
    assert_eq!(lines(), [WAKE, INFO, BUSY, damaged, "0x60 reset", ANSWER, SLEEP]);
}

#[test]
fn a_command_that_did_not_arrive_is_sent_again() {
    let bus = device();
    let mut chip = settled(&bus);
    let again = format!("{INFO}, again");
    bus.inject(Fault::WriteByte { nth: 3, xor: 0x10 });
    chip.revision().unwrap();
    let refused = "0x60 Info: status Communication (0xFF)";
    assert_eq!(lines(), [WAKE, INFO, refused, &again, BUSY, ANSWER, SLEEP]);

    bus.inject(Fault::NackAddress);
    chip.revision().unwrap();
    let (refused, woken) = (format!("{INFO}: not acknowledged"), "0x60 Info: status AfterWake (0x11)");
    assert_eq!(lines(), [WAKE, &refused, "0x60 reset", woken, &again, BUSY, ANSWER, SLEEP]);

    bus.inject(Fault::NackByte { nth: 3 });
    chip.revision().unwrap_err();
    assert_eq!(lines(), [WAKE, &format!("{INFO}: a byte was not acknowledged"), "0x60 reset", SLEEP]);
    // A new operation sends nothing again, though it sends the same.
    chip.revision().unwrap();
    lines();
    for _ in 0..2 {
        chip.revision().unwrap();
        assert_eq!(lines(), [WAKE, INFO, BUSY, ANSWER, SLEEP]);
    }
}

#[test]
fn the_same_command_for_the_next_piece_is_not_again() {
    let bus = device();
    let mut chip = settled(&bus);
    chip.sha256(&[0x5A; 130]).unwrap();
    let updates = lines().into_iter().filter(|line| line.starts_with("0x60 Sha p1 0x01")).collect::<Vec<_>>();
    assert_eq!(updates, ["0x60 Sha p1 0x01 p2 0x0040, 64 bytes"; 2]);
}

#[test]
fn trouble_of_the_lines_is_named() {
    let bus = device();
    let mut chip = settled(&bus);
    bus.inject(Fault::SdaStuck { duration: 3_000_000 });
    chip.revision().unwrap_err();
    assert_eq!(
        lines(),
        [
            "0x00 wake pulse: arbitration lost",
            "0x60 Info p1 0x00 p2 0x0000: arbitration lost",
            "0x60 reset: arbitration lost",
            "0x60 sleep: arbitration lost",
            "0x60 sleep: not acknowledged",
        ]
    );
}

#[test]
fn an_absent_chip_is_told_by_its_silence() {
    let bus = Bus::new();
    let mut chip = blocking::Atecc608::new(logged(&bus), bus.delay());
    chip.revision().unwrap_err();
    let mut told = lines();
    assert_eq!(told.pop().unwrap(), "0x60 sleep: not acknowledged");
    assert_eq!(told.iter().filter(|line| *line == WAKE).count(), 2, "{told:#?}");
    assert!(told.iter().any(|line| line.starts_with("0x60 no answer, ")), "{told:#?}");
}

#[test]
fn a_mask_and_an_idle_chip() {
    let bus = device();
    let mut chip = settled(&bus).with_low_power(LowPower::Idle);
    chip.self_test(atecc608::command::Tests::SHA).unwrap();
    let told = lines();
    assert_eq!(told[1], "0x60 SelfTest p1 0x20 p2 0x0000");
    assert_eq!(told[3..], ["0x60 SelfTest: mask 0x00", "0x60 idle"]);
}

/// The lines that a page of the documentation shows are the ones that come.
#[test]
fn what_the_documentation_shows() {
    let shown = |page: &str| -> Vec<String> {
        let text = page.rsplit_once("```text\n").unwrap().1.split_once("```").unwrap().0;
        text.lines().map(|line| line.trim_start_matches("//! ").trim_end_matches("//!").to_owned()).collect()
    };
    let without =
        |lines: Vec<String>| -> Vec<String> { lines.into_iter().filter(|line| !line.is_empty()).collect() };
    let bus = Bus::with_blank_chip(1);
    blocking::Atecc608::new(logged(&bus), bus.delay()).revision().unwrap();
    assert_eq!(lines(), without(shown(include_str!("../../src/driver/logged.rs"))));

    let bus = Bus::with_blank_chip(1);
    let mut chip = blocking::Atecc608::new(logged(&bus), bus.delay());
    bus.inject(Fault::WriteByte { nth: 4, xor: 0x10 });
    chip.revision().unwrap();
    assert_eq!(lines(), without(shown(include_str!("../../docs/guide/bus.md"))));
}

/// A bus that fails as it is told to, once.
struct Failing(SimI2c, Option<ErrorKind>);

impl ErrorType for Failing {
    type Error = I2cError;
}

impl I2c for Failing {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        match self.1.take() {
            Some(kind) => Err(I2cError::new(kind)),
            None => I2c::transaction(&mut self.0, address, operations),
        }
    }
}

/// Without a logger: a closure, which may take the events apart.
#[test]
fn events_go_to_a_closure() {
    let bus = device();
    let events = Rc::new(RefCell::new(Vec::new()));
    let sink = {
        let events = Rc::clone(&events);
        move |event: Event| events.borrow_mut().push(event)
    };
    let mut i2c = Logged::new(Failing(bus.i2c(), None), sink);
    let nack = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown);
    let kinds = [nack, ErrorKind::Other, ErrorKind::Bus, ErrorKind::Overrun];
    let texts = ["no answer, 1 poll", "no answer, 1 poll: failed", "no answer, 1 poll: bus error"];
    for (kind, text) in kinds.into_iter().zip(texts.into_iter().chain(["failed, 1 poll: overrun"])) {
        i2c.bus_mut().1 = Some(kind);
        i2c.read(0x60, &mut [0; 4]).unwrap_err();
        // Told when it is over: by the next transfer.
        assert_eq!(events.take(), []);
        i2c.write(0x48, &[0xAC, 0x00]).unwrap_err();
        let told: Vec<_> = events.take().iter().map(Event::to_string).collect();
        let foreign = "0x48 2 bytes that this chip does not know: not acknowledged";
        assert_eq!(told, [&format!("0x60 {text}"), foreign]);
    }
    // Two operations of one transaction, and what is not told yet when the bus is given back.
    let mut read = [0; 2];
    i2c.transaction(0x48, &mut [Operation::Write(&[0x02]), Operation::Read(&mut read)]).unwrap_err();
    i2c.release();
    let told = events.take();
    let idle = Event::Failed {
        address: 0x48,
        transfer: Transfer::Idle,
        error: ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address),
        again: false,
    };
    assert_eq!(told[0], idle);
    assert!(matches!(told[1..], [Event::Silent { address: 0x48, polls: 1, answered: false, .. }]));
}

/// The vendor's test configuration, both zones locked: keys in slots 2 and 4.
fn workbench() -> Bus {
    let bus = Bus::with_blank_chip(608);
    bus.with_chip(ChipId::FIRST, |chip| {
        let mut zone = *chip.eeprom().config();
        zone[16..].copy_from_slice(&testkit::WORKBENCH);
        testkit::Locks::Both.apply(&mut zone);
        chip.eeprom_mut().set_config(&zone);
        chip.eeprom_mut().set_private_key(2, &testkit::KEY);
        chip.eeprom_mut().set_slot(4, &[0x44; 32]);
    });
    bus.restart_trace(1 << 20);
    bus
}

/// Whether four of these bytes are in the text one after the other, in any of the usual forms.
fn tells(text: &str, bytes: &[u8]) -> bool {
    bytes.windows(4).any(|bytes| {
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        let lower = |separator: &str| hex.join(separator).to_lowercase();
        let decimal: Vec<String> = bytes.iter().map(u8::to_string).collect();
        let forms = [hex.concat(), hex.join(" "), hex.join(", "), lower(""), lower(" "), lower(", ")];
        forms.iter().chain([&decimal.join(", ")]).any(|form| text.contains(form))
    })
}

/// Nothing that goes over the bus as data, and nothing that host and chip make of it, is in a line or an event.
#[test]
fn data_is_never_told() {
    let bus = workbench();
    let text = Rc::new(RefCell::new(String::new()));
    let sink = {
        let text = Rc::clone(&text);
        move |event: Event| *text.borrow_mut() += &format!("{event}\n{event:?}\n{event:02X?}\n")
    };
    let mut chip = blocking::Atecc608::new(Logged::new(bus.i2c(), sink), bus.delay());
    let shared = SharedKey { slot: Slot::S4, key: Secret::new([0x44; 32]) };
    let (plain, number) = (Secret::new([0x3A; 32]), [0x17; 20]);
    let peer = PublicKey::from_bytes(testkit::public_of(&[0x31; 32]));
    chip.write_encrypted(Slot::S8, 1, &plain, &shared, &number).unwrap();
    let read = chip.read_encrypted(Slot::S8, 1, &shared, &number).unwrap();
    assert_eq!(read.expose(), plain.expose());
    let agreed = chip.shared_secret(Slot::S2, &peer).unwrap();
    let derived = chip.derive(Slot::S4, Derivation::hkdf(b"purpose").unwrap()).unwrap();
    chip.check_password(&shared, &number).unwrap();
    chip.write_private_key_encrypted(Slot::S7, &Secret::new(testkit::KEY), &shared, &number, OldKeyIsLost)
        .unwrap();
    chip.write_slot(Slot::S13, 0, &[0x13; 64]).unwrap();
    // Damaged on its way, and told as that.
    bus.inject(Fault::ReadByte { nth: 9, xor: 0x10 });
    chip.shared_secret(Slot::S2, &peer).unwrap();
    chip.release();

    let text = text.take();
    assert!(
        text.contains("0x60 Ecdh: 67 bytes, damaged") && text.contains("Write p1 0xC2 p2 0x0140, 64 bytes")
    );
    for secret in [plain.expose(), agreed.expose(), derived.expose(), &[0x44; 32], &testkit::KEY] {
        assert!(!tells(&text, secret), "{text}");
        assert!(tells(&format!("{text}{secret:02X?}"), secret), "it would not be found");
    }
    let (mut sent, mut bytes) = (Vec::new(), 0);
    for entry in bus.trace().entries() {
        match entry.event {
            Bits::Write { byte, .. } | Bits::Read { byte, .. } => sent.push(byte),
            Bits::Stop => {
                bytes += sent.len();
                assert!(!tells(&text, &sent), "{sent:02X?}");
                sent.clear();
            }
            _ => {}
        }
    }
    assert!(bytes > 1_000, "{bytes}");
}
