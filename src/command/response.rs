//! What commands answer with: how many bytes they are, where they go, what they mean.

use crate::secret::Secret;
use crate::wire::Reply;

/// What a successful answer means.
///
/// Here, and nowhere else, stands how long an answer is. `()` is that of commands that only report success, `[u8; N]` and
/// [`Secret<N>`] that of any others; a type with a meaning of its own takes one of them as room:
///
/// ```
/// use atecc608::command::Response;
///
/// /// What Info says of TempKey's flags.
/// struct Flags(u8);
///
/// impl Response for Flags {
///     type Room = [u8; 4];
///     fn read(room: &[u8; 4], _: usize) -> Option<Self> {
///         Some(Self(room[0]))
///     }
/// }
/// ```
pub trait Response: Sized {
    /// Where the result bytes go: an array; a [`Secret`] if nobody else may see them, which is wiped.
    type Room: Room;

    /// The answer to expect: as many bytes as there is room for, or status 0x00 where there is none.
    const REPLY: Reply = match <Self::Room as Room>::LEN {
        0 => Reply::Status,
        len => Reply::Data(len),
    };

    /// The meaning of the first `len` bytes of the room, as many as [`REPLY`](Self::REPLY) allows; `None` if they can't be
    /// the chip's.
    fn read(room: &Self::Room, len: usize) -> Option<Self>;
}

/// `[u8; N]` and [`Secret<N>`].
pub trait Room: sealed::Sealed {
    /// How many bytes.
    const LEN: u8;
    /// Without contents.
    const EMPTY: Self;

    /// To be filled.
    fn bytes(&mut self) -> &mut [u8];
}

mod sealed {
    pub trait Sealed {}
    impl<const N: usize> Sealed for [u8; N] {}
    impl<const N: usize> Sealed for super::Secret<N> {}
}

impl<const N: usize> Room for [u8; N] {
    const LEN: u8 = len(N);
    const EMPTY: Self = [0; N];

    fn bytes(&mut self) -> &mut [u8] {
        self
    }
}

impl<const N: usize> Room for Secret<N> {
    const LEN: u8 = len(N);
    const EMPTY: Self = Self::room();

    fn bytes(&mut self) -> &mut [u8] {
        self.expose_mut()
    }
}

const fn len(len: usize) -> u8 {
    assert!(len <= Reply::MAX, "longer than any answer of the chip");
    len as u8
}

impl Response for () {
    type Room = [u8; 0];

    fn read(_: &[u8; 0], _: usize) -> Option<Self> {
        Some(())
    }
}

impl<const N: usize> Response for [u8; N] {
    type Room = Self;

    fn read(room: &Self, _: usize) -> Option<Self> {
        Some(*room)
    }
}

impl<const N: usize> Response for Secret<N> {
    type Room = Self;

    // Copied, as a value that is moved leaves a copy behind.
    fn read(room: &Self, _: usize) -> Option<Self> {
        Some(room.clone())
    }
}
