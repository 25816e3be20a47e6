//! The bus as a device: what each call does on the wire, and how it fails.

use std::thread;

use crate::common::*;

/// `struct i2c_msg`.
#[repr(C)]
pub(crate) struct Message {
    address: u16,
    flags: u16,
    length: u16,
    bytes: *mut u8,
}

pub(crate) fn message(address: u16, flags: u16, bytes: &mut [u8]) -> Message {
    Message { address, flags, length: bytes.len().try_into().unwrap(), bytes: bytes.as_mut_ptr() }
}

pub(crate) fn transfer(bus: i32, messages: &mut [Message]) -> std::io::Result<usize> {
    let transaction = (messages.as_mut_ptr(), u32::try_from(messages.len()).unwrap());
    #[repr(C)]
    struct Transaction(*mut Message, u32);
    let transaction = Transaction(transaction.0, transaction.1);
    ioctl(bus, I2C_RDWR, std::ptr::from_ref(&transaction) as usize)
}

#[test]
fn read_and_write_are_a_transaction_each() {
    let bus = on_a_bus("device::read_and_write_are_a_transaction_each", || {
        let bus = awake();
        assert_eq!(read(bus).unwrap(), [0x04, 0x11, 0x33, 0x43]);
        assert_eq!(write(bus, &INFO).unwrap(), INFO.len());
        assert_eq!(errno(read::<7>(bus)), libc::ENXIO, "busy");
        // SAFETY: takes a number.
        unsafe { libc::usleep(5_000) };
        assert_eq!(read(bus).unwrap(), REVISION);
    });
    let Some(bus) = bus else { return };
    let expected = "S 0x00+W! P delay 1500.000 S 0x60+R 04 11 33 43 P S 0x60+W 03 07 30 00 00 00 03 5D P \
                    S 0x60+R! P delay 5000.000 S 0x60+R 07 00 00 60 02 80 38 P";
    assert_eq!(events(&bus), expected);
}

#[test]
fn rdwr_repeats_the_start() {
    let bus = on_a_bus("device::rdwr_repeats_the_start", || {
        let bus = awake();
        let mut answer = [0; 4];
        assert_eq!(
            transfer(bus, &mut [message(0x60, 0, &mut [0]), message(0x60, 1, &mut answer)]).unwrap(),
            2
        );
        assert_eq!(answer, [0x04, 0x11, 0x33, 0x43]);
    });
    let Some(bus) = bus else { return };
    assert!(events(&bus).ends_with("S 0x60+W 00 Sr 0x60+R 04 11 33 43 P"), "{}", events(&bus));
}

#[test]
fn a_byte_without_acknowledgement_ends_the_transaction() {
    let bus = on_a_bus("device::a_byte_without_acknowledgement_ends_the_transaction", || {
        let bus = awake();
        // Two bytes more than the count says.
        let long = [&INFO[..], &[0xAA, 0xBB]].concat();
        assert_eq!(errno(write(bus, &long)), libc::EIO);
    });
    let Some(bus) = bus else { return };
    assert!(events(&bus).ends_with("5D AA! P"), "{}", events(&bus));
}

#[test]
fn requests_are_checked_as_the_kernel_does() {
    on_a_bus("device::requests_are_checked_as_the_kernel_does", || {
        let bus = awake();
        let mut functions: libc::c_ulong = 0;
        ioctl(bus, 0x0705, (&raw mut functions) as usize).unwrap();
        assert_eq!(functions, 1, "I2C_FUNC_I2C");
        for (request, argument, expected) in [
            (0x0703, 0x80, libc::EINVAL),
            (0x0706, 0x3FF, libc::EINVAL),
            (0x0704, 1, libc::EINVAL),
            (0x0705, 0, libc::EFAULT),
            (0x0707, 0, libc::EFAULT),
            (0x0720, 0, libc::EOPNOTSUPP),
            (libc::TCGETS, 0, libc::ENOTTY),
        ] {
            assert_eq!(errno(ioctl(bus, request, argument)), expected, "{request:#x} {argument:#x}");
        }
        for (request, argument) in [(0x0701, 3), (0x0702, 10), (0x0704, 0), (0x0706, 0x60), (0x0708, 0)] {
            ioctl(bus, request, argument).unwrap();
        }
        assert_eq!(errno(transfer(bus, &mut [])), libc::EINVAL, "no message");
        let mut many: Vec<Message> = (0..43).map(|_| message(0x60, 1, &mut [])).collect();
        assert_eq!(errno(transfer(bus, &mut many)), libc::EINVAL, "too many");
        assert_eq!(errno(transfer(bus, &mut [message(0x60, 0x10, &mut [0])])), libc::EOPNOTSUPP, "ten bits");
        assert_eq!(errno(transfer(bus, &mut [message(0x80, 0, &mut [0])])), libc::EINVAL, "address");
        assert_eq!(read(bus).unwrap(), [0x04, 0x11, 0x33, 0x43], "none of it was on the bus");
    });
}

/// Four threads at once, each with commands of its own. A transaction that another one got into would have
/// an answer with a wrong checksum, or none.
#[test]
fn threads_do_not_mix() {
    on_a_bus("device::threads_do_not_mix", || {
        let bus = awake();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        // Rewinds, so that every answer begins at its count.
                        let mut answer = [0; 4];
                        let mut messages = [message(0x60, 0, &mut [0]), message(0x60, 1, &mut answer)];
                        assert_eq!(transfer(bus, &mut messages).unwrap(), 2);
                        assert_eq!(answer, [0x04, 0x11, 0x33, 0x43]);
                    }
                });
            }
        });
    });
}
