//! What a test can't bring about on a machine of its own.

use super::*;
use crate::adapter::Adapter;

fn watch(record: Record) -> Watch {
    Watch { device: "/dev/i2c-4077".into(), address: 0x60, record: Arc::new(Mutex::new(record)) }
}

fn said(record: Record) -> Option<String> {
    watch(record).trouble().map(|trouble| trouble.to_string())
}

/// Writes and reads of a session that works until `errno`.
fn session(errno: i32) -> Record {
    let mut record = Record::default();
    record.keep(&[Operation::Read(&mut [0x04, 0x11, 0x33, 0x43])], None);
    record.keep(&[Operation::Write(&[0x03, 0x07, 0x30])], None);
    record.keep(&[Operation::Read(&mut [0x07])], Some(libc::EREMOTEIO));
    record.keep(&[Operation::Read(&mut [0x07])], None);
    record.keep(&[Operation::Write(&[0x03; 40])], Some(errno));
    record
}

#[test]
fn what_was_overcome_is_no_trouble() {
    let mut record = session(libc::EAGAIN);
    assert!(said(session(libc::EAGAIN)).unwrap().contains("arbitration lost"));
    record.keep(&[Operation::Write(&[0x03; 40])], None);
    record.keep(&[Operation::Read(&mut [0x04])], None);
    assert_eq!(said(record), None);
    assert_eq!(
        said(session(libc::EREMOTEIO)),
        None,
        "a chip that answers does not make it the kernel's matter"
    );
}

#[test]
fn an_adapter_that_goes_and_a_driver_that_comes_are_noticed() {
    assert!(said(session(libc::ENODEV)).unwrap().contains("plug the adapter in again"));
    assert!(said(session(libc::ENOENT)).unwrap().contains("there is no /dev/i2c-4077"));
    assert!(said(session(EBUSY)).unwrap().contains("a kernel driver holds 0x60"));
    assert!(said(session(EINVAL)).unwrap().contains("refuses to write 40 bytes at once (EINVAL"));
}

#[test]
fn the_longest_write_that_went_is_told() {
    let mut record = Record::default();
    for length in [20, 8] {
        record.keep(&[Operation::Write(&[0x03; 20][..length])], None);
    }
    record.keep(&[Operation::Write(&[0x03; 40])], Some(EOPNOTSUPP));
    assert!(said(record).unwrap().contains("the longest write that it took had 20"));
}

#[test]
fn another_wake_pulse_is_no_trouble_once_the_chip_has_answered() {
    let refused = |other| Record { refused: Some((EINVAL, other)), ..session(libc::EREMOTEIO) };
    assert_eq!(said(refused(Some(0x01))), None);
    let note = watch(refused(Some(0x01))).note().unwrap();
    assert!(note.contains("refuses address 0x00 (EINVAL") && note.ends_with("with 0x01 instead"), "{note}");
    assert_eq!(watch(refused(None)).note(), None);
    assert_eq!(watch(session(libc::EREMOTEIO)).note(), None);
}

#[test]
fn a_command_that_is_longer_than_any_answered_may_have_been_cut() {
    let mut record = session(EBUSY);
    record.busy = false;
    record.keep(&[Operation::Write(&[0x03; 40])], None);
    // Nothing to say, and nothing heard: no answers.
    record.keep(&[Operation::Read(&mut [0xFF])], None);
    record.keep(&[Operation::Read(&mut [0x04, 0x11, 0x33, 0x43])], None);
    assert!(said(record).unwrap().contains("up to 3 bytes, but not the one of 40"));

    let mut record = session(EBUSY);
    record.busy = false;
    record.keep(&[Operation::Write(&[0x03; 3])], None);
    record.keep(&[Operation::Read(&mut [0xFF])], None);
    assert_eq!(said(record), None, "as long as one that was answered");
}

#[test]
fn a_command_in_pieces_that_is_not_answered_was_perhaps_not_joined() {
    let mut record = Record { limit: Some(61), ..Record::default() };
    record.keep(&[Operation::Write(&[0x03; 40])], None);
    record.keep(&[Operation::Read(&mut [0x07])], None);
    record.keep(&[Operation::Write(&[0x03; 72])], None);
    let text = said(record).unwrap();
    assert!(text.contains("72 bytes, which went in pieces") && text.contains("takes 61 at once"), "{text}");
}

#[test]
fn a_bound_driver_is_named_with_what_helps() {
    let busy = |driver: &str| Trouble::Busy {
        device: "/dev/i2c-1".into(),
        number: Some(1),
        address: 0x60,
        driver: Some(driver.into()),
    };
    assert!(busy("atmel-ecc").cause().contains("a kernel driver, atmel-ecc, holds 0x60 on /dev/i2c-1"));
    assert!(busy("atmel-ecc").advice().starts_with("unload it: `sudo modprobe -r atmel-ecc`"));
    let unbind = "unbind it: `echo 1-0060 | sudo tee /sys/bus/i2c/drivers/dummy/unbind`";
    assert!(busy("dummy").advice().starts_with(unbind), "{}", busy("dummy").advice());
}

#[test]
fn buses_that_are_there_are_named() {
    let others = vec!["/dev/i2c-0 (bcm2835)".into(), "/dev/i2c-20".into()];
    let trouble = Trouble::NoSuchBus { device: "/dev/i2c-1".into(), others };
    assert!(trouble.cause().ends_with("but /dev/i2c-0 (bcm2835) and /dev/i2c-20"), "{}", trouble.cause());
    assert!(trouble.advice().starts_with("take one of these"));
}

#[test]
fn a_fast_bus_is_slowed_down_first() {
    let silent = |hz| {
        let adapter = Adapter { device: "/dev/i2c-1".into(), name: Some("bcm2835".into()), hz };
        Trouble::Silent { adapter, errno: libc::EREMOTEIO, address: 0x60 }
    };
    let fast = silent(Some(400_000));
    assert!(fast.advice().starts_with("slow the bus down: it runs at 400 kHz"), "{}", fast.advice());
    assert!(fast.cause().contains("0x60 on /dev/i2c-1, bcm2835; the kernel says EREMOTEIO, 121"));
    assert!(silent(Some(100_000)).advice().starts_with("check the address"));
    assert!(!silent(Some(100_000)).advice().contains("kHz"));
    assert!(silent(None).advice().ends_with("The bus must run at 100 kHz"));
}

/// By the definition: the byte is the address and a write bit.
#[test]
fn addresses_that_make_a_pulse() {
    for address in 0..0x80_u8 {
        let bits = format!("{:08b}", address << 1);
        assert_eq!(has_six_zeros(address), bits.contains("000000"), "{address:#04x}");
    }
}
