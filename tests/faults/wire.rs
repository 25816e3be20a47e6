//! An I2C peripheral on the simulated bus whose transfers go wrong on demand.

use crate::fault::{Fault, Place, Transfer};
use crate::nack_report::NackReport;
use atecc608_sim::bus::Master;
use atecc608_sim::chip::{Ack, AfterReset};
use atecc608_sim::{Bus, ChipId};
use core::future::poll_fn;
use core::task::Poll;
use embedded_hal::i2c::{Error, ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use testkit::Random;

/// What the peripheral reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WireError(pub(crate) ErrorKind);

impl Error for WireError {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

const LOST: WireError = WireError(ErrorKind::ArbitrationLoss);
/// `embedded-hal` has no kind for a time-out.
const TIMED_OUT: WireError = WireError(ErrorKind::Other);

/// Longer than any watchdog but the long one.
const STANDSTILL: u64 = 1_800_000_000;

/// What is to go wrong and what went over the wire.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// Each at its place.
    planned: Vec<(Place, Fault)>,
    /// Anything anywhere: once in so many bytes.
    storm: Option<(Random, usize)>,
    /// What has gone wrong.
    pub(crate) fired: Vec<(Place, Fault)>,
    /// What went over the wire.
    pub(crate) transfers: Vec<Transfer>,
    /// A fault that lasts.
    lasting: Option<Fault>,
    /// Off until the next transfer.
    off: bool,
}

/// The script, shared between test and peripheral, and how the latter tells a missing acknowledge.
#[derive(Debug, Clone, Default)]
pub(crate) struct Control(Arc<Mutex<Script>>, NackReport);

impl Control {
    pub(crate) fn telling(report: NackReport) -> Control {
        Control(Arc::default(), report)
    }

    fn nack(&self, source: NoAcknowledgeSource) -> WireError {
        WireError(self.1.of(source))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From the next transfer on, which counts as 0.
    pub(crate) fn plan(&self, planned: Vec<(Place, Fault)>) {
        *self.lock() = Script { planned, ..Script::default() };
    }

    /// From now on.
    pub(crate) fn storm(&self, random: Random, once_in: usize) {
        *self.lock() = Script { storm: Some((random, once_in)), ..Script::default() };
    }

    /// No more faults; supply and lines are well again. What happened so far.
    pub(crate) fn calm(&self, bus: &Bus) -> Script {
        let script = core::mem::take(&mut *self.lock());
        if script.off || script.lasting == Some(Fault::Outage) {
            power_cycle(bus);
            bus.advance(200_000);
        }
        script
    }
}

fn power_cycle(bus: &Bus) {
    let now = bus.now();
    bus.with_chip(ChipId::FIRST, |chip| chip.power_cycle(now));
}

fn brown_out(bus: &Bus, then: AfterReset) {
    let now = bus.now();
    bus.with_chip(ChipId::FIRST, |chip| chip.brown_out(now, then));
}

/// The peripheral, blocking and async.
pub(crate) struct Wire {
    master: Master,
    control: Control,
    yields: bool,
}

impl Wire {
    pub(crate) fn new(bus: &Bus, control: &Control) -> Wire {
        Wire { master: bus.master(), control: control.clone(), yields: false }
    }

    /// Pends once before each transfer.
    pub(crate) fn yielding(mut self) -> Wire {
        self.yields = true;
        self
    }

    /// What goes wrong here.
    fn fault_at(&self, place: Place) -> Option<Fault> {
        let mut script = self.control.lock();
        let transfer = *script.transfers.last()?;
        let mut found = script.planned.iter().find(|(at, _)| *at == place).map(|(_, fault)| *fault);
        if let Some((random, once_in)) = &mut script.storm
            && random.below(*once_in) == 0
        {
            found = Some(random.pick(&Fault::possible(transfer, place.byte)));
        }
        script.fired.extend(found.map(|fault| (place, fault)));
        found
    }

    /// Faults that do not end the transfer. Whether the chip is still there.
    fn suffer(&self, fault: Option<Fault>) -> bool {
        let bus = self.master.bus();
        match fault {
            Some(Fault::Watchdog) => bus.advance(STANDSTILL),
            Some(Fault::BrownOutAsleep) => brown_out(bus, AfterReset::Asleep),
            Some(Fault::BrownOutAwake) => brown_out(bus, AfterReset::Awake),
            Some(Fault::PowerLoss) => {
                power_cycle(bus);
                self.control.lock().off = true;
                return false;
            }
            Some(Fault::Outage) => {
                power_cycle(bus);
                self.control.lock().lasting = Some(Fault::Outage);
                return false;
            }
            _ => {}
        }
        true
    }

    fn address(&mut self, place: Place, address_byte: u8) -> Result<bool, WireError> {
        let unanswered = Err(self.control.nack(NoAcknowledgeSource::Address));
        let lasting = self.control.lock().lasting;
        match lasting {
            Some(Fault::Busy | Fault::Outage) => {
                self.master.bus().advance(100_000);
                return unanswered;
            }
            Some(Fault::StuckOn(_)) => return Ok(false),
            _ => {}
        }
        let fault = self.fault_at(place);
        if !self.suffer(fault) {
            return unanswered;
        }
        let mut byte = address_byte;
        match fault {
            Some(Fault::AddressNotAcknowledged) => return unanswered,
            Some(Fault::ArbitrationLoss) => return Err(LOST),
            Some(Fault::TimedOut) => return Err(TIMED_OUT),
            Some(stuck @ Fault::StuckOn(_)) => {
                self.control.lock().lasting = Some(stuck);
                return Ok(false);
            }
            Some(Fault::Noise) => self.control.lock().lasting = Some(Fault::Noise),
            Some(Fault::Busy) => {
                self.control.lock().lasting = Some(Fault::Busy);
                return unanswered;
            }
            Some(Fault::FlipWrite(bit)) => byte ^= 1 << bit,
            _ => {}
        }
        let ack = self.master.start(byte);
        if let Some(transfer) = self.control.lock().transfers.last_mut() {
            transfer.acknowledged = ack == Ack::Ack;
        }
        match (ack, fault) {
            (Ack::Nack, Some(Fault::FalseAck)) => Ok(false),
            (Ack::Nack, _) | (_, Some(Fault::AddressNack)) => unanswered,
            (Ack::Ack, _) => Ok(true),
        }
    }

    fn send(&mut self, place: Place, mut byte: u8, there: &mut bool) -> Result<(), WireError> {
        if self.control.lock().lasting.is_some_and(|fault| matches!(fault, Fault::StuckOn(_))) {
            return Ok(());
        }
        let fault = self.fault_at(place);
        *there &= self.suffer(fault);
        if let Some(Fault::FlipWrite(bit)) = fault {
            byte ^= 1 << bit;
        }
        let ack = if *there { self.master.write(byte) } else { Ack::Nack };
        match (ack, fault) {
            (_, Some(Fault::ArbitrationLoss)) => Err(LOST),
            (_, Some(Fault::TimedOut)) => Err(TIMED_OUT),
            (Ack::Nack, _) | (_, Some(Fault::DataNack)) => Err(self.control.nack(NoAcknowledgeSource::Data)),
            (Ack::Ack, _) => Ok(()),
        }
    }

    fn receive(&mut self, place: Place, there: &mut bool, stuck: &mut Option<u8>) -> Result<u8, WireError> {
        if let Some(Fault::StuckOn(level)) = self.control.lock().lasting {
            return Ok(level);
        }
        let fault = self.fault_at(place);
        *there &= self.suffer(fault);
        if let Some(Fault::Stuck(level)) = fault {
            *stuck = Some(level);
        }
        let mut byte = if *there { self.master.read() } else { 0xFF };
        if self.control.lock().lasting == Some(Fault::Noise) {
            byte ^= 0x20;
        }
        match fault {
            Some(Fault::ArbitrationLoss) => Err(LOST),
            Some(Fault::TimedOut) => Err(TIMED_OUT),
            Some(Fault::FlipRead(bit)) => Ok(byte ^ 1 << bit),
            _ => Ok(stuck.unwrap_or(byte)),
        }
    }

    fn transfer(&mut self, address: u8, operation: &mut Operation<'_>) -> Result<(), WireError> {
        let (reads, len) = match operation {
            Operation::Read(bytes) => (true, bytes.len()),
            Operation::Write(bytes) => (false, bytes.len()),
        };
        let transfer = {
            let mut script = self.control.lock();
            script.off = false;
            let signal = !reads && len == 1 && address != 0;
            script.transfers.push(Transfer { reads, len, acknowledged: false, signal });
            script.transfers.len() - 1
        };
        let place = |byte| Place { transfer, byte };
        let mut there = self.address(place(0), (address << 1) | u8::from(reads))?;
        let mut stuck = None;
        match operation {
            Operation::Read(bytes) => {
                for (index, byte) in bytes.iter_mut().enumerate() {
                    *byte = self.receive(place(index + 1), &mut there, &mut stuck)?;
                }
            }
            Operation::Write(bytes) => {
                for (index, byte) in bytes.iter().enumerate() {
                    self.send(place(index + 1), *byte, &mut there)?;
                }
            }
        }
        match self.fault_at(place(len + 1)) {
            Some(Fault::ArbitrationLoss) => Err(LOST),
            Some(Fault::TimedOut) => Err(TIMED_OUT),
            Some(Fault::TimedOutLate) => {
                self.master.stop();
                self.master.bus().advance(STANDSTILL);
                Err(TIMED_OUT)
            }
            _ => Ok(()),
        }
    }
}

impl ErrorType for Wire {
    type Error = WireError;
}

impl I2c for Wire {
    /// The driver makes one operation a transaction; more would be separate transfers here.
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), WireError> {
        for operation in operations {
            let result = self.transfer(address, operation);
            self.master.stop();
            result?;
        }
        Ok(())
    }
}

impl embedded_hal_async::i2c::I2c for Wire {
    async fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), WireError> {
        let mut pending = self.yields;
        poll_fn(|context| {
            if core::mem::take(&mut pending) {
                context.waker().wake_by_ref();
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
        I2c::transaction(self, address, operations)
    }
}
