//! One chip in the threads of one program.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use atecc608::command::{InfoState, MessageSource, NonceFixed, SignExternal};
use atecc608::{Address, Error, Slot};
use atecc608_linux::{Busy, ChipError, Failure, Options, SharedChip};
use atecc608_sim::Bus;
use atecc608_sim::preset::Preset;

use crate::traffic::{SIGN, Told, signatures, told};

/// A chip with keys on a bus that can be looked at.
fn chip() -> (Bus, SharedChip) {
    let bus = Bus::new();
    bus.add(Preset::TngTls.chip(1));
    bus.restart_trace(1 << 20);
    let chip = SharedChip::on_simulator(&bus, address(Preset::TngTls));
    (bus, chip)
}

fn address(preset: Preset) -> Address {
    Address::from_7bit(preset.address()).unwrap()
}

fn is<T: Send + Sync + 'static>() {}

#[test]
fn what_threads_need() {
    is::<SharedChip>();
    is::<ChipError>();
    is::<atecc608_linux::OpenError>();
    is::<atecc608_linux::Watch>();
    let clone: fn(&SharedChip) -> SharedChip = Clone::clone;
    let (_, chip) = chip();
    assert_eq!(
        format!("{:?}", clone(&chip)),
        r#"SharedChip { location: Simulator, address: Address(0x35), .. }"#
    );
}

#[test]
fn sessions_of_threads_do_not_interleave() {
    let (bus, chip) = chip();
    let key = chip.public_key(Slot::S0).unwrap();
    bus.restart_trace(1 << 20);
    let start = std::sync::Barrier::new(4);
    thread::scope(|scope| {
        for id in 0..4_u8 {
            let (chip, start) = (chip.clone(), &start);
            scope.spawn(move || {
                start.wait();
                for _ in 0..8 {
                    let signature = chip.sign_digest(Slot::S0, &[id; 32]).unwrap();
                    // In a session of its own.
                    chip.verify(&key, &[id; 32], &signature).unwrap();
                }
            });
        }
    });
    let told = told(&bus);
    let mut signed: Vec<u8> = told
        .split_inclusive(|told| *told == Told::Sleep)
        .filter_map(|session| match session {
            [Told::Wake, Told::Nonce(id), Told::Command(SIGN), Told::Sleep] => Some(*id),
            [Told::Wake, Told::Nonce(_), Told::Command(0x45), Told::Sleep] => None,
            other => panic!("{other:?}"),
        })
        .collect();
    signed.sort_unstable();
    assert_eq!(signed, [[0; 8], [1; 8], [2; 8], [3; 8]].concat());
}

/// What the closure does is one session of this program: another thread waits, however many sessions of the driver it has.
#[test]
fn a_closure_has_the_chip_until_it_is_done() {
    let (bus, chip) = chip();
    let (inside, is_inside) = mpsc::channel();
    let other = thread::spawn({
        let chip = chip.clone();
        move || {
            is_inside.recv().unwrap();
            chip.sign_digest(Slot::S0, &[9; 32]).unwrap();
        }
    });
    chip.with(|chip| {
        chip.sign_digest(Slot::S0, &[1; 32])?;
        inside.send(()).unwrap();
        // Gives the other one every chance.
        thread::sleep(Duration::from_millis(20));
        chip.sign_digest(Slot::S0, &[2; 32]).map(drop)
    })
    .unwrap();
    other.join().unwrap();
    assert_eq!(signatures(&told(&bus)).unwrap(), [1, 2, 9]);
}

#[test]
fn a_thread_that_waits_for_itself_is_told_so() {
    let (_, chip) = chip();
    let error = chip.with(|_| chip.random()).unwrap_err();
    assert!(error.to_string().contains("use the chip that the closure is given"), "{error}");
    chip.random().unwrap();
}

#[test]
fn a_wait_for_another_thread_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let chip =
        Options::new().wait(Duration::from_millis(30)).open(&format!("sim:{}", path.display())).unwrap();
    let (inside, is_inside) = mpsc::channel();
    let (done, is_done) = mpsc::channel::<()>();
    let holder = thread::spawn({
        let chip = chip.clone();
        move || {
            chip.with(|_| {
                inside.send(()).unwrap();
                is_done.recv().unwrap();
                Ok::<_, Failure>(())
            })
        }
    });
    is_inside.recv().unwrap();
    let error = chip.serial_number().unwrap_err();
    assert!(error.is_busy() && !error.is_gone() && !error.may_have_run());
    assert!(matches!(error.failure(), Failure::Busy(Busy::Thread { .. })));
    assert_eq!(
        error.to_string(),
        format!(
            "the chip at 0x60 on sim:{} was asked for its serial number, and that failed: another thread of this \
             program has had the chip for 0.03 s",
            path.display()
        )
    );
    done.send(()).unwrap();
    holder.join().unwrap().unwrap();
    chip.serial_number().unwrap();
}

/// A panic at the worst moment: the chip is awake, and has taken a digest.
#[test]
fn a_panic_leaves_the_chip_asleep_and_the_handle_usable() {
    let (bus, chip) = chip();
    chip.random().unwrap();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        chip.with(|chip| {
            chip.session(|chip| -> Result<(), Error<_>> {
                chip.execute(&NonceFixed::TempKey(&[3; 32]))?;
                panic!("on purpose")
            })
        })
    }));
    assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"on purpose"));
    assert_eq!(told(&bus).last(), Some(&Told::Sleep));

    let state = thread::spawn({
        let chip = chip.clone();
        move || chip.with(|chip| chip.execute(&InfoState)).unwrap()
    });
    assert!(!state.join().unwrap().temp_key_valid);
    chip.sign_digest(Slot::S0, &[4; 32]).unwrap();
    assert!(signatures(&told(&bus)[1..]).is_err(), "the torn session is in the trace");
}

#[test]
fn a_closure_that_fails_leaves_the_chip_asleep() {
    let (bus, chip) = chip();
    let error = chip
        .with(|chip| {
            chip.session(|chip| {
                chip.execute(&NonceFixed::MessageDigest(&[5; 32]))?;
                // No private key there.
                chip.execute(&SignExternal { slot: Slot::S8, source: MessageSource::MessageDigest })
            })
        })
        .unwrap_err();
    assert_eq!(error.refusal(), Some(atecc608::Status::Execution), "{error}");
    assert!(!error.is_gone() && !error.is_timeout() && !error.is_busy() && !error.may_have_run());
    assert_eq!(told(&bus).last(), Some(&Told::Sleep));
}

/// Two buses, and two chips on one of them. Those two take turns in one thread, as each lets the other's time pass.
#[test]
fn several_chips_in_one_program() {
    let (one, two) = (Bus::new(), Bus::new());
    one.add(Preset::TngTls.chip(1));
    one.add(Preset::NervesKey.chip(2));
    two.add(Preset::TngTls.chip(3));
    let chips = [
        [
            SharedChip::on_simulator(&one, address(Preset::TngTls)),
            SharedChip::on_simulator(&one, address(Preset::NervesKey)),
        ],
        [
            SharedChip::on_simulator(&two, address(Preset::TngTls)),
            SharedChip::on_simulator(&two, address(Preset::TngTls)),
        ],
    ];
    let serials = thread::scope(|scope| {
        let asked = chips.each_ref().map(|[one, two]| {
            scope.spawn(move || {
                for _ in 0..5 {
                    one.sign_digest(Slot::S0, &[1; 32]).unwrap();
                    two.sign_digest(Slot::S0, &[2; 32]).unwrap();
                }
                [one, two].map(|chip| chip.serial_number().unwrap())
            })
        });
        asked.map(|thread| thread.join().unwrap())
    });
    let [[a, b], [c, d]] = serials;
    assert!(a != b && a != c && b != c && c == d);
}
