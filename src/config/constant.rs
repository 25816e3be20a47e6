//! `?` and `for` for functions that the compiler runs, too: in a `const` there is neither.

/// `?` on a `Result`.
macro_rules! ok {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(error) => return Err(error),
        }
    };
}

/// `?` on an `Option`.
macro_rules! some {
    ($option:expr) => {
        match $option {
            Some(value) => value,
            None => return None,
        }
    };
}

/// `for` over all slots.
macro_rules! each_slot {
    ($slot:ident $body:block) => {
        let mut number = 0;
        while number < 16 {
            let $slot = $crate::memory::Slot::from_nibble(number);
            number += 1;
            $body
        }
    };
}

pub(crate) use {each_slot, ok, some};
