//! What the processor is connected to: memories and peripherals by address, time, and interrupts.
//!
//! Source: ESP32-C3 Technical Reference Manual, chapter "System and Memory", for the addresses.

use std::collections::BTreeSet;

use crate::console::Console;
use crate::hart::{Bus, Exception, Width};
use crate::line::Line;
use crate::memory::Memory;
use crate::peripheral::clocks::Clocks;
use crate::peripheral::efuse::Efuse;
use crate::peripheral::gpio::Gpio;
use crate::peripheral::i2c::I2c;
use crate::peripheral::interrupts::{Interrupts, source};
use crate::peripheral::registers::Registers;
use crate::peripheral::rtc::Rtc;
use crate::peripheral::systimer::Systimer;
use crate::peripheral::timer_group::TimerGroup;
use crate::peripheral::uart::Uart;
use crate::time::Picos;

const PERIPHERALS: u32 = 0x6000_0000;
const PERIPHERALS_LEN: u32 = 0x10_0000;
/// The random number generator's data.
const RANDOM: u32 = 0x6002_60B0;

pub(crate) struct Soc {
    pub(crate) memory: Memory,
    pub(crate) uart: Uart,
    pub(crate) i2c: I2c,
    pub(crate) rtc: Rtc,
    clocks: Clocks,
    efuse: Efuse,
    gpio: Gpio,
    interrupts: Interrupts,
    systimer: Systimer,
    timers: [TimerGroup; 2],
    /// Everything else, by address.
    others: Registers,
    random: u32,
    /// Addresses that were logged, if they are to be.
    logged: Option<BTreeSet<u32>>,

    pub(crate) now: Picos,
    pub(crate) cycle: Picos,
    /// When a peripheral does something by itself, or the run is over.
    pub(crate) next_event: Picos,
    /// No peripheral will ever do anything by itself.
    pub(crate) quiet: bool,
    /// When the run is over.
    pub(crate) limit: Picos,
    /// There may be a reason to stop the run.
    pub(crate) attention: bool,
    /// The interrupt that the processor is to take.
    pub(crate) interrupt: Option<u32>,
}

impl Soc {
    pub(crate) fn new(console: Console, line: Box<dyn Line>, verbose: bool) -> Soc {
        let clocks = Clocks::new();
        Soc {
            memory: Memory::new(),
            uart: Uart::new(console),
            i2c: I2c::new(line),
            rtc: Rtc::new(),
            cycle: clocks.cycle(),
            clocks,
            efuse: Efuse::new(),
            gpio: Gpio::default(),
            interrupts: Interrupts::default(),
            systimer: Systimer::new(),
            timers: [TimerGroup::new(), TimerGroup::new()],
            others: Registers::default(),
            random: 0x9E37_79B9,
            logged: verbose.then(BTreeSet::new),
            now: 0,
            next_event: Picos::MAX,
            quiet: true,
            limit: Picos::MAX,
            attention: false,
            interrupt: None,
        }
    }

    /// Lets the peripherals reach the present, and sees what they want from the processor and when.
    pub(crate) fn settle(&mut self) {
        let now = self.now;
        self.uart.advance(now);
        self.i2c.advance(now);
        self.systimer.advance(now);
        let mut sources = self.systimer.interrupts() << source::SYSTIMER
            | u64::from(self.uart.interrupt()) << source::UART0
            | u64::from(self.i2c.interrupt()) << source::I2C0
            | self.clocks.software_interrupts() << source::FROM_CPU;
        let mut events =
            [self.uart.next_event(), self.i2c.next_event(), self.systimer.next_event(), None, None];
        let numbers = [source::TIMER_GROUP0, source::TIMER_GROUP1];
        for ((timer, event), number) in self.timers.iter_mut().zip(events.iter_mut().rev()).zip(numbers) {
            timer.advance(now);
            sources |= timer.interrupts() << number;
            *event = timer.next_event();
        }
        let next = events.into_iter().flatten().min();
        self.quiet = next.is_none();
        self.next_event = next.unwrap_or(Picos::MAX).min(self.limit);
        self.interrupts.set_sources(sources);
        self.interrupt = self.interrupts.next();
        self.attention =
            self.uart.console.found || self.rtc.reset || self.i2c.failure.is_some() || now >= self.limit;
    }

    fn read_register(&mut self, address: u32) -> u32 {
        let offset = address & 0xFFF;
        let [timer0, timer1] = &mut self.timers;
        match address >> 12 {
            0x60000 => {
                let value = self.uart.read(offset, self.now);
                self.settle();
                value
            }
            0x60004 => self.gpio.read(offset),
            0x60008 if offset >= 0x800 => self.efuse.read(offset - 0x800),
            0x60008 => self.rtc.read(offset),
            0x60013 => self.i2c.read(offset),
            0x6001F => timer0.read(offset),
            0x60020 => timer1.read(offset),
            0x60023 => self.systimer.read(offset),
            0x600C0 => self.clocks.read(offset),
            0x600C2 => self.interrupts.read(offset),
            _ if address == RANDOM => self.random(),
            _ => {
                self.log("read", address);
                self.others.read(address)
            }
        }
    }

    fn write_register(&mut self, address: u32, value: u32) {
        let offset = address & 0xFFF;
        let now = self.now;
        let [timer0, timer1] = &mut self.timers;
        match address >> 12 {
            0x60000 => self.uart.write(offset, value, now),
            0x60004 => return self.gpio.write(offset, value),
            0x60008 if offset >= 0x800 => return self.efuse.write(offset - 0x800, value),
            0x60008 => self.rtc.write(offset, value, now),
            0x60013 => self.i2c.write(offset, value, now),
            0x6001F => timer0.write(offset, value, now),
            0x60020 => timer1.write(offset, value, now),
            0x60023 => self.systimer.write(offset, value, now),
            0x600C0 => {
                self.clocks.write(offset, value);
                self.cycle = self.clocks.cycle();
                if self.clocks.i2c_in_reset() {
                    self.i2c.reset();
                }
            }
            0x600C2 => self.interrupts.write(offset, value),
            _ => {
                self.log("written", address);
                return self.others.write(address, value);
            }
        }
        self.settle();
    }

    /// Numbers that look random and are the same in every run (xorshift32).
    fn random(&mut self) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        self.random
    }

    fn log(&mut self, what: &str, address: u32) {
        if let Some(logged) = &mut self.logged
            && logged.insert(address)
        {
            eprintln!("c3-emulator: register 0x{address:08X}, which is not modelled, is {what}");
        }
    }
}

fn is_register(address: u32) -> bool {
    address.wrapping_sub(PERIPHERALS) < PERIPHERALS_LEN
}

/// The part of a word that a load or store of it is about: shift and mask.
fn lane(address: u32, width: Width) -> (u32, u32) {
    match width {
        Width::Byte => (8 * (address & 3), 0xFF),
        Width::Half => (8 * (address & 2), 0xFFFF),
        Width::Word => (0, u32::MAX),
    }
}

impl Bus for Soc {
    fn fetch(&mut self, address: u32) -> Result<u16, Exception> {
        self.memory.half(address).ok_or(Exception::FetchFault(address))
    }

    fn load(&mut self, address: u32, width: Width) -> Result<u32, Exception> {
        if is_register(address) {
            let (shift, mask) = lane(address, width);
            return Ok(self.read_register(address & !3) >> shift & mask);
        }
        self.memory.load(address, width).ok_or(Exception::LoadFault(address))
    }

    fn store(&mut self, address: u32, width: Width, value: u32) -> Result<(), Exception> {
        if is_register(address) {
            let (shift, mask) = lane(address, width);
            let value = if width == Width::Word {
                value
            } else {
                self.read_register(address & !3) & !(mask << shift) | (value & mask) << shift
            };
            self.write_register(address & !3, value);
            return Ok(());
        }
        self.memory.store(address, width, value).ok_or(Exception::StoreFault(address))
    }
}
