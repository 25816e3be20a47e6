//! Wake, send, poll, read, rest: one chip on one bus (chip reference 1, 2).

use super::wake::Wake;
use crate::address::Address;
use crate::command::{Opcode, Reply, Request};
use crate::error::{Argument, Error, ErrorKind};
use crate::frame::{self, Buffer, WordAddress};
use crate::nack::is_nack;
use crate::rest::Rest;
use crate::status::Status;
use crate::timing;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// How often a command is sent that the chip did not execute (0xFF, 0xEE).
const SEND_MAX: u8 = 3;
/// How often an answer is read that arrives damaged.
const READ_MAX: u8 = 3;
/// Wake pulses before giving up.
const WAKE_MAX: u8 = 2;
/// Length of the greeting after wake, a status group.
const GREETING_LEN: usize = 4;
/// How long a chip in unknown state may keep silent before it is thought absent: it may be at
/// the end of a key generation that was not waited for.
const UNSETTLED_US: u32 = timing::planned_us(Opcode::GenKey);
/// Pause between two questions for the greeting.
const GREETING_POLL_US: u32 = 500;
/// What one byte costs at 100 kHz, with what surrounds it, for the watchdog's account.
const BYTE_US: u32 = 100;
/// Kept free before the watchdog bites.
const MARGIN_US: u32 = 50_000;

/// The self-test failure group as the vendor's library expects it, with a CRC that does not fit
/// (chip reference 1.3, D1).
const SELF_TEST_FAILED_ALIAS: [u8; GREETING_LEN] = [0x04, 0x07, 0xC4, 0x40];

#[derive(Debug)]
pub(super) struct Link<I2C, D, W> {
    pub(super) i2c: I2C,
    pub(super) delay: D,
    pub(super) wake: W,
    pub(super) address: Address,
    /// The chip was put to rest and acknowledged it. False while it is awake, and after a future
    /// was dropped or a rest failed: then the next wake starts by sending it to sleep.
    settled: bool,
    /// Time since the chip woke, at least, in microseconds.
    awake_us: u32,
    /// Longest time a command may still run whose answer was not waited for, in microseconds.
    owed_us: u32,
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Link<I2C, D, W> {
    pub(super) const fn new(i2c: I2C, delay: D, wake: W, address: Address) -> Self {
        Self { i2c, delay, wake, address, settled: false, awake_us: 0, owed_us: 0 }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), I2C::Error> {
        self.spend(bytes.len());
        self.i2c.write(self.address.to_7bit(), bytes)
    }

    fn signal(&mut self, word: WordAddress) -> Result<(), I2C::Error> {
        self.write(&[word as u8])
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), I2C::Error> {
        self.spend(bytes.len());
        self.i2c.read(self.address.to_7bit(), bytes)
    }

    fn pause(&mut self, us: u32) {
        self.awake_us = self.awake_us.saturating_add(us);
        self.delay.delay_us(us);
    }

    fn spend(&mut self, bytes: usize) {
        self.awake_us = self.awake_us.saturating_add((bytes as u32 + 1) * BYTE_US);
    }

    /// Wakes the chip and checks its greeting.
    fn open(&mut self) -> Result<(), ErrorKind<I2C::Error>> {
        let mut patience = timing::WAKE_HIGH_SELF_TEST_US;
        // A command whose answer was not waited for may still run, whatever seemed to acknowledge its rest.
        if !self.settled || self.owed_us > 0 {
            patience = UNSETTLED_US.max(self.owed_us);
            // At rest it does not hear this; awake it must lose what an interrupted sequence left.
            self.signal(WordAddress::Sleep).ok();
        }
        self.rouse(patience, false)
    }

    /// Pulse and greeting. `keep`: the chip holds the state of a running sequence, which a sleep
    /// would cost.
    fn rouse(&mut self, patience: u32, keep: bool) -> Result<(), ErrorKind<I2C::Error>> {
        self.settled = false;
        let mut failure = ErrorKind::NoDevice;
        for _ in 0..WAKE_MAX {
            self.awake_us = 0;
            self.wake.wake(&mut self.i2c, &mut self.delay)?;
            self.pause(timing::WAKE_HIGH_US);
            match self.greeting(patience)? {
                // After a failed self test it still runs SelfTest and reads of the config zone, and
                // answers everything else with that status (chip reference 2.3).
                Some(Status::AfterWake | Status::SelfTest) => return Ok(()),
                // Damaged, and the way to ask again is to start over.
                Some(_) if keep => return Err(ErrorKind::Reset),
                // An old answer: it was awake and busy. Or another device.
                Some(_) => failure = ErrorKind::NotAwake,
                None => failure = ErrorKind::NoDevice,
            }
            // Awake in the middle of a command it has no answer and hears no pulse.
            if !keep {
                self.signal(WordAddress::Sleep).ok();
            }
        }
        Err(failure)
    }

    /// Reads the greeting; `None` if nobody acknowledges within `patience` microseconds.
    fn greeting(&mut self, patience: u32) -> Result<Option<Status>, ErrorKind<I2C::Error>> {
        let mut waited = 0;
        loop {
            let mut group = [0; GREETING_LEN];
            match self.read(&mut group) {
                Ok(()) if group == SELF_TEST_FAILED_ALIAS => return Ok(Some(Status::SelfTest)),
                Ok(()) => {
                    let status = match frame::payload(&group) {
                        Ok(&[byte]) => Status::from_byte(byte),
                        _ => Status::Communication,
                    };
                    return Ok(Some(status));
                }
                Err(error) if is_nack(&error) && waited < patience => {
                    self.pause(GREETING_POLL_US);
                    waited += GREETING_POLL_US + BYTE_US;
                }
                Err(error) if is_nack(&error) => return Ok(None),
                Err(error) => return Err(ErrorKind::Bus(error)),
            }
        }
    }

    /// Whether the chip acknowledged its last rest.
    pub(super) const fn is_settled(&self) -> bool {
        self.settled
    }

    /// Puts the chip to rest after it was awake. Nothing is lost if it does not hear: the next wake
    /// sees to it.
    pub(super) fn close(&mut self, rest: Rest) {
        self.rest(rest);
        if !self.settled {
            // It may have fallen asleep, and at 100 kHz its own address byte wakes it
            // (chip reference 1.3): it hears when it is up.
            self.pause(timing::WAKE_HIGH_US);
            self.rest(rest);
        }
    }

    /// Tells the chip to rest, once.
    pub(super) fn rest(&mut self, rest: Rest) {
        self.settled = self.signal(rest.word_address()).is_ok();
    }

    /// Restarts the watchdog with the chip's state kept: idle, then wake.
    fn renew(&mut self) -> Result<(), ErrorKind<I2C::Error>> {
        if let Err(error) = self.signal(WordAddress::Idle) {
            // Deaf means it fell asleep, and what it held is gone.
            return Err(if is_nack(&error) { ErrorKind::Reset } else { ErrorKind::Bus(error) });
        }
        self.rouse(timing::WAKE_HIGH_SELF_TEST_US, true)
    }

    /// Runs one command in a session of its own. Not generic over the command: firmware has it once.
    pub(super) fn single<'b>(
        &mut self,
        rest: Rest,
        request: &Request<'_>,
        buffer: &'b mut Buffer,
    ) -> Result<&'b [u8], Error<I2C::Error>> {
        self.begin(rest)?;
        let result = self.exchange(request, buffer);
        self.close(rest);
        result
    }

    /// Wakes the chip for a session.
    pub(super) fn begin(&mut self, rest: Rest) -> Result<(), Error<I2C::Error>> {
        match self.open() {
            Ok(()) => Ok(()),
            Err(kind) => {
                self.rest(rest);
                Err(Error::without_command(kind))
            }
        }
    }

    /// Runs a command; the result bytes stay in `buffer`, which the caller wipes.
    pub(super) fn exchange<'b>(
        &mut self,
        request: &Request<'_>,
        buffer: &'b mut Buffer,
    ) -> Result<&'b [u8], Error<I2C::Error>> {
        if self.awake_us.saturating_add(request.times.planned_us() + MARGIN_US) > timing::WATCHDOG_MIN_US {
            self.renew().map_err(Error::without_command)?;
        }
        match self.run(request, buffer) {
            Ok(len) => Ok(buffer.get(1..=len).unwrap_or_default()),
            Err(kind) => Err(Error::new(request.opcode, kind)),
        }
    }

    /// Sends until the chip has executed the command; returns how many result bytes follow the
    /// count in `buffer`.
    fn run(&mut self, request: &Request<'_>, buffer: &mut Buffer) -> Result<usize, ErrorKind<I2C::Error>> {
        let mut sent = 0;
        loop {
            sent += 1;
            if request.emit(buffer).is_err() {
                return Err(ErrorKind::Argument(Argument::TooLong));
            }
            self.owed_us = request.times.bound_us();
            if let Err(error) = self.write(buffer) {
                // The chip may hold a part of it, to which the next command would be added.
                self.signal(WordAddress::Reset).ok();
                return Err(ErrorKind::Bus(error));
            }
            let received = self.receive(request, buffer);
            self.owed_us = 0;
            let payload = buffer.get(1..=received?).unwrap_or_default();
            match payload {
                [0xFF] if sent < SEND_MAX => {}
                [0xEE] if sent < SEND_MAX => self.renew()?,
                // SelfTest answers with a mask, in which 0x11 may mean failures.
                [0x11] if request.reply != Reply::Mask => return Err(ErrorKind::Reset),
                _ => {
                    return match request.interpret(payload) {
                        Ok(result) => Ok(result.len()),
                        Err(Some(status)) => Err(ErrorKind::Status(status)),
                        Err(None) => Err(ErrorKind::Response),
                    };
                }
            }
        }
    }

    /// Polls until the chip answers; leaves a group with a good CRC in `buffer` and returns the
    /// length of its payload.
    fn receive(
        &mut self,
        request: &Request<'_>,
        buffer: &mut Buffer,
    ) -> Result<usize, ErrorKind<I2C::Error>> {
        let mut pause = request.times.first_poll_us();
        let mut waited = 0;
        let mut failed = 0;
        loop {
            self.pause(pause);
            waited += pause;
            pause = timing::next_poll_us(waited);
            buffer.clear();
            // Can't fail: every answer is shorter than the buffer.
            buffer.resize(request.group_len(), 0).ok();
            let trouble = match self.read(buffer) {
                Ok(()) => match frame::payload(buffer) {
                    Ok(payload) => return Ok(payload.len()),
                    Err(_) => ErrorKind::Crc,
                },
                Err(error) if is_nack(&error) => {
                    if waited > request.times.bound_us() {
                        return Err(ErrorKind::Timeout);
                    }
                    continue;
                }
                Err(error) => ErrorKind::Bus(error),
            };
            failed += 1;
            if failed == READ_MAX {
                return Err(trouble);
            }
            // The answer is still there: rewind and read it again, do not execute it again.
            self.signal(WordAddress::Reset).ok();
        }
    }
}
