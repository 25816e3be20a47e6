//! The async driver's operations.

use crate::inputs as given;
use atecc608::asynch::{Atecc608, SharedKey};

/// A step of a session.
macro_rules! step {
    ($call:expr) => {
        $call.await
    };
}

/// Polls a call's future to the end and has a look at what it returns, which is dropped where it is.
macro_rules! call {
    ($call:expr, $look:expr) => {
        crate::board::poll(core::pin::pin!($call), $look)
    };
}

/// Polls a call's future that returns nothing secret.
macro_rules! done {
    ($call:expr) => {{
        let mut result = None;
        let given_up = crate::board::poll(core::pin::pin!($call), |outcome| {
            result = Some(outcome.as_ref().map(drop).map_err(drop));
            0
        });
        match result {
            Some(result) => result,
            None => return given_up,
        }
    }};
}

macro_rules! session {
    ($chip:ident, |$inner:ident| $work:expr) => {
        $chip.session(async |$inner| $work)
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
