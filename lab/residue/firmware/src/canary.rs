//! What must be found, and comparisons.

use crate::blocking::shared;
use crate::inputs::{key, plain, same, temp_key};
use atecc608::Slot;
use atecc608::command::PrivWriteClear;
use atecc608::irreversible::OldKeyIsLost;
use core::cell::Cell;
use core::hint::black_box;
use residue_op::Op;

struct Kept(Cell<[u8; 32]>);

// One thread is all there is.
unsafe impl Sync for Kept {}

static KEPT: Kept = Kept(Cell::new([0; 32]));

static TABLE: [u8; 256] = [7; 256];

#[inline(never)]
fn leave_on_stack() {
    let copy = *key().expose();
    black_box(&copy);
}

#[inline(never)]
fn compare(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a == b
}

/// `None`: not here.
#[inline(never)]
pub(crate) fn run(op: Op) -> Option<u32> {
    match op {
        Op::LeaveOnStack => leave_on_stack(),
        Op::LeaveInStatic => black_box(&KEPT).0.set(*key().expose()),
        Op::LeaveInRegister => {
            let [a, b, ..] = *key().expose();
            // One that nobody uses until the end.
            unsafe { core::arch::asm!("mv t6, {}", in(reg) u32::from_le_bytes([a, b, 0, 0]), out("t6") _) };
        }
        Op::Branch => {
            for _ in 0..key().expose()[5] & 7 {
                black_box(());
            }
        }
        Op::LookUp => {
            black_box(black_box(&TABLE).get(usize::from(key().expose()[5])).copied());
        }
        Op::CompareInHaste => {
            crate::board::mark();
            black_box(compare(black_box(plain().expose()), black_box(same().expose())));
            crate::board::mark();
        }
        Op::Compare => {
            crate::board::mark();
            black_box(black_box(plain()) == black_box(same()));
            crate::board::mark();
        }
        Op::CompareCommands => {
            let (slot, old) = (Slot::S0, OldKeyIsLost);
            let [one, two] = [plain(), same()].map(|key| PrivWriteClear { slot, key: key.expose(), old });
            crate::board::mark();
            black_box(black_box(one) == black_box(two));
            crate::board::mark();
        }
        Op::CompareShared => {
            black_box(black_box(shared()) == black_box(shared()));
        }
        Op::CloneAndDrop => {
            black_box(&temp_key().clone());
        }
        _ => return None,
    }
    Some(0)
}
