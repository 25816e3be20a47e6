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
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

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

    async fn write(&mut self, bytes: &[u8]) -> Result<(), I2C::Error> {
        self.spend(bytes.len());
        self.i2c.write(self.address.to_7bit(), bytes).await
    }

    async fn read(&mut self, bytes: &mut [u8]) -> Result<(), I2C::Error> {
        self.spend(bytes.len());
        self.i2c.read(self.address.to_7bit(), bytes).await
    }

    async fn pause(&mut self, us: u32) {
        self.awake_us = self.awake_us.saturating_add(us);
        self.delay.delay_us(us).await;
    }

    fn spend(&mut self, bytes: usize) {
        self.awake_us = self.awake_us.saturating_add((bytes as u32 + 1) * BYTE_US);
    }

    /// Wakes the chip and checks its greeting.
    pub(super) async fn open(&mut self) -> Result<(), Error<I2C::Error>> {
        let mut patience = timing::WAKE_HIGH_SELF_TEST_US;
        if !self.settled {
            patience = UNSETTLED_US.max(self.owed_us);
            // At rest it does not hear this; awake it must lose what an interrupted sequence left.
            self.write(&[WordAddress::Sleep as u8]).await.ok();
        }
        self.rouse(patience, false).await
    }

    /// Pulse and greeting. `keep`: the chip holds the state of a running sequence, which a sleep
    /// would cost.
    async fn rouse(&mut self, patience: u32, keep: bool) -> Result<(), Error<I2C::Error>> {
        self.settled = false;
        let mut failure = ErrorKind::NoDevice;
        for _ in 0..WAKE_MAX {
            self.awake_us = 0;
            self.wake.wake(&mut self.i2c, &mut self.delay).await.map_err(Error::without_command)?;
            self.pause(timing::WAKE_HIGH_US).await;
            match self.greeting(patience).await? {
                // After a failed self test it still runs SelfTest and reads of the config zone, and
                // answers everything else with that status (chip reference 2.3).
                Some(Status::AfterWake | Status::SelfTest) => return Ok(()),
                // Damaged, and the way to ask again is to start over.
                Some(_) if keep => return Err(Error::without_command(ErrorKind::Reset)),
                // An old answer: it was awake and busy. Or another device.
                Some(_) => {
                    failure = ErrorKind::NotAwake;
                    self.write(&[WordAddress::Sleep as u8]).await.ok();
                }
                None => failure = ErrorKind::NoDevice,
            }
        }
        Err(Error::without_command(failure))
    }

    /// Reads the greeting; `None` if nobody acknowledges within `patience` microseconds.
    async fn greeting(&mut self, patience: u32) -> Result<Option<Status>, Error<I2C::Error>> {
        let mut waited = 0;
        loop {
            let mut group = [0; GREETING_LEN];
            match self.read(&mut group).await {
                Ok(()) if group == SELF_TEST_FAILED_ALIAS => return Ok(Some(Status::SelfTest)),
                Ok(()) => {
                    let status = match frame::payload(&group) {
                        Ok(&[byte]) => Status::from_byte(byte),
                        _ => Status::Communication,
                    };
                    return Ok(Some(status));
                }
                Err(error) if is_nack(&error) && waited < patience => {
                    self.pause(GREETING_POLL_US).await;
                    waited += GREETING_POLL_US + BYTE_US;
                }
                Err(error) if is_nack(&error) => return Ok(None),
                Err(error) => return Err(Error::without_command(ErrorKind::Bus(error))),
            }
        }
    }

    /// Whether the chip acknowledged its last rest.
    pub(super) const fn is_settled(&self) -> bool {
        self.settled
    }

    /// Puts the chip to rest after it was awake. Nothing is lost if it does not hear: the next wake
    /// sees to it.
    pub(super) async fn close(&mut self, rest: Rest) {
        self.rest(rest).await;
        if !self.settled {
            // It may have fallen asleep, and at 100 kHz its own address byte wakes it
            // (chip reference 1.3): it hears when it is up.
            self.pause(timing::WAKE_HIGH_US).await;
            self.rest(rest).await;
        }
    }

    /// Tells the chip to rest, once.
    pub(super) async fn rest(&mut self, rest: Rest) {
        self.settled = self.write(&[rest.word_address() as u8]).await.is_ok();
    }

    /// Restarts the watchdog with the chip's state kept: idle, then wake.
    async fn renew(&mut self) -> Result<(), Error<I2C::Error>> {
        if let Err(error) = self.write(&[WordAddress::Idle as u8]).await {
            // Deaf means it fell asleep, and what it held is gone.
            let kind = if is_nack(&error) { ErrorKind::Reset } else { ErrorKind::Bus(error) };
            return Err(Error::without_command(kind));
        }
        self.rouse(timing::WAKE_HIGH_SELF_TEST_US, true).await
    }

    /// Runs a command; the result bytes stay in `buffer`, which the caller wipes.
    pub(super) async fn exchange<'b>(
        &mut self,
        request: &Request<'_>,
        buffer: &'b mut Buffer,
    ) -> Result<&'b [u8], Error<I2C::Error>> {
        let opcode = request.opcode;
        let fail = |kind| Error::new(opcode, kind);
        if self.awake_us.saturating_add(timing::planned_us(opcode) + MARGIN_US) > timing::WATCHDOG_MIN_US {
            self.renew().await?;
        }
        let mut sent = 0;
        loop {
            sent += 1;
            if request.emit(buffer).is_err() {
                return Err(fail(ErrorKind::Argument(Argument::TooLong)));
            }
            self.owed_us = timing::bound_us(opcode);
            if let Err(error) = self.write(buffer).await {
                // The chip may hold a part of it, to which the next command would be added.
                self.write(&[WordAddress::Reset as u8]).await.ok();
                return Err(fail(ErrorKind::Bus(error)));
            }
            let received = self.receive(request, buffer).await;
            self.owed_us = 0;
            received?;
            match (frame::payload(buffer), request.reply) {
                (Ok(&[0xFF]), _) if sent < SEND_MAX => {}
                (Ok(&[0xEE]), _) if sent < SEND_MAX => self.renew().await?,
                // SelfTest answers with a mask, in which 0x11 may mean failures.
                (Ok(&[0x11]), reply) if reply != Reply::Mask => return Err(fail(ErrorKind::Reset)),
                _ => break,
            }
        }
        let payload = frame::payload(buffer).map_err(|_| fail(ErrorKind::Crc))?;
        request
            .interpret(payload)
            .map_err(|status| fail(status.map_or(ErrorKind::Response, ErrorKind::Status)))
    }

    /// Polls until the chip answers; leaves a group with a good CRC in `buffer`.
    async fn receive(&mut self, request: &Request<'_>, buffer: &mut Buffer) -> Result<(), Error<I2C::Error>> {
        let opcode = request.opcode;
        let mut pause = timing::first_poll_us(opcode);
        let mut waited = 0;
        let mut failed = 0;
        loop {
            self.pause(pause).await;
            waited += pause;
            pause = timing::next_poll_us(waited);
            buffer.clear();
            // Can't fail: every answer is shorter than the buffer.
            buffer.resize(request.group_len(), 0).ok();
            let trouble = match self.read(buffer).await {
                Ok(()) if frame::payload(buffer).is_ok() => return Ok(()),
                Ok(()) => ErrorKind::Crc,
                Err(error) if is_nack(&error) => {
                    if waited > timing::bound_us(opcode) {
                        return Err(Error::new(opcode, ErrorKind::Timeout));
                    }
                    continue;
                }
                Err(error) => ErrorKind::Bus(error),
            };
            failed += 1;
            if failed == READ_MAX {
                return Err(Error::new(opcode, trouble));
            }
            // The answer is still there: rewind and read it again, do not execute it again.
            self.write(&[WordAddress::Reset as u8]).await.ok();
        }
    }
}
