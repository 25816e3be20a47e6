//! I2C0 as a master: command list, FIFOs, clock, acknowledgements.
//!
//! Source: chapter "I2C Controller". The commands are carried out on the bus when they are started; what
//! they lead to is seen when the time that they take on the wire is over. The controller never loses
//! arbitration and is never stretched, and is no slave.

use std::collections::VecDeque;
use std::io;

use super::registers::{Registers, bit, field};
use crate::line::Line;
use crate::time::{NANOSECOND, Picos, RC_FAST_HZ, SECOND, XTAL_HZ};

const SCL_LOW_PERIOD: u32 = 0x00;
const CTR: u32 = 0x04;
const SR: u32 = 0x08;
const FIFO_ST: u32 = 0x14;
const FIFO_CONF: u32 = 0x18;
const DATA: u32 = 0x1C;
const INT_RAW: u32 = 0x20;
const INT_CLR: u32 = 0x24;
const INT_ENA: u32 = 0x28;
const INT_STATUS: u32 = 0x2C;
const SCL_HIGH_PERIOD: u32 = 0x38;
const CLK_CONF: u32 = 0x54;
const COMMAND: u32 = 0x58;
const COMMANDS: u32 = 8;

const TRANS_START: u32 = 5;
const FSM_RST: u32 = 10;
/// Bits of CTR that go back by themselves: trans_start, fsm_rst, conf_upgate.
const SELF_CLEARING: u32 = 1 << TRANS_START | 1 << FSM_RST | 1 << 11;

const RXFIFO_OVF: u32 = 1 << 2;
const END_DETECT: u32 = 1 << 3;
const TRANS_COMPLETE: u32 = 1 << 7;
const TIME_OUT: u32 = 1 << 8;
const TRANS_START_INT: u32 = 1 << 9;
const NACK: u32 = 1 << 10;

const WRITE: u32 = 1;
const STOP: u32 = 2;
const READ: u32 = 3;
const END: u32 = 4;
const RESTART: u32 = 6;

const FIFO_LEN: usize = 32;

#[derive(Debug)]
pub(crate) struct I2c {
    registers: Registers,
    line: Box<dyn Line>,
    transmit: VecDeque<u8>,
    receive: VecDeque<u8>,
    /// Bytes taken from and put into the FIFOs, which are their addresses.
    transmitted: u32,
    received: u32,
    raw: u32,
    acknowledged: bool,
    /// A START is on the wire, so the next byte is an address.
    addressing: bool,
    /// When the commands under way will be over, and the interrupts to raise then.
    busy: Option<(Picos, u32)>,
    /// Why the bus is no longer to be had.
    pub(crate) failure: Option<io::Error>,
}

impl I2c {
    pub(crate) fn new(line: Box<dyn Line>) -> I2c {
        I2c {
            registers: Registers::default(),
            line,
            transmit: VecDeque::new(),
            receive: VecDeque::new(),
            transmitted: 0,
            received: 0,
            raw: 0,
            acknowledged: true,
            addressing: false,
            busy: None,
            failure: None,
        }
    }

    /// Back to the state after power-on. A transaction that is under way is broken off.
    pub(crate) fn reset(&mut self) {
        self.registers.clear();
        self.reset_machine();
        self.raw = 0;
        self.clear_transmit();
        self.receive.clear();
    }

    fn reset_machine(&mut self) {
        self.busy = None;
        self.addressing = false;
        let stopped = self.line.stop();
        self.note(stopped);
    }

    fn clear_transmit(&mut self) {
        self.transmit.clear();
        self.transmitted = 0;
    }

    fn note(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.failure.get_or_insert(error);
        }
    }

    /// The clock that the registers ask for.
    fn bit_time(&self) -> Picos {
        let clock = self.registers.read(CLK_CONF);
        let source = if bit(clock, 20) { RC_FAST_HZ } else { XTAL_HZ };
        let high = self.registers.read(SCL_HIGH_PERIOD);
        let low = field(self.registers.read(SCL_LOW_PERIOD), 8, 0) + 1;
        let cycles = u64::from(low + field(high, 8, 0) + field(high, 15, 9));
        SECOND * (u64::from(field(clock, 7, 0)) + 1) * cycles / source
    }

    pub(crate) fn read(&mut self, offset: u32) -> u32 {
        match offset {
            SR => {
                // esp-hal takes a set bit for "acknowledged".
                u32::from(self.acknowledged)
                    | u32::from(self.busy.is_some()) << 4
                    | (self.receive.len() as u32) << 8
                    | (self.transmit.len() as u32) << 18
            }
            FIFO_ST => {
                let put = self.transmitted + self.transmit.len() as u32;
                let taken = self.received.saturating_sub(self.receive.len() as u32);
                (taken % 32) | (self.received % 32) << 5 | (self.transmitted % 32) << 10 | (put % 32) << 15
            }
            DATA => u32::from(self.receive.pop_front().unwrap_or(0)),
            INT_RAW => self.raw,
            INT_STATUS => self.raw & self.registers.read(INT_ENA),
            _ => self.registers.read(offset),
        }
    }

    pub(crate) fn write(&mut self, offset: u32, value: u32, now: Picos) {
        match offset {
            CTR => {
                self.registers.write(CTR, value & !SELF_CLEARING);
                if bit(value, FSM_RST) {
                    self.reset_machine();
                }
                if bit(value, TRANS_START) && self.busy.is_none() {
                    self.start(now);
                }
            }
            FIFO_CONF => {
                if bit(value, 12) {
                    self.receive.clear();
                    self.received = 0;
                }
                if bit(value, 13) {
                    self.clear_transmit();
                }
                self.registers.write(offset, value);
            }
            DATA => {
                if self.transmit.len() < FIFO_LEN {
                    self.transmit.push_back(value as u8);
                }
            }
            INT_CLR => self.raw &= !value,
            SR | FIFO_ST | INT_RAW | INT_STATUS => {}
            _ => self.registers.write(offset, value),
        }
    }

    fn start(&mut self, now: Picos) {
        self.raw |= TRANS_START_INT;
        let bit_time = self.bit_time();
        let hz = u32::try_from(SECOND / bit_time.max(1)).unwrap_or(u32::MAX);
        let ready = self.line.reach(now / NANOSECOND).and_then(|()| self.line.set_clock(hz));
        self.note(ready);
        match self.run() {
            Ok((bits, raw)) => self.busy = Some((now + bits * bit_time, raw)),
            Err(error) => self.note(Err(error)),
        }
    }

    /// Carries out the commands. Gives the bits on the wire and the interrupts at the end.
    fn run(&mut self) -> io::Result<(u64, u32)> {
        let mut bits = 0;
        for offset in (0..COMMANDS).map(|n| COMMAND + 4 * n) {
            let command = self.registers.read(offset);
            let count = field(command, 7, 0);
            match field(command, 13, 11) {
                RESTART => self.addressing = true,
                WRITE => {
                    let acknowledged = self.write_bytes(count, &mut bits)?;
                    let Some(acknowledged) = acknowledged else { return Ok((bits, TIME_OUT)) };
                    self.acknowledged = acknowledged;
                    let expected = !bit(command, 9);
                    if bit(command, 8) && acknowledged != expected {
                        self.line.stop()?;
                        return Ok((bits + 1, NACK));
                    }
                }
                READ => {
                    for _ in 0..count {
                        let byte = self.line.read()?;
                        bits += 9;
                        if self.receive.len() == FIFO_LEN {
                            return Ok((bits, RXFIFO_OVF));
                        }
                        self.receive.push_back(byte);
                        self.received += 1;
                    }
                }
                STOP => {
                    self.line.stop()?;
                    self.registers.write(offset, command | 1 << 31);
                    return Ok((bits + 1, TRANS_COMPLETE));
                }
                END => {
                    self.registers.write(offset, command | 1 << 31);
                    return Ok((bits, END_DETECT));
                }
                // The controller waits for a command that makes sense, for ever.
                _ => return Ok((bits, TIME_OUT)),
            }
            self.registers.write(offset, command | 1 << 31);
        }
        Ok((bits, TIME_OUT))
    }

    /// Whether the last byte was acknowledged: bytes behind one that was not are not sent. Nothing if the
    /// FIFO is empty too soon.
    fn write_bytes(&mut self, count: u32, bits: &mut u64) -> io::Result<Option<bool>> {
        let mut acknowledged = true;
        for _ in 0..count {
            let Some(byte) = self.transmit.pop_front() else { return Ok(None) };
            self.transmitted += 1;
            *bits += 9;
            if core::mem::take(&mut self.addressing) {
                *bits += 1;
                acknowledged = self.line.start(byte)?;
            } else {
                acknowledged = self.line.write(byte)?;
            }
            if !acknowledged {
                break;
            }
        }
        Ok(Some(acknowledged))
    }

    pub(crate) fn next_event(&self) -> Option<Picos> {
        self.busy.map(|(moment, _)| moment)
    }

    pub(crate) fn advance(&mut self, now: Picos) {
        if let Some((moment, raw)) = self.busy
            && moment <= now
        {
            self.raw |= raw;
            self.busy = None;
        }
    }

    pub(crate) fn interrupt(&self) -> bool {
        self.raw & self.registers.read(INT_ENA) != 0
    }

    /// The bus learns how much time has passed when the program is over, so that what the chip was doing
    /// is done and kept.
    pub(crate) fn finish(&mut self, now: Picos) {
        let done = self.line.reach(now / NANOSECOND);
        self.note(done);
    }
}
