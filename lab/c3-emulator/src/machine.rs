//! The whole: runs a program until there is a reason to stop.

use core::fmt;
use std::path::Path;

use crate::console::Console;
use crate::hart::{Flow, Hart};
use crate::image;
use crate::line::Line;
use crate::rom::{self, Rom};
use crate::soc::Soc;
use crate::time::{MICROSECOND, NANOSECOND, SECOND};

/// Why a run is over.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stop {
    /// The program printed what was waited for.
    Found,
    /// The program waits for an interrupt, or jumps in place, and nothing will ever wake it.
    Asleep,
    /// The time is over.
    TimeOver,
    /// The program reset the chip.
    Reset,
    /// The program called a function of the ROM that is not modelled.
    UnknownRom {
        /// Its address.
        address: u32,
        /// Where it was called from.
        caller: u32,
    },
    /// An exception whose handler raises it again: there is no program where the processor looks for one.
    Fault {
        /// Where the handler should be.
        handler: u32,
    },
    /// The I2C bus is gone.
    Bus(std::io::Error),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Found => f.write_str("the line that was waited for is printed"),
            Stop::Asleep => f.write_str("the program sleeps and nothing will wake it"),
            Stop::TimeOver => f.write_str("the time given with --max-seconds is over"),
            Stop::Reset => f.write_str("the program reset the chip"),
            Stop::UnknownRom { address, caller } => write!(
                f,
                "the program at 0x{caller:08X} called the ROM function at 0x{address:08X}, which is not modelled; \
                 its name is in the linker scripts of esp-rom-sys"
            ),
            Stop::Fault { handler } => {
                write!(f, "an exception, and its handler at 0x{handler:08X} raises one itself")
            }
            Stop::Bus(error) => write!(f, "the I2C bus is gone: {error}"),
        }
    }
}

/// An ESP32-C3 with a program in its flash.
pub struct Machine {
    hart: Hart,
    soc: Soc,
    rom: Rom,
    verbose: bool,
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("hart", &self.hart)
            .field("nanos", &self.nanos())
            .finish_non_exhaustive()
    }
}

impl Machine {
    /// A chip about to start the program in the ELF file `firmware`. `verbose` logs what is not modelled,
    /// and exceptions, to standard error.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is no such program, or does not fit; in words.
    pub fn new(
        firmware: &Path,
        console: Console,
        line: Box<dyn Line>,
        verbose: bool,
    ) -> Result<Machine, String> {
        let mut soc = Soc::new(console, line, verbose);
        let entry = image::load(firmware, &mut soc.memory)?;
        let mut hart = Hart::new(entry);
        // The boot loader leaves them enabled, and programs count on it.
        hart.enable_interrupts();
        Ok(Machine { hart, soc, rom: Rom::default(), verbose })
    }

    /// Virtual time since reset, in nanoseconds.
    #[must_use]
    pub fn nanos(&self) -> u64 {
        self.soc.now / NANOSECOND
    }

    /// Address of the next instruction.
    #[must_use]
    pub fn pc(&self) -> u32 {
        self.hart.pc
    }

    /// Instructions since reset.
    #[must_use]
    pub fn instructions(&self) -> u64 {
        self.hart.cycles
    }

    /// Runs until there is a reason to stop; after `seconds` of virtual time at the latest.
    pub fn run(&mut self, seconds: u64) -> Stop {
        self.soc.limit = seconds.saturating_mul(SECOND);
        self.soc.settle();
        let stop = loop {
            if let Some(stop) = self.advance() {
                break stop;
            }
        };
        self.soc.i2c.finish(self.soc.now);
        match self.soc.i2c.failure.take() {
            Some(error) => Stop::Bus(error),
            None => stop,
        }
    }

    /// One instruction, or the wait for the next event.
    fn advance(&mut self) -> Option<Stop> {
        if self.soc.now >= self.soc.next_event {
            self.soc.settle();
        }
        if self.soc.attention
            && let Some(stop) = self.reason_to_stop()
        {
            return Some(stop);
        }
        if let Some(number) = self.soc.interrupt
            && self.hart.interrupts_enabled()
        {
            self.hart.interrupt(number);
        }
        let pc = self.hart.pc;
        if rom::contains(pc) {
            let caller = self.hart.get(1);
            if self.rom.call(&mut self.hart, &mut self.soc).is_err() {
                return Some(Stop::UnknownRom { address: pc, caller });
            }
            return None;
        }
        let flow = self.hart.step(&mut self.soc);
        self.soc.now += self.soc.cycle;
        match flow {
            Ok(Flow::Next) => None,
            Ok(Flow::Pause) => {
                // A polling loop goes round once a microsecond, so that it does not take the host's time.
                let until = self.soc.next_event.min(self.soc.now + MICROSECOND);
                self.soc.now = self.soc.now.max(until);
                None
            }
            Ok(Flow::Wait) => self.idle(true),
            Ok(Flow::Stuck) => self.idle(self.hart.interrupts_enabled()),
            Err(exception) => {
                if self.verbose {
                    eprintln!("c3-emulator: {exception:X?} at 0x{pc:08X}");
                }
                (self.hart.pc == pc).then_some(Stop::Fault { handler: pc })
            }
        }
    }

    /// Skips the time until something happens. `wakes`: an interrupt would end the wait.
    fn idle(&mut self, wakes: bool) -> Option<Stop> {
        if wakes && self.soc.interrupt.is_some() {
            return None;
        }
        if !wakes || self.soc.quiet {
            return Some(Stop::Asleep);
        }
        self.soc.now = self.soc.now.max(self.soc.next_event);
        None
    }

    fn reason_to_stop(&self) -> Option<Stop> {
        if self.soc.uart.console.found {
            Some(Stop::Found)
        } else if self.soc.i2c.failure.is_some() {
            // What it is, is told at the end of the run.
            Some(Stop::Asleep)
        } else if self.soc.rtc.reset {
            Some(Stop::Reset)
        } else {
            (self.soc.now >= self.soc.limit).then_some(Stop::TimeOver)
        }
    }
}
