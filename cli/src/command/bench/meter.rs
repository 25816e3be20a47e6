//! Time and traffic of single commands.

use std::time::Instant;

use atecc608::blocking::{Session, Wake};
use atecc608::command::Command;
use atecc608::wire::Opcode;
use atecc608::{Error, ErrorKind, Status};
use atecc608_linux::{AnyBus, AnyDelay, BusError, SharedChip};

/// One run of a command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) us: u64,
    pub(super) bytes: u64,
    pub(super) unanswered: u64,
}

/// All runs of a command; there is one at least.
#[derive(Debug)]
pub(super) struct Samples {
    pub(super) command: &'static str,
    /// None for what is several commands.
    pub(super) opcode: Option<Opcode>,
    pub(super) runs: Vec<Run>,
}

/// Measures, by the simulated time if the chip has one.
#[derive(Debug)]
pub(super) struct Meter {
    chip: SharedChip,
    began: Instant,
    samples: Vec<Samples>,
    left_out: Vec<(&'static str, String)>,
}

impl Meter {
    pub(super) fn new(chip: SharedChip) -> Self {
        Self { chip, began: Instant::now(), samples: Vec::new(), left_out: Vec::new() }
    }

    fn now_us(&self) -> u64 {
        match self.chip.simulated_bus() {
            Some(bus) => bus.now() / 1_000,
            None => u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX),
        }
    }

    /// One command. What the chip refuses is left out, and `None`.
    pub(super) fn command<C: Command, W: Wake<AnyBus>>(
        &mut self,
        name: &'static str,
        session: &mut Session<'_, AnyBus, AnyDelay, W>,
        command: &C,
    ) -> Result<Option<C::Response>, Error<BusError>> {
        let opcode = command.request().opcode;
        match self.measured(name, Some(opcode), || session.execute(command)) {
            Ok(answer) => Ok(Some(answer)),
            Err(Error { kind: ErrorKind::Status(status), .. }) => {
                self.leave_out(name, refused(status));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Something that does not fail for reasons that lie in the chip.
    pub(super) fn measured<T, X>(
        &mut self,
        name: &'static str,
        opcode: Option<Opcode>,
        work: impl FnOnce() -> Result<T, X>,
    ) -> Result<T, X> {
        let (traffic, start) = (self.chip.traffic(), self.now_us());
        let answer = work()?;
        let after = self.chip.traffic();
        let run = Run {
            us: self.now_us() - start,
            bytes: after.bytes - traffic.bytes,
            unanswered: after.unanswered - traffic.unanswered,
        };
        match self.samples.iter_mut().find(|samples| samples.command == name) {
            Some(samples) => samples.runs.push(run),
            None => self.samples.push(Samples { command: name, opcode, runs: vec![run] }),
        }
        Ok(answer)
    }

    /// Says once why a command is not measured.
    pub(super) fn leave_out(&mut self, name: &'static str, why: impl Into<String>) {
        if !self.left_out.iter().any(|(known, _)| *known == name) {
            self.left_out.push((name, why.into()));
        }
    }

    pub(super) fn finish(self) -> (Vec<Samples>, Vec<(&'static str, String)>) {
        (self.samples, self.left_out)
    }
}

fn refused(status: Status) -> String {
    format!("the chip refuses it as it is now ({:#04x})", status.to_byte())
}
