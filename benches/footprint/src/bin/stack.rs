//! One function an operation, for the depth of its stack (the result is on the caller's); and for the size of its future, an array
//! as long as that.
#![no_std]
#![no_main]

use atecc608::blocking::Atecc608;
use atecc608::config::ConfigZone;
use atecc608::irreversible::{NoMoreConfigWrites, OldKeyIsLost};
use atecc608::x509::{Attribute, Csr, Name, trust};
use atecc608::{PublicKey, Secret, Signature, Slot, asynch};
use core::hint::black_box;
use footprint::{Bus, COMMON_NAME, Delay, room};

type Chip = Atecc608<Bus, Delay>;
type AsyncChip = asynch::Atecc608<Bus, Delay>;

static KEY: PublicKey = PublicKey::from_bytes([0; 64]);
static SIGNATURE: Signature = Signature::from_bytes([0; 64]);
static CSR: Csr<'static> = Csr::new(Name::Attributes(&[Attribute::common_name(COMMON_NAME)]));
static ZONE: ConfigZone = ConfigZone::from_bytes([0; 128]);

const fn future_size<F>(_: fn(&'static mut AsyncChip) -> F) -> usize {
    size_of::<F>()
}

macro_rules! operations {
    ($($name:ident($chip:ident) = $call:expr;)*) => {
        mod depth {
            use super::*;
            use atecc608::blocking::SharedKey;
            fn shared() -> &'static SharedKey {
                static SHARED: SharedKey = SharedKey { slot: Slot::S4, key: Secret::new([0; 32]) };
                &SHARED
            }
            $(
                #[unsafe(no_mangle)]
                #[inline(never)]
                fn $name($chip: &mut Chip) -> impl Sized + use<> {
                    $call
                }
            )*
            pub(super) fn all(chip: &mut Chip) {
                $(black_box($name(chip));)*
            }
        }
        mod future {
            use super::*;
            use atecc608::asynch::SharedKey;
            fn shared() -> &'static SharedKey {
                static SHARED: SharedKey = SharedKey { slot: Slot::S4, key: Secret::new([0; 32]) };
                &SHARED
            }
            $(
                #[used]
                #[allow(non_upper_case_globals)]
                #[unsafe(export_name = concat!("future_", stringify!($name)))]
                static $name: [u8; future_size(|$chip| $call)] = [0; _];
            )*
        }
    };
}

operations! {
    revision(chip) = chip.revision();
    serial_number(chip) = chip.serial_number();
    read_config(chip) = chip.read_config();
    write_config(chip) = chip.write_config(&ZONE);
    lock_config(chip) = chip.lock_config(&ZONE, NoMoreConfigWrites);
    generate_key(chip) = chip.generate_key(Slot::S0, OldKeyIsLost);
    sign_digest(chip) = chip.sign_digest(Slot::S0, &[0; 32]);
    verify(chip) = chip.verify(&KEY, &[0; 32], &SIGNATURE);
    sha256(chip) = chip.sha256(&[0; 200]);
    sign_csr(chip) = chip.sign_csr(Slot::S0, black_box(&CSR), room());
    read_certificate(chip) = chip.read_certificate(black_box(trust::TNGTLS.device()), room());
    read_encrypted(chip) = chip.read_encrypted(Slot::S8, 0, shared(), &[0; 20]);
}

#[unsafe(no_mangle)]
extern "C" fn _start() {
    depth::all(&mut Chip::new(Bus, Delay));
}
