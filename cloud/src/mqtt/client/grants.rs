//! What the server says to a SUBSCRIBE.

use crate::mqtt::{FILTERS_MAX, QoS};
use core::fmt;

/// The server's answer to one filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// Messages come, at this QoS at most.
    Granted(QoS),
    /// None come (return code 0x80).
    Refused,
}

/// The server's answers to a SUBSCRIBE, in the order of the filters (MQTT 3.1.1, section 3.9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grants {
    len: u8,
    /// A bit for each filter.
    refused: u8,
    at_least_once: u8,
}

impl Grants {
    /// From return codes, which the codec has checked: 0 to 2, or 0x80.
    pub(super) fn new(codes: &[u8]) -> Self {
        let mut grants = Self::default();
        for code in codes.iter().take(FILTERS_MAX) {
            let bit = 1_u8 << grants.len;
            match code {
                0 => {}
                1 | 2 => grants.at_least_once |= bit,
                _ => grants.refused |= bit,
            }
            grants.len = grants.len.saturating_add(1);
        }
        grants
    }

    /// The answer to the filter with this index, from 0 on.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Grant> {
        let bit = u32::try_from(index).ok().filter(|_| index < usize::from(self.len))?;
        let has = |bits: u8| bits.checked_shr(bit).unwrap_or_default() & 1 != 0;
        Some(match (has(self.refused), has(self.at_least_once)) {
            (true, _) => Grant::Refused,
            (_, true) => Grant::Granted(QoS::AtLeastOnce),
            _ => Grant::Granted(QoS::AtMostOnce),
        })
    }

    /// All answers, in the order of the filters.
    pub fn iter(&self) -> impl Iterator<Item = Grant> + '_ {
        (0..usize::from(self.len)).filter_map(|index| self.get(index))
    }

    /// Whether no filter was refused.
    #[must_use]
    pub const fn all_granted(&self) -> bool {
        self.refused == 0
    }
}

impl fmt::Display for Grants {
    /// `filter 2 of 3 refused`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused = self.refused.count_ones();
        f.write_str(if refused > 1 { "filters " } else { "filter " })?;
        let numbers = self.iter().zip(1..).filter(|(grant, _)| *grant == Grant::Refused);
        for (n, (_, number)) in numbers.enumerate() {
            write!(f, "{}{number}", if n == 0 { "" } else { ", " })?;
        }
        if refused == 0 {
            f.write_str("none")?;
        }
        write!(f, " of {} refused", self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;
    use std::vec::Vec;

    #[test]
    fn each_code_is_told() {
        let grants = Grants::new(&[0, 1, 0x80, 2, 0, 0, 0, 0x80]);
        let (zero, one) = (Grant::Granted(QoS::AtMostOnce), Grant::Granted(QoS::AtLeastOnce));
        assert_eq!(
            grants.iter().collect::<Vec<_>>(),
            [zero, one, Grant::Refused, one, zero, zero, zero, Grant::Refused]
        );
        assert_eq!((grants.get(8), grants.get(usize::MAX)), (None, None));
        assert!(!grants.all_granted() && Grants::new(&[0, 1]).all_granted());
        assert_eq!(grants.to_string(), "filters 3, 8 of 8 refused");
        assert_eq!(Grants::new(&[0x80]).to_string(), "filter 1 of 1 refused");
    }
}
