//! The chip that is asked.

mod command;
mod config;
mod pins;
mod registers;

use crate::guard;
use crate::level::{Level, Stage};
use crate::line::Line;
use crate::plan::Plan;
use crate::probe::Stop;
use crate::record::Record;
use crate::run::Warrant;

pub use command::{Reply, frame};
pub use registers::{State, VALUE};

/// Longest time a chip stays awake for certain, less what an exchange may need (chip reference 1.7).
const AWAKE_US: u32 = 600_000;

/// The chip: what it holds, and what may be sent to it. Everything it gets goes through here, and what the
/// [`guard`] does not allow is not sent.
pub struct Patient<'a> {
    line: &'a mut dyn Line,
    record: &'a mut Record,
    address: u8,
    /// Where else it may answer.
    addresses: Vec<u8>,
    level: Level,
    plan: Option<Plan>,
    config: [u8; 128],
    /// When it woke up, if it is awake.
    woke: Option<u64>,
    /// When it may have woken up, if it was not put to sleep since.
    pulsed: Option<u64>,
    /// The lock of a zone that may be sent now: its parameters.
    zone_lock: Option<(u8, u16)>,
    /// What it may have in its input buffer: pieces of commands.
    pending: Vec<u8>,
}

impl<'a> Patient<'a> {
    /// The chip at a 7-bit address, asleep or not. Nothing is sent. At first it may only be looked at.
    pub fn new(line: &'a mut dyn Line, record: &'a mut Record, address: u8) -> Self {
        let config = [0; 128];
        Self {
            line,
            record,
            address,
            addresses: vec![address],
            level: Level::Look,
            plan: None,
            config,
            woke: None,
            pulsed: None,
            zone_lock: None,
            pending: Vec::new(),
        }
    }

    /// Its configuration, as it was read last.
    #[must_use]
    pub fn config(&self) -> &[u8; 128] {
        &self.config
    }

    /// The state of its locks, by that.
    #[must_use]
    pub fn stage(&self) -> Stage {
        Stage::of(&self.config)
    }

    /// Its 7-bit address.
    #[must_use]
    pub fn address(&self) -> u8 {
        self.address
    }

    /// The plan that it is spent on, if it is.
    #[must_use]
    pub fn plan(&self) -> Option<Plan> {
        self.plan
    }

    /// Bytes 8, 0 and 1 of its serial number, which most hashed messages contain.
    #[must_use]
    pub fn serial_parts(&self) -> [u8; 3] {
        [self.config[12], self.config[0], self.config[1]]
    }

    /// The time, in nanoseconds since whenever.
    pub fn nanos(&mut self) -> u64 {
        self.line.nanos()
    }

    /// Lets time pass.
    pub fn wait_us(&mut self, us: u32) {
        self.line.wait_us(us);
    }

    /// Reads the configuration: all of it.
    ///
    /// # Errors
    ///
    /// No answer, or none that is a configuration.
    pub fn read_config(&mut self) -> Result<[u8; 128], Stop> {
        let mut config = [0; 128];
        for (block, bytes) in config.as_chunks_mut::<32>().0.iter_mut().enumerate() {
            let reply = self.raw(0x02, 0x80, (block as u16) << 3, &[])?;
            let data = reply.expect_data("the configuration was read", 32)?;
            bytes.copy_from_slice(&data);
        }
        self.config = config;
        Ok(config)
    }

    /// What the next probe may do.
    pub(crate) fn allow(&mut self, warrant: &Warrant) {
        self.level = warrant.level();
        self.plan = warrant.plan();
    }

    /// Refuses what the level does not allow.
    fn permit(&mut self, command: guard::Command<'_>) -> Result<(), Stop> {
        if let Some(address) = command.new_address() {
            // It counts after sleep or before, but it must be found again.
            self.know(address);
        }
        if command.opcode == 0x17 && self.zone_lock == Some((command.p1, command.p2)) {
            return Ok(());
        }
        command.check(self.level, self.stage()).map_err(|why| {
            let name = crate::record::name(command.opcode);
            let guard::Command { p1, p2, .. } = command;
            Stop::Forbidden(format!("{name} {p1:#04x} {p2:#06x} at level {}: {why}", self.level.name()))
        })
    }
}

impl core::fmt::Debug for Patient<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Patient")
            .field("address", &self.address)
            .field("level", &self.level)
            .field("plan", &self.plan)
            .field("stage", &self.stage())
            .finish_non_exhaustive()
    }
}
