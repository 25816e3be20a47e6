//! The trace as a Value Change Dump (IEEE 1364, section 18).
//!
//! A data bit has SCL low in its first half and high in its second, and SDA changes a quarter into it.
//! START and STOP move SDA three quarters into their bit, SCL being high.

use std::io::{self, Write};

use super::event::{Entry, Event};
use super::record::Trace;
use crate::chip::{Ack, Nanos};

impl Trace {
    /// Writes SCL and SDA, bit by bit, as a Value Change Dump, which GTKWave, PulseView and others open.
    /// A mutable reference serves as `writer` too.
    ///
    /// # Errors
    ///
    /// Those of `writer`.
    pub fn write_vcd(&self, writer: impl Write) -> io::Result<()> {
        write(self.entries(), writer)
    }
}

const PICOS: u64 = 1000;

/// Times are rounded to ticks of which a bit has at least so many: viewers that keep a sample a tick
/// stay usable.
const TICKS_A_BIT: u64 = 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Scl,
    Sda,
    /// Pulls SDA low beside the master and the chips.
    Hold,
}

/// One change of a line, in picoseconds.
struct Change {
    at: u64,
    line: Line,
    high: bool,
}

#[derive(Default)]
struct Plotter {
    changes: Vec<Change>,
    bit: Nanos,
    in_transaction: bool,
    end: u64,
}

impl Plotter {
    fn set(&mut self, at: u64, line: Line, high: bool) {
        self.end = self.end.max(at);
        self.changes.push(Change { at, line, high });
    }

    fn entry(&mut self, entry: &Entry) {
        let at = entry.at * PICOS;
        if entry.bit > 0 {
            self.bit = entry.bit;
        }
        let quarter = self.bit * PICOS / 4;
        match entry.event {
            Event::Start => {
                self.set(at + 3 * quarter, Line::Sda, false);
                self.set(at + 4 * quarter, Line::Scl, false);
                self.in_transaction = true;
            }
            Event::RepeatedStart => {
                self.set(at + quarter, Line::Sda, true);
                self.set(at + 2 * quarter, Line::Scl, true);
                self.set(at + 3 * quarter, Line::Sda, false);
                self.set(at + 4 * quarter, Line::Scl, false);
            }
            Event::Address { byte, ack } | Event::Write { byte, ack } | Event::Read { byte, ack } => {
                for index in 0..9 {
                    let high = if index < 8 { byte & (0x80 >> index) != 0 } else { ack == Ack::Nack };
                    let begin = at + index * self.bit * PICOS;
                    self.set(begin + quarter, Line::Sda, high);
                    self.set(begin + 2 * quarter, Line::Scl, true);
                    self.set(begin + 4 * quarter, Line::Scl, false);
                }
            }
            Event::Stop => {
                self.set(at + quarter, Line::Sda, false);
                self.set(at + 2 * quarter, Line::Scl, true);
                self.set(at + 3 * quarter, Line::Sda, true);
                self.in_transaction = false;
            }
            Event::Delay { duration } => {
                if self.in_transaction {
                    self.set(at + quarter, Line::Sda, true);
                }
                self.end = self.end.max(at + duration * PICOS);
            }
            Event::SdaLow { duration } => {
                self.set(at, Line::Hold, false);
                self.set(at + duration * PICOS, Line::Hold, true);
            }
        }
    }
}

/// The largest power of ten, in picoseconds and at most a microsecond, that cuts the shortest bit finely
/// enough.
fn tick(entries: &[Entry]) -> u64 {
    let bits = entries.iter().map(|entry| entry.bit).filter(|&bit| bit > 0);
    let longest = bits.min().map_or(u64::MAX, |bit| bit * PICOS / TICKS_A_BIT);
    (0..=6).map(|power| 10u64.pow(power)).take_while(|&tick| tick <= longest).last().unwrap_or(1)
}

fn timescale(tick: u64) -> String {
    match tick {
        1..1_000 => format!("{tick} ps"),
        1_000..1_000_000 => format!("{} ns", tick / 1_000),
        _ => format!("{} us", tick / 1_000_000),
    }
}

fn write(entries: &[Entry], mut writer: impl Write) -> io::Result<()> {
    let tick = tick(entries);
    let mut plotter = Plotter::default();
    for entry in entries {
        plotter.entry(entry);
    }
    // Stable: what was drawn later wins where a line changes twice at one time.
    plotter.changes.sort_by_key(|change| change.at);

    writeln!(writer, "$comment I2C bus of atecc608-sim $end")?;
    writeln!(writer, "$timescale {} $end", timescale(tick))?;
    writeln!(writer, "$scope module i2c $end")?;
    writeln!(writer, "$var wire 1 ! SCL $end")?;
    writeln!(writer, "$var wire 1 \" SDA $end")?;
    writeln!(writer, "$upscope $end")?;
    writeln!(writer, "$enddefinitions $end")?;
    writeln!(writer, "#0\n$dumpvars\n1!\n1\"\n$end")?;

    let (mut scl, mut sda, mut free) = (true, true, true);
    let (mut shown_scl, mut shown_sda, mut shown_at) = (true, true, 0);
    for group in plotter.changes.chunk_by(|a, b| a.at / tick == b.at / tick) {
        for change in group {
            match change.line {
                Line::Scl => scl = change.high,
                Line::Sda => sda = change.high,
                Line::Hold => free = change.high,
            }
        }
        let level = sda && free;
        if scl == shown_scl && level == shown_sda {
            continue;
        }
        let at = group[0].at / tick;
        if at != shown_at {
            writeln!(writer, "#{at}")?;
        }
        if scl != shown_scl {
            writeln!(writer, "{}!", u8::from(scl))?;
        }
        if level != shown_sda {
            writeln!(writer, "{}\"", u8::from(level))?;
        }
        (shown_scl, shown_sda, shown_at) = (scl, level, at);
    }
    writeln!(writer, "#{}", plotter.end / tick + 1)
}
