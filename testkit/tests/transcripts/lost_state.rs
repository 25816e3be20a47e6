//! State that is lost is said to be lost.

use crate::chip_crc::{group, text};
use crate::script::{AFTER_WAKE, INFO, NACK, SUCCESS, Script, WATCHDOG, operation};
use atecc608::command::{InfoRevision, MessageSource, NonceFixed, SignExternal};
use atecc608::{ErrorKind, Slot};

#[test]
fn a_chip_that_does_not_hear_a_command_after_a_renewal_keeps_its_state() {
    let digest = [0x5A; 32];
    let nonce = group(&format!("16 43 00 00 {}", text(&digest)));
    // Sign is refused for the watchdog; after idle and wake it is not acknowledged. The chip must not be sent to
    // sleep (its registers are lost) and then be asked to sign.
    let script = operation(|s| {
        let s = s.exchange(&nonce, SUCCESS).command("07 41 A0 00 00 7B 85").read_short(67, WATCHDOG);
        let s = s.renew_for_again().write_fails("03 07 41 A0 00 00 7B 85", NACK).rewind();
        s.read_short(67, AFTER_WAKE).exchange("07 41 A0 00 00 7B 85", &group(&"5A".repeat(64)))
    });
    let signature = both!(script; chip => chip.sign_digest(Slot::S0, &digest)).result.unwrap();
    assert_eq!(signature.as_bytes(), &[0x5A; 64]);
}

/// Info answers with damage only, so that it may still be at work; the session goes on, and before the next command
/// the watchdog is renewed. The chip's wake response is waited for, but it is not sent to sleep: that would cost TempKey.
#[test]
fn a_renewal_after_a_damaged_answer_keeps_the_state() {
    let digest = [0x5A; 32];
    let nonce = group(&format!("16 03 00 00 {}", text(&digest)));
    let damaged = "07 00 00 60 03 80 38";
    let script = operation(|s| {
        let s = (0..5).fold(s, |s, _| s.exchange(&nonce, SUCCESS));
        let s = s.command(INFO).read(damaged).rewind().read(damaged).rewind().read(damaged);
        s.renew().read(AFTER_WAKE).exchange(&group("41 80 00 00"), &group(&"5A".repeat(64)))
    });
    let (bus, clock, stage) = script.play();
    let mut chip = atecc608::blocking::Atecc608::new(bus, clock);
    let signature = chip.session(|chip| {
        for _ in 0..5 {
            chip.execute(&NonceFixed::TempKey(&digest))?;
        }
        assert!(chip.execute(&InfoRevision).is_err());
        chip.execute(&SignExternal { slot: Slot::S0, source: MessageSource::TempKey })
    });
    assert!(signature.is_ok(), "{signature:?}");
    stage.finish();
}

#[test]
fn a_stream_whose_idle_was_not_heard_says_reset() {
    let block = [7; 64];
    let update = group(&format!("47 01 40 00 {}", text(&block)));
    let script =
        Script::new().first_wake().exchange("07 47 00 00 00 2E 85", SUCCESS).exchange(&update, SUCCESS);
    let (bus, clock, stage) = script.write_fails("02", NACK).write_fails("02", NACK).play();
    let mut chip = atecc608::blocking::Atecc608::new(bus, clock);
    let mut stream = chip.sha256_stream();
    let error = stream.update(&block).and_then(|()| stream.update(&block)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Reset);
    stage.finish();
}
