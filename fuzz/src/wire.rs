//! The wire server with a client that sends anything, in pieces of any size, beside a master on a bus of the
//! same kind.

use atecc608_sim::bus::Master;
use atecc608_sim::chip::{Ack, Timing};
use atecc608_sim::{Bus, Chip, server};
use std::io::Read;

/// Gives some bytes at a time.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.take(self.1 as u64).read(buffer).inspect(|read| self.0 = &self.0[*read..])
    }
}

fn bus() -> Bus {
    let bus = Bus::new();
    bus.restart_trace(10);
    let mut timing = Timing::default();
    timing.percent = 13;
    bus.add(Chip::blank(608).with_timing(timing));
    bus
}

/// One operation of the protocol; `None` for what is none or is cut short.
fn operation(master: &mut Master, data: &mut &[u8]) -> Option<u8> {
    let answer = |ack| if ack == Ack::Ack { 0x06 } else { 0x15 };
    let (what, rest) = data.split_first()?;
    let (said, rest) = match what {
        b'S' => (answer(master.start(*rest.first()?)), &rest[1..]),
        b'W' => (answer(master.write(*rest.first()?)), &rest[1..]),
        b'R' => (master.read(), rest),
        b'P' => {
            master.stop();
            (0x06, rest)
        }
        b'D' | b'F' => {
            let (number, rest) = rest.split_first_chunk()?;
            let number = u32::from_le_bytes(*number);
            if *what == b'D' {
                master.bus().advance(u64::from(number) * 1_000);
            } else {
                master.set_clock_hz(number);
            }
            (0x06, rest)
        }
        _ => return None,
    };
    *data = rest;
    Some(said)
}

pub fn run(data: &[u8]) {
    let Some((size, data)) = data.split_first() else { return };
    let (served, driven) = (bus(), bus());
    let mut answers = Vec::new();
    let end = server::converse(&served, Pieces(data, usize::from(*size % 8) + 1), &mut answers);
    let mut rest = data;
    let mut expected = Vec::new();
    {
        let mut master = driven.master();
        while let Some(answer) = operation(&mut master, &mut rest) {
            expected.push(answer);
        }
    }
    assert_eq!(answers, expected);
    // Cut short is an error, another operation is the end of the conversation.
    assert_eq!(end.is_ok(), rest.first().is_some_and(|what| !b"SWRPDF".contains(what)));
    assert_eq!(served.now(), driven.now());
    // The bus is free again.
    assert_eq!(served.master().start(0x00), driven.master().start(0x00));
}
