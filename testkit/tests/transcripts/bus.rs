//! The mock bus with a record of what happened when, and a delay that records.

use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, Operation};
use embedded_hal_mock::eh1::i2c::Mock;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::script::NACK;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Write {
        address: u8,
        bytes: Vec<u8>,
        result: Result<(), ErrorKind>,
    },
    Read {
        address: u8,
        len: usize,
        result: Result<(), ErrorKind>,
    },
    /// Microseconds the driver asked for.
    Delay(u64),
}

/// What happened, shared by bus and clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Log(Rc<RefCell<Vec<Event>>>);

impl Log {
    fn push(&self, event: Event) {
        self.0.borrow_mut().push(event);
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.0.borrow().clone()
    }

    /// All delays in order, in microseconds.
    pub(crate) fn delays(&self) -> Vec<u64> {
        self.0
            .borrow()
            .iter()
            .filter_map(|event| match event {
                Event::Delay(us) => Some(*us),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn total_delay(&self) -> u64 {
        self.delays().iter().sum()
    }

    pub(crate) fn reads(&self) -> usize {
        self.0.borrow().iter().filter(|event| matches!(event, Event::Read { .. })).count()
    }

    /// How often this was written to the chip.
    pub(crate) fn writes_of(&self, wanted: &[u8]) -> usize {
        let is_it =
            |event: &&Event| matches!(event, Event::Write { address: 1.., bytes, .. } if bytes == wanted);
        self.0.borrow().iter().filter(is_it).count()
    }

    /// The stretches from a wake pulse to the end (idle or sleep), in microseconds: delays, and bits on a
    /// bus of 100 kHz.
    pub(crate) fn awake_us(&self) -> Vec<u64> {
        let (mut stretches, mut now) = (Vec::new(), 0);
        for event in self.0.borrow().iter() {
            now += match event {
                Event::Delay(us) => *us,
                Event::Write { bytes, result: Ok(()), .. } => bit_time(bytes.len()),
                Event::Read { len, result: Ok(()), .. } => bit_time(*len),
                _ => bit_time(0),
            };
            match event {
                Event::Write { address: 0, .. } => now = 0,
                Event::Write { bytes, result: Ok(()), .. } if matches!(bytes[..], [1 | 2]) => {
                    stretches.push(now)
                }
                _ => {}
            }
        }
        stretches
    }
}

/// START, address byte, bytes and STOP at 100 kHz, in microseconds.
pub(crate) fn bit_time(bytes: usize) -> u64 {
    (2 + 9 * (1 + bytes as u64)) * 10
}

/// What the bus does beyond the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Nothing.
    Scripted,
    /// Idle and the wake pulse after it are granted wherever they come, so that a
    /// transcript need not say when the driver renews the watchdog.
    GrantRenewals,
    /// Idle is not acknowledged, wherever it comes.
    RefuseRenewals,
    /// Nobody acknowledges anything once the transcript is over.
    GoneAtEnd,
    /// The same, and the wake pulse is told in this way.
    GoneAtEndBut(ErrorKind),
    /// The same, and everything is told in this way.
    Gone(ErrorKind),
}

pub(crate) struct Bus {
    mock: Mock,
    steps_left: usize,
    log: Log,
    mode: Mode,
    renewing: bool,
    /// Renewed, and nothing written since.
    renewed: bool,
}

impl Bus {
    pub(crate) fn new(mock: Mock, steps: usize, log: Log, mode: Mode) -> Self {
        Self { mock, steps_left: steps, log, mode, renewing: false, renewed: false }
    }

    /// The transcript's next step, unless the chip is gone.
    fn step(&mut self) -> Result<&mut Mock, ErrorKind> {
        match self.mode {
            Mode::GoneAtEnd | Mode::GoneAtEndBut(_) if self.steps_left == 0 => return Err(NACK),
            Mode::Gone(kind) if self.steps_left == 0 => return Err(kind),
            _ => {}
        }
        self.steps_left = self.steps_left.saturating_sub(1);
        Ok(&mut self.mock)
    }

    fn write_result(&mut self, address: u8, bytes: &[u8]) -> Result<(), ErrorKind> {
        match (self.mode, bytes) {
            (Mode::RefuseRenewals, [0x02]) => Err(NACK),
            (Mode::GrantRenewals, [0x02]) => {
                self.renewing = true;
                Ok(())
            }
            (Mode::GrantRenewals, [0x00]) if self.renewing && address == 0 => {
                self.renewing = false;
                self.renewed = true;
                Err(NACK)
            }
            (Mode::GoneAtEndBut(kind), _) if self.steps_left == 0 && address == 0 => Err(kind),
            _ => {
                self.renewed = false;
                self.step()?.write(address, bytes)
            }
        }
    }

    fn read_result(&mut self, address: u8, buffer: &mut [u8]) -> Result<(), ErrorKind> {
        // The wake response of a chip that was renewed, if the driver asks for it.
        if core::mem::take(&mut self.renewed) && buffer.len() == 4 {
            buffer.copy_from_slice(&[0x04, 0x11, 0x33, 0x43]);
            return Ok(());
        }
        self.step()?.read(address, buffer)
    }
}

impl ErrorType for Bus {
    type Error = ErrorKind;
}

impl I2c for Bus {
    fn write(&mut self, address: u8, bytes: &[u8]) -> Result<(), ErrorKind> {
        let result = self.write_result(address, bytes);
        self.log.push(Event::Write { address, bytes: bytes.to_vec(), result });
        result
    }

    fn read(&mut self, address: u8, buffer: &mut [u8]) -> Result<(), ErrorKind> {
        let result = self.read_result(address, buffer);
        self.log.push(Event::Read { address, len: buffer.len(), result });
        result
    }

    fn transaction(&mut self, _: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        panic!("the chip knows no combined transactions: {operations:?}");
    }
}

impl embedded_hal_async::i2c::I2c for Bus {
    async fn write(&mut self, address: u8, bytes: &[u8]) -> Result<(), ErrorKind> {
        I2c::write(self, address, bytes)
    }

    async fn read(&mut self, address: u8, buffer: &mut [u8]) -> Result<(), ErrorKind> {
        I2c::read(self, address, buffer)
    }

    async fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        I2c::transaction(self, address, operations)
    }
}

/// Records delays and takes no time, unless its brake is on.
pub(crate) struct Clock {
    log: Log,
    brake: Brake,
}

/// Delays until one never ends (async only); `None`: none does.
pub(crate) type Brake = Rc<Cell<Option<usize>>>;

impl Clock {
    pub(crate) fn new(log: Log, brake: Brake) -> Self {
        Self { log, brake }
    }
}

impl embedded_hal::delay::DelayNs for Clock {
    fn delay_ns(&mut self, ns: u32) {
        self.log.push(Event::Delay(u64::from(ns).div_ceil(1000)));
    }

    fn delay_us(&mut self, us: u32) {
        self.log.push(Event::Delay(us.into()));
    }
}

impl embedded_hal_async::delay::DelayNs for Clock {
    async fn delay_ns(&mut self, ns: u32) {
        self.delay_us(ns.div_ceil(1000)).await;
    }

    async fn delay_us(&mut self, us: u32) {
        match self.brake.get() {
            Some(0) => std::future::pending::<()>().await,
            left => self.brake.set(left.map(|left| left - 1)),
        }
        self.log.push(Event::Delay(us.into()));
    }
}
