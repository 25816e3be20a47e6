//! UART0, connected to the console.
//!
//! Source: chapter "UART Controller". Bytes are sent in no time. A line of input arrives when the program
//! has waited for it through 10 ms in which nothing was sent: by then it has printed its question, and has
//! thrown away what it does not want to read.

use super::registers::{Registers, bit, field};
use crate::console::Console;
use crate::time::{MILLISECOND, Picos};

const FIFO: u32 = 0x00;
const INT_RAW: u32 = 0x04;
const INT_ST: u32 = 0x08;
const INT_ENA: u32 = 0x0C;
const INT_CLR: u32 = 0x10;
const STATUS: u32 = 0x1C;
const CONF0: u32 = 0x20;
const CONF1: u32 = 0x24;
const ID: u32 = 0x80;

const RXFIFO_FULL: u32 = 1 << 0;
const TXFIFO_EMPTY: u32 = 1 << 1;
const RXFIFO_TOUT: u32 = 1 << 8;
const TX_DONE: u32 = 1 << 14;
const RXFIFO_RST: u32 = 17;
const REG_UPDATE: u32 = 1 << 31;
const FIFO_LEN: usize = 128;

const QUIET: Picos = 10 * MILLISECOND;

#[derive(Debug)]
pub(crate) struct Uart {
    registers: Registers,
    pub(crate) console: Console,
    raw: u32,
    /// When a byte was last sent or received.
    active: Picos,
    /// Since when the program has looked for input in vain.
    waiting: Option<Picos>,
}

impl Uart {
    pub(crate) fn new(console: Console) -> Uart {
        let mut registers = Registers::default();
        registers.write(CONF1, 96 << 9 | 96);
        Uart { registers, console, raw: 0, active: 0, waiting: None }
    }

    fn received(&self) -> usize {
        self.console.typed().min(FIFO_LEN)
    }

    /// The levels that make interrupts, and what happened.
    fn raw(&self) -> u32 {
        let conf1 = self.registers.read(CONF1);
        let received = self.received();
        let mut raw = self.raw | TXFIFO_EMPTY;
        if received > 0 && received >= field(conf1, 8, 0) as usize {
            raw |= RXFIFO_FULL;
        }
        if received > 0 && bit(conf1, 21) {
            raw |= RXFIFO_TOUT;
        }
        raw
    }

    pub(crate) fn send(&mut self, byte: u8, now: Picos) {
        self.console.put(byte);
        self.raw |= TX_DONE;
        self.active = now;
        self.waiting = None;
    }

    pub(crate) fn read(&mut self, offset: u32, now: Picos) -> u32 {
        match offset {
            FIFO => {
                self.active = now;
                self.waiting = None;
                u32::from(self.console.take().unwrap_or(0))
            }
            INT_RAW => self.raw(),
            INT_ST => self.raw() & self.registers.read(INT_ENA),
            STATUS => {
                if self.received() == 0 && now >= *self.waiting.get_or_insert(now) + QUIET {
                    self.waiting = None;
                    self.console.type_line();
                }
                self.received() as u32
            }
            _ => self.registers.read(offset),
        }
    }

    pub(crate) fn write(&mut self, offset: u32, value: u32, now: Picos) {
        match offset {
            FIFO => self.send(value as u8, now),
            INT_CLR => self.raw &= !value,
            INT_RAW | INT_ST | STATUS => {}
            CONF0 if bit(value, RXFIFO_RST) => {
                while self.console.take().is_some() {}
                self.registers.write(offset, value);
            }
            // Registers are in force at once.
            ID => self.registers.write(offset, value & !REG_UPDATE),
            _ => self.registers.write(offset, value),
        }
    }

    /// When input arrives for a program that waits for the interrupt.
    pub(crate) fn next_event(&self) -> Option<Picos> {
        let listening = self.registers.read(INT_ENA) & (RXFIFO_FULL | RXFIFO_TOUT) != 0;
        (listening && self.received() == 0 && !self.console.ended()).then_some(self.active + QUIET)
    }

    pub(crate) fn advance(&mut self, now: Picos) {
        if self.next_event().is_some_and(|moment| moment <= now) {
            self.console.type_line();
        }
    }

    pub(crate) fn interrupt(&self) -> bool {
        self.raw() & self.registers.read(INT_ENA) != 0
    }
}
