//! Sequences longer than the watchdog's time (chip reference 1.7): 0.7 s at the shortest.

use crate::bus::{Event, Mode, bit_time};
use crate::chip_crc::{group, text};
use crate::script::{AFTER_WAKE, REFUSED, SUCCESS, Script, WATCHDOG, operation};
use crate::zone::captured;
use atecc608::ErrorKind;

const SHA_START: &str = "07 47 00 00 00 2E 85";
const LIMIT_US: u64 = 700_000;
/// Longest time of one SHA command (chip reference 3.1).
const SHA_US: u64 = 36_000;

fn message() -> Vec<u8> {
    (0..4096).map(|i| (i * 7) as u8).collect()
}

fn update(block: &[u8]) -> String {
    group(&format!("47 01 40 00 {}", text(block)))
}

/// SHA-256 of 4 KiB with a chip that is busy for so many reads in each command.
fn hashing(nacks: usize) -> Script {
    operation(|s| {
        let s = s.command(SHA_START).busy(nacks, 4).read(SUCCESS);
        let s =
            message().chunks(64).fold(s, |s, block| s.command(&update(block)).busy(nacks, 4).read(SUCCESS));
        let s = s.command(&group("47 C2 00 00")).busy(nacks, 35);
        s.read(&group(&"5A".repeat(32)))
    })
}

#[test]
fn a_long_hash_is_interrupted_in_time_and_loses_no_command() {
    for nacks in [0, 10, 50] {
        let run = both!(hashing(nacks).with_mode(Mode::GrantRenewals); chip => chip.sha256(&message()));
        assert_eq!(run.result, Ok([0x5A; 32]));
        let awake = run.log.awake_us();
        assert!(awake.len() >= 2, "no renewal");
        // The first stretch is the wake response.
        assert_eq!(run.log.writes_of(&[0x02]), awake.len() - 2);
        assert_eq!(run.log.writes_of(&[0x01]), 3, "twice at the beginning, at the end, never between");
        for us in awake {
            assert!(us < LIMIT_US, "awake for {us} us");
        }
    }
}

/// Without a clock the bus may be as slow as 10 kHz and every pause 20 ms too long (`guide::bus`): then a command with
/// 64 bytes takes some 120 ms, and after five of them the next might come too late. With a clock the time is used.
#[test]
fn the_time_is_used_before_it_is_renewed() {
    let run = both!(hashing(0).with_mode(Mode::GrantRenewals); chip => chip.sha256(&message()));
    // Without the wake response, and what is left at the end.
    let awake = run.log.awake_us();
    let each = bit_time(72) + SHA_US / 8 + bit_time(4);
    for us in &awake[1..awake.len() - 1] {
        assert!((4 * each..=8 * each).contains(us), "{us} of {each} us each");
    }
    // A clock that stands still: as fast as can be.
    let run = both!(hashing(0), .with_clock(|| 0); chip => chip.sha256(&message()));
    assert_eq!(run.result, Ok([0x5A; 32]));
    // One that says that a pause or transfer takes 1 ms.
    let hashing = hashing(0).with_mode(Mode::GrantRenewals);
    let run = both!(hashing, .with_clock(thousands()); chip => chip.sha256(&message()));
    let awake = run.log.awake_us();
    assert_eq!(run.log.writes_of(&[0x02]), 0, "66 commands, two transfers each: {awake:?}");
}

/// A clock that goes on by 1 ms whenever it is looked at.
fn thousands() -> impl FnMut() -> u32 {
    let mut now = u32::MAX - 20_000;
    move || {
        now = now.wrapping_add(1_000);
        now
    }
}

#[test]
fn a_short_sequence_is_not_interrupted() {
    let script = operation(|s| {
        let s = s.exchange(SHA_START, SUCCESS).exchange(&update(&message()[..64]), SUCCESS);
        s.exchange(&group("47 C2 00 00"), &group(&"5A".repeat(32)))
    });
    let run = both!(script; chip => chip.sha256(&message()[..64]));
    assert_eq!(run.result, Ok([0x5A; 32]));
}

#[test]
fn much_configuration_is_written_through_renewals() {
    // Every writable word differs (chip reference 4.3): words 4 to 20 and 22 to 31, of which blocks
    // 1 and 3 are written whole.
    let mut wanted = captured();
    for offset in (16..84).chain(88..128) {
        wanted.set_byte(offset, captured().byte(offset) ^ 0x11);
    }
    let part = |word: u8, len: usize| text(&wanted.as_bytes()[usize::from(word) * 4..][..len]);
    let send = |s: Script, command: String| s.command(&group(&command)).busy(70, 4).read(SUCCESS);
    let write = |s: Script, word: u8| send(s, format!("12 00 {word:02X} 00 {}", part(word, 4)));
    let write_block = |s: Script, word: u8| send(s, format!("12 80 {word:02X} 00 {}", part(word, 32)));
    let script = operation(|s| {
        let s = (4..=7).fold(s.reads_config(&captured()), write);
        let s = (16..=20).chain(22..=23).fold(write_block(s, 8), write);
        write_block(s, 24).reads_config(&wanted)
    });
    let run = both!(script.with_mode(Mode::GrantRenewals); chip => chip.write_config(&wanted));
    assert_eq!(run.result, Ok(27));
    let awake = run.log.awake_us();
    assert!(awake.len() >= 2 && awake.iter().all(|us| *us < LIMIT_US), "{awake:?}");
}

fn starts_with(event: &Event, word_address: u8) -> bool {
    matches!(event, Event::Write { address: 0x60, bytes, .. } if bytes[0] == word_address)
}

#[test]
fn a_refused_renewal_means_that_the_chip_fell_asleep() {
    // As far as the first renewal; how far that is follows from a run in which it is granted.
    let granted = both!(hashing(0).with_mode(Mode::GrantRenewals); chip => chip.sha256(&message()));
    let events = granted.log.events();
    let before = events.iter().take_while(|event| !starts_with(event, 0x02));
    let commands = before.filter(|event| starts_with(event, 0x03)).count();
    let updates = commands - 1;
    let script = operation(|s| {
        let s = s.exchange(SHA_START, SUCCESS);
        let s = message().chunks(64).take(updates).fold(s, |s, block| s.exchange(&update(block), SUCCESS));
        s.wake().read(AFTER_WAKE)
    });
    let run = both!(script.with_mode(Mode::RefuseRenewals); chip => chip.sha256(&message()));
    let error = run.result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Reset);
    assert!(error.may_have_run(), "what came before in the session did");
}

#[test]
fn a_chip_whose_watchdog_is_early_says_so_and_is_renewed() {
    let block = &message()[..64];
    let end = group("47 C2 00 00");
    let script = operation(|s| {
        let s = s.exchange(SHA_START, SUCCESS);
        let s = s.exchange(&update(block), WATCHDOG).renew().exchange(&update(block), SUCCESS);
        s.command(&end).read_short(35, WATCHDOG).renew().exchange(&end, &group(&"5A".repeat(32)))
    });
    assert_eq!(both!(script; chip => chip.sha256(block)).result, Ok([0x5A; 32]));
}

#[test]
fn a_sequence_ends_at_the_first_refusal() {
    let script = operation(|s| s.exchange(SHA_START, SUCCESS).exchange(&update(&message()[..64]), REFUSED));
    let run = both!(script; chip => chip.sha256(&message()));
    // The chip was at it: that it refuses to go on means that it has lost the context.
    assert_eq!(run.result.unwrap_err().kind, ErrorKind::Reset);
}
