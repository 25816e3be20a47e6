//! The other answers to what no source proves.

/// Names each alternative, the point of the chip reference that it answers, and what it says.
macro_rules! alternatives {
    ($($name:ident, $point:literal, $says:literal;)*) => {
        /// An answer to a point that no source proves, where the chip by default follows another one.
        ///
        /// `docs/unverified.md` has the points, and what the chip does by default.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum Alternative {
            $(#[doc = concat!($point, ": ", $says, ".")] $name,)*
        }

        impl Alternative {
            /// All there are.
            pub const ALL: &[Alternative] = &[$(Alternative::$name),*];

            /// The point that it answers, such as `U5`.
            #[must_use]
            pub const fn point(self) -> &'static str {
                match self { $(Self::$name => $point,)* }
            }

            /// The answer, as half a sentence.
            #[must_use]
            pub const fn says(self) -> &'static str {
                match self { $(Self::$name => $says,)* }
            }
        }
    };
}

alternatives! {
    // Addresses, and what is wrong before a command means anything.
    BeyondZoneRefused, "U5", "an address beyond its zone is refused with 0x0F";
}

/// A set of [`Alternative`]s.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Alternatives([u64; 4]);

impl Alternatives {
    /// None of them: everything is as the chip reference recommends.
    pub const NONE: Self = Self([0; 4]);

    /// These, and one more.
    #[must_use]
    pub const fn with(self, alternative: Alternative) -> Self {
        let Self(mut bits) = self;
        bits[alternative as usize / 64] |= 1 << (alternative as usize % 64);
        Self(bits)
    }

    /// Whether it is among them.
    #[must_use]
    pub const fn has(self, alternative: Alternative) -> bool {
        self.0[alternative as usize / 64] >> (alternative as usize % 64) & 1 == 1
    }
}

// What the set has room for.
const _: () = assert!(Alternative::ALL.len() <= 256);
