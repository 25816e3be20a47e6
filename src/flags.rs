//! Sets of single bits, without the traits and iterators of another crate in what users see.

/// A type for a set of bits: its constants, and all of it usable in `const`.
macro_rules! flags {
    (
        $(#[$type_doc:meta])*
        pub struct $type:ident: $bits:ident {
            $($(#[$doc:meta])* const $name:ident = $value:expr;)*
        }
    ) => {
        $(#[$type_doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $type($bits);

        impl $type {
            $($(#[$doc])* pub const $name: Self = Self($value);)*

            /// Every bit that has a name here, with it.
            const NAMED: &'static [(&'static str, Self)] = &[$((stringify!($name), Self::$name)),*];

            /// None.
            #[must_use]
            pub const fn empty() -> Self {
                Self(0)
            }

            /// All that have a name.
            #[must_use]
            pub const fn all() -> Self {
                Self(0 $(| Self::$name.0)*)
            }

            /// The bits, at their places.
            #[must_use]
            pub const fn bits(self) -> $bits {
                self.0
            }

            /// From bits; `None` if one of them has no name here.
            #[must_use]
            pub const fn from_bits(bits: $bits) -> Option<Self> {
                if bits & !Self::all().0 == 0 { Some(Self(bits)) } else { None }
            }

            /// From bits, without those that have no name here.
            #[must_use]
            pub const fn from_bits_truncate(bits: $bits) -> Self {
                Self(bits & Self::all().0)
            }

            /// From bits, with those that have no name here.
            #[must_use]
            pub const fn from_bits_retain(bits: $bits) -> Self {
                Self(bits)
            }

            /// Whether none is set.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Whether all of `other` are set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether one of `other` is set.
            #[must_use]
            pub const fn intersects(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// Those of either; `|` outside of `const`.
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// Those of both; `&` outside of `const`.
            #[must_use]
            pub const fn intersection(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// Those that `other` has not; `-` outside of `const`.
            #[must_use]
            pub const fn difference(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }

            /// Sets or clears those of `other`.
            #[must_use]
            pub const fn with(self, other: Self, set: bool) -> Self {
                if set { self.union(other) } else { self.difference(other) }
            }

            /// Those set that have a name, lowest first, with their names.
            pub fn iter_names(self) -> impl Iterator<Item = (&'static str, Self)> {
                Self::NAMED.iter().copied().filter(move |(_, flag)| self.contains(*flag))
            }
        }

        /// The names, as they are written: `A | B`, and the other bits as a number.
        impl core::fmt::Debug for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($type), "("))?;
                let mut between = "";
                for (name, _) in self.iter_names() {
                    write!(f, "{between}{name}")?;
                    between = " | ";
                }
                let rest = self.0 & !Self::all().0;
                if rest != 0 || self.is_empty() {
                    write!(f, "{between}{rest:#x}")?;
                }
                f.write_str(")")
            }
        }

        #[cfg(feature = "defmt")]
        impl defmt::Format for $type {
            fn format(&self, f: defmt::Formatter<'_>) {
                defmt::write!(f, "{=str}({:#x})", stringify!($type), self.0);
            }
        }

        impl core::ops::BitOr for $type {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                self.union(other)
            }
        }

        impl core::ops::BitOrAssign for $type {
            fn bitor_assign(&mut self, other: Self) {
                *self = self.union(other);
            }
        }

        impl core::ops::BitAnd for $type {
            type Output = Self;
            fn bitand(self, other: Self) -> Self {
                self.intersection(other)
            }
        }

        impl core::ops::Sub for $type {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                self.difference(other)
            }
        }

        impl core::ops::SubAssign for $type {
            fn sub_assign(&mut self, other: Self) {
                *self = self.difference(other);
            }
        }

        impl core::iter::FromIterator<Self> for $type {
            fn from_iter<I: IntoIterator<Item = Self>>(flags: I) -> Self {
                flags.into_iter().fold(Self::empty(), Self::union)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::command::Tests;

    const BOTH: Tests = Tests::RNG.union(Tests::ECDSA);

    #[test]
    fn sets() {
        assert_eq!(Tests::all().bits(), 0x3D);
        assert_eq!(BOTH - Tests::RNG, Tests::ECDSA);
        assert_eq!([Tests::RNG, Tests::ECDSA].into_iter().collect::<Tests>(), BOTH);
        assert!(BOTH.contains(Tests::RNG) && BOTH.intersects(Tests::ECDSA) && !Tests::RNG.contains(BOTH));
        assert!(!Tests::RNG.intersects(Tests::ECDSA) && (Tests::RNG & Tests::ECDSA).is_empty());
        assert_eq!((Tests::from_bits(5), Tests::from_bits(7)), (Some(BOTH), None));
        assert_eq!(Tests::from_bits_truncate(7), BOTH);
        assert_eq!(Tests::from_bits_retain(7).bits(), 7);
        assert_eq!(Tests::RNG.with(Tests::ECDSA, true).with(Tests::RNG, false), Tests::ECDSA);
        let mut changed = Tests::RNG;
        changed |= Tests::ECDSA;
        changed -= Tests::RNG;
        assert_eq!(changed.iter_names().collect::<std::vec::Vec<_>>(), [("ECDSA", Tests::ECDSA)]);
    }

    #[test]
    fn shown_as_written() {
        let shown =
            [(0, "Tests(0x0)"), (5, "Tests(RNG | ECDSA)"), (6, "Tests(ECDSA | 0x2)"), (2, "Tests(0x2)")];
        for (bits, text) in shown {
            assert_eq!(std::format!("{:?}", Tests::from_bits_retain(bits)), text);
        }
    }
}
