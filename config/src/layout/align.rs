//! Where the bytes of a table belong: the way of putting them there, in order, that reads best.
//!
//! Each byte is put at an offset, or left out, and offsets may stay empty. Leaving out and staying empty cost points,
//! most at their beginning, so that a table is only put right if it gains much by that.

use super::likely::points;
use std::fmt;

const SIZE: usize = 128;
/// A first byte left out, or an offset that stays empty.
const OPEN: i32 = 14;
/// Bytes that fell off the end, or filled it up.
const END: i32 = 2;
/// What has to be gained, above these costs.
const GAIN: i32 = 12;
const NEVER: i32 = i32::MIN / 4;

/// A place where the table is out of step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Slip {
    /// Bytes from this one of the table on belong nowhere.
    TooMany {
        /// The first of them.
        at: usize,
        /// They.
        bytes: Vec<u8>,
    },
    /// Offsets from this one on have no byte.
    TooFew {
        /// The first of them.
        offset: usize,
        /// How many.
        count: usize,
    },
}

impl Slip {
    /// By how many bytes what follows moves to the front.
    pub(super) fn moves(&self) -> i32 {
        match self {
            Self::TooMany { bytes, .. } => bytes.len() as i32,
            Self::TooFew { count, .. } => -(*count as i32),
        }
    }

    /// Nothing follows.
    pub(super) fn is_last(&self) -> bool {
        match self {
            Self::TooMany { at, bytes } => at + bytes.len() == SIZE,
            Self::TooFew { offset, count } => offset + count == SIZE,
        }
    }

    pub(super) fn is_spaces(&self) -> bool {
        matches!(self, Self::TooMany { bytes, .. } if bytes.iter().all(|byte| *byte == 0x20))
    }
}

impl fmt::Display for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: usize| if n == 1 { "1 byte".to_owned() } else { format!("{n} bytes") };
        match self {
            Self::TooMany { at, bytes } => {
                write!(f, "{} too many from byte {at} on", count(bytes.len()))?;
                let all = bytes.iter().all(|byte| Some(byte) == bytes.first());
                match bytes.first() {
                    Some(byte) if all => write!(f, " ({byte:02x})"),
                    _ => Ok(()),
                }?;
                if bytes.len() == 16 && at % 16 == 0 {
                    write!(f, ": row {} of 16 bytes is one too many", at / 16)?;
                }
                Ok(())
            }
            Self::TooFew { offset, count: n } if offset + n == SIZE => {
                write!(f, "the last {} are lost", count(*n))
            }
            Self::TooFew { offset, count: n } => write!(f, "{} missing at byte {offset}", count(*n)),
        }
    }
}

/// The last step to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The byte stands at the offset.
    Fits,
    /// The byte is left out.
    Drop,
    /// The offset stays empty.
    Skip,
}

const STEPS: [Step; 3] = [Step::Fits, Step::Drop, Step::Skip];

/// Slips, if any, and each byte where it belongs.
pub(super) fn align(given: &[u8; SIZE]) -> (Vec<Slip>, [Option<u8>; SIZE]) {
    let own = given.iter().take(16).any(|byte| !matches!(byte, 0x00 | 0xFF));
    let as_it_is: i32 = given.iter().enumerate().map(|(offset, byte)| points(offset, *byte, own)).sum();
    let same = (Vec::new(), given.map(Some));
    let (best, path) = search(given, own);
    if best < as_it_is + GAIN {
        return same;
    }
    let mut right = [None; SIZE];
    let mut slips: Vec<Slip> = Vec::new();
    let (mut from, mut to) = (0, 0);
    for step in path {
        match (step, slips.last_mut()) {
            (Step::Fits, _) => {
                right[to] = Some(given[from]);
                from += 1;
                to += 1;
            }
            (Step::Drop, Some(Slip::TooMany { at, bytes })) if *at + bytes.len() == from => {
                bytes.push(given[from]);
                from += 1;
            }
            (Step::Drop, _) => {
                slips.push(Slip::TooMany { at: from, bytes: vec![given[from]] });
                from += 1;
            }
            (Step::Skip, Some(Slip::TooFew { offset, count })) if *offset + *count == to => {
                *count += 1;
                to += 1;
            }
            (Step::Skip, _) => {
                slips.push(Slip::TooFew { offset: to, count: 1 });
                to += 1;
            }
        }
    }
    slips.iter_mut().for_each(|slip| to_rows(slip, given));
    (slips, right)
}

/// Of several places that come to the same, whole rows are named as such.
fn to_rows(slip: &mut Slip, given: &[u8; SIZE]) {
    let Slip::TooMany { at, bytes } = slip else { return };
    let (len, mut start) = (bytes.len(), *at);
    if len % 16 != 0 {
        return;
    }
    while start % 16 != 0 && given.get(start + len) == Some(&given[start]) {
        start += 1;
    }
    if start % 16 == 0 {
        *at = start;
        bytes.copy_from_slice(&given[start..start + len]);
    }
}

/// The best way: its points, and its steps.
fn search(given: &[u8; SIZE], own: bool) -> (i32, Vec<Step>) {
    // Points of the best way to a cell that ends with each step, and the step before that.
    let mut cells = vec![[[(NEVER, Step::Fits); 3]; SIZE + 1]; SIZE + 1];
    cells[0][0][0] = (0, Step::Fits);
    for from in 0..=SIZE {
        for to in 0..=SIZE {
            for step in STEPS {
                let before = match step {
                    Step::Fits if from > 0 && to > 0 => (from - 1, to - 1),
                    Step::Drop if from > 0 => (from - 1, to),
                    Step::Skip if to > 0 => (from, to - 1),
                    _ => continue,
                };
                let opening = match step {
                    // What is left over at the end, or was lost there.
                    Step::Drop if to == SIZE => END,
                    Step::Skip if from == SIZE => END,
                    _ => OPEN,
                };
                let gained = match step {
                    Step::Fits => points(to - 1, given[from - 1], own),
                    // What got in by mistake is more often filling than bytes of another kind.
                    Step::Drop => -2 * i32::from(!matches!(given[from - 1], 0x00 | 0x20 | 0xFF)),
                    Step::Skip => 0,
                };
                let best = STEPS
                    .into_iter()
                    .map(|last| {
                        let so_far = cells[before.0][before.1][last as usize].0;
                        let cost = if step == Step::Fits || step == last { 0 } else { opening };
                        (so_far + gained - cost, last)
                    })
                    .max_by_key(|(points, last)| (*points, *last == Step::Fits));
                if let Some(best) = best {
                    cells[from][to][step as usize] = best;
                }
            }
        }
    }
    let ends = STEPS.map(|step| (cells[SIZE][SIZE][step as usize].0, step));
    let (best, mut step) = ends.into_iter().max_by_key(|(points, _)| *points).unwrap_or((NEVER, Step::Fits));
    let (mut from, mut to) = (SIZE, SIZE);
    let mut path = Vec::new();
    while from > 0 || to > 0 {
        path.push(step);
        let last = cells[from][to][step as usize].1;
        match step {
            Step::Fits => (from, to) = (from - 1, to - 1),
            Step::Drop => from -= 1,
            Step::Skip => to -= 1,
        }
        step = last;
    }
    path.reverse();
    (best, path)
}
