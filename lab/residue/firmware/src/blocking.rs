//! The blocking driver's operations.

use crate::inputs as given;
use atecc608::blocking::{Atecc608, SharedKey};

/// A step of a session.
macro_rules! step {
    ($call:expr) => {
        $call
    };
}

/// Runs a call and has a look at what it returns, which is dropped where it is.
macro_rules! call {
    ($call:expr, $look:expr) => {
        $look(&mut $call)
    };
}

/// Runs a call that returns nothing secret.
macro_rules! done {
    ($call:expr) => {
        $call
    };
}

macro_rules! session {
    ($chip:ident, |$inner:ident| $work:expr) => {
        $chip.session(|$inner| $work)
    };
}

macro_rules! operations {
    ($($op:ident fn $name:ident($chip:ident) $body:block)*) => {
        $(#[inline(never)]
        fn $name($chip: &mut Chip) -> u32 {
            $body
        })*

        pub(crate) fn run(op: residue_op::Op) -> u32 {
            let mut chip = Atecc608::new(crate::board::Bus, crate::board::Delay);
            match op {
                $(residue_op::Op::$op => $name(&mut chip),)*
                _ => FAILED,
            }
        }
    };
}

include!("both.rs");
