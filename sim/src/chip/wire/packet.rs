//! Groups: count, packet, CRC (chip reference 2.1).

use super::crc::crc16;
use crate::chip::power::Nanos;
use crate::chip::rule::{Refused, Rule, require_legal};
use crate::chip::status::Status;

/// The shortest group the chip takes (chip reference 1.5).
pub(crate) const SHORTEST_GROUP: usize = 4;
/// The longest one (chip reference D10).
pub(crate) const LONGEST_GROUP: usize = 155;

/// A command group without count and CRC.
#[derive(Clone)]
pub(crate) struct Packet {
    pub(crate) opcode: u8,
    pub(crate) p1: u8,
    pub(crate) p2: u16,
    pub(crate) data: Vec<u8>,
}

impl Packet {
    /// Opcode, p1 and p2 as hashed messages contain them.
    pub(crate) fn head(&self) -> [u8; 4] {
        let [low, high] = self.p2.to_le_bytes();
        [self.opcode, self.p1, low, high]
    }

    /// For commands that take no data.
    pub(crate) fn no_data(&self) -> Result<(), Refused> {
        self.data_len(0)
    }

    /// For commands that take exactly `length` bytes of data.
    pub(crate) fn data_len(&self, length: usize) -> Result<(), Refused> {
        require_legal(self.data.len() == length, Rule::Length)
    }
}

/// Takes a received group apart. `Communication` for a damaged one, `Parse` for one that is whole but too
/// short to be a command.
pub(crate) fn parse(group: &[u8]) -> Result<Packet, Status> {
    let counted = group.first().is_some_and(|count| usize::from(*count) == group.len());
    if group.len() < SHORTEST_GROUP || !counted {
        return Err(Status::Communication);
    }
    let (body, crc) = group.split_at(group.len() - 2);
    if crc16(body).to_le_bytes() != crc {
        return Err(Status::Communication);
    }
    let [_, opcode, p1, low, high, data @ ..] = body else { return Err(Status::Parse) };
    Ok(Packet { opcode: *opcode, p1: *p1, p2: u16::from_le_bytes([*low, *high]), data: data.to_vec() })
}

/// Puts count and CRC around a response.
pub(crate) fn response(body: &[u8]) -> Vec<u8> {
    let mut group = Vec::with_capacity(body.len() + 3);
    // The longest result is about 100 bytes (chip reference 2.1).
    group.push((body.len() + 3) as u8);
    group.extend_from_slice(body);
    let crc = crc16(&group);
    group.extend_from_slice(&crc.to_le_bytes());
    group
}

/// A response of one status byte.
pub(crate) fn status_response(status: Status) -> Vec<u8> {
    response(&[status as u8])
}

/// What a command answered, without its data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A status byte.
    Status(Status),
    /// That many bytes of result.
    Data(usize),
}

/// One group that reached the chip undamaged, for tests that count or time commands. Groups with a bad
/// CRC are not among them: nothing is executed then (chip reference 1.5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Executed {
    /// The opcode.
    pub opcode: u8,
    /// Parameter 1.
    pub p1: u8,
    /// Parameter 2.
    pub p2: u16,
    /// The answer.
    pub outcome: Outcome,
    /// The rule by which it was refused, if one stands behind the answer.
    pub refused: Option<Rule>,
    /// Time of the STOP that started it.
    pub start: Nanos,
    /// How long the chip is busy with it, in nanoseconds.
    pub duration: Nanos,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_but_headless_group_is_a_parse_error() {
        for body in [&[0x04, 0x30][..], &[0x06, 0x30, 0x00, 0x00]] {
            let mut group = body.to_vec();
            group.extend(crc16(body).to_le_bytes());
            assert_eq!(parse(&group).err(), Some(Status::Parse));
        }
    }

    #[test]
    fn response_is_read_back_by_its_own_rules() {
        assert_eq!(response(&[0, 0, 0x60, 2]), [7, 0, 0, 0x60, 2, 0x80, 0x38]);
        assert_eq!(status_response(Status::AfterWake), [4, 0x11, 0x33, 0x43]);
    }
}
