//! The I2C bus behind the controller: the simulator's, in this process or in another.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use atecc608_sim::bus::Master;
use atecc608_sim::chip::Ack;
use atecc608_sim::state::StateFile;
use atecc608_sim::{Bus, ChipId};

/// A bus that the controller is the master of.
pub trait Line: fmt::Debug {
    /// Lets virtual time reach so many nanoseconds, if it has not.
    ///
    /// # Errors
    ///
    /// Whatever broke the bus; likewise below.
    fn reach(&mut self, nanos: u64) -> io::Result<()>;
    /// Sets the clock, in Hz.
    fn set_clock(&mut self, hz: u32) -> io::Result<()>;
    /// START and the address byte: whether somebody acknowledged.
    fn start(&mut self, address_byte: u8) -> io::Result<bool>;
    /// A byte: whether it was acknowledged.
    fn write(&mut self, byte: u8) -> io::Result<bool>;
    /// Reads a byte.
    fn read(&mut self) -> io::Result<u8>;
    /// STOP.
    fn stop(&mut self) -> io::Result<()>;
}

/// A bus in this process.
#[derive(Debug)]
pub struct Local {
    master: Master,
    state: Option<StateFile>,
}

impl Local {
    /// A master of `bus`; the state file keeps the EEPROM of the first chip.
    #[must_use]
    pub fn new(bus: &Bus, state: Option<StateFile>) -> Local {
        Local { master: bus.master(), state }
    }
}

impl Line for Local {
    fn reach(&mut self, nanos: u64) -> io::Result<()> {
        let bus = self.master.bus();
        bus.advance(nanos.saturating_sub(bus.now()));
        // A command may have come to its end meanwhile.
        match &mut self.state {
            Some(state) => {
                bus.with_chip(ChipId::FIRST, |chip| state.keep(chip.eeprom())).map_err(io::Error::other)
            }
            None => Ok(()),
        }
    }

    fn set_clock(&mut self, hz: u32) -> io::Result<()> {
        self.master.set_clock_hz(hz);
        Ok(())
    }

    fn start(&mut self, address_byte: u8) -> io::Result<bool> {
        Ok(self.master.start(address_byte) == Ack::Ack)
    }

    fn write(&mut self, byte: u8) -> io::Result<bool> {
        Ok(self.master.write(byte) == Ack::Ack)
    }

    fn read(&mut self) -> io::Result<u8> {
        Ok(self.master.read())
    }

    fn stop(&mut self) -> io::Result<()> {
        self.master.stop();
        let bus = self.master.bus();
        self.reach(bus.now())
    }
}

/// A bus that a simulator serves; the operations are those of `sim/docs/i2c-wire.md`.
#[derive(Debug)]
pub struct Remote {
    stream: TcpStream,
    /// How far the emulator's time has been told to the bus, in nanoseconds.
    told: u64,
    bit: u64,
}

impl Remote {
    /// Connects to a server at `HOST:PORT`.
    ///
    /// # Errors
    ///
    /// As of [`TcpStream::connect`].
    pub fn connect(address: &str) -> io::Result<Remote> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Remote { stream, told: 0, bit: 10_000 })
    }

    fn ask(&mut self, operation: &[u8], bits: u64) -> io::Result<u8> {
        self.stream.write_all(operation)?;
        let mut answer = [0];
        self.stream.read_exact(&mut answer)?;
        self.told += bits * self.bit;
        Ok(answer[0])
    }

    fn acknowledged(&mut self, operation: &[u8], bits: u64) -> io::Result<bool> {
        match self.ask(operation, bits)? {
            0x06 => Ok(true),
            0x15 => Ok(false),
            other => Err(io::Error::other(format!("answer 0x{other:02X} where 0x06 or 0x15 was expected"))),
        }
    }

    fn with_number(&mut self, opcode: u8, number: u32) -> io::Result<()> {
        let [a, b, c, d] = number.to_le_bytes();
        self.acknowledged(&[opcode, a, b, c, d], 0).map(|_| ())
    }
}

impl Line for Remote {
    fn reach(&mut self, nanos: u64) -> io::Result<()> {
        while nanos >= self.told + 1_000 {
            let micros = u32::try_from((nanos - self.told) / 1_000).unwrap_or(u32::MAX);
            self.with_number(b'D', micros)?;
            self.told += u64::from(micros) * 1_000;
        }
        Ok(())
    }

    fn set_clock(&mut self, hz: u32) -> io::Result<()> {
        self.bit = 1_000_000_000 / u64::from(hz.max(1));
        self.with_number(b'F', hz)
    }

    fn start(&mut self, address_byte: u8) -> io::Result<bool> {
        self.acknowledged(&[b'S', address_byte], 10)
    }

    fn write(&mut self, byte: u8) -> io::Result<bool> {
        self.acknowledged(&[b'W', byte], 9)
    }

    fn read(&mut self) -> io::Result<u8> {
        self.ask(b"R", 9)
    }

    fn stop(&mut self) -> io::Result<()> {
        self.acknowledged(b"P", 1).map(|_| ())
    }
}
