//! Transcripts, written in the chip's words and played by `embedded-hal-mock`.

use crate::bus::{Brake, Bus, Clock, Log, Mode};
use crate::chip_crc::hex;
use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};
use embedded_hal_mock::eh1::i2c::{Mock, Transaction};

/// A missing acknowledge of the address.
pub(crate) const NACK: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);

/// Info(revision) and its answer (chip reference 7.1).
pub(crate) const INFO: &str = "07 30 00 00 00 03 5D";
pub(crate) const REVISION: &str = "07 00 00 60 02 80 38";
/// A revision's answer is read with one transaction of this length.
pub(crate) const REVISION_LEN: usize = 7;
/// Statuses (chip reference 2.2).
pub(crate) const SUCCESS: &str = "04 00 03 40";
pub(crate) const REFUSED: &str = "04 0F 23 42";
pub(crate) const WATCHDOG: &str = "04 EE 31 41";
pub(crate) const GARBLED: &str = "04 FF 01 42";
pub(crate) const AFTER_WAKE: &str = "04 11 33 43";

/// A list of bus transactions under construction.
#[derive(Clone)]
pub(crate) struct Script {
    address: u8,
    mode: Mode,
    steps: Vec<Transaction>,
    /// The chip was woken, and nothing heard of it since.
    unanswered: bool,
}

impl Script {
    /// An empty transcript with a chip at 0x60.
    pub(crate) fn new() -> Self {
        Self::at(0x60)
    }

    pub(crate) fn at(address: u8) -> Self {
        Self { address, mode: Mode::Scripted, steps: Vec::new(), unanswered: false }
    }

    /// How the bus treats what is not written down.
    pub(crate) fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    pub(crate) fn push(mut self, step: Transaction) -> Self {
        self.steps.push(step);
        self
    }

    pub(crate) fn write(self, bytes: &str) -> Self {
        let step = Transaction::write(self.address, hex(bytes));
        self.push(step)
    }

    pub(crate) fn write_fails(self, bytes: &str, kind: ErrorKind) -> Self {
        let step = Transaction::write(self.address, hex(bytes)).with_error(kind);
        self.push(step)
    }

    /// One read transaction that gives all these bytes.
    pub(crate) fn read(mut self, bytes: &str) -> Self {
        self.unanswered = false;
        let step = Transaction::read(self.address, hex(bytes));
        self.push(step)
    }

    pub(crate) fn read_fails(self, len: usize, kind: ErrorKind) -> Self {
        let step = Transaction::read(self.address, vec![0; len]).with_error(kind);
        self.push(step)
    }

    /// A number of reads nobody acknowledges: the chip is busy, or not there.
    pub(crate) fn busy(self, reads: usize, len: usize) -> Self {
        (0..reads).fold(self, |script, _| script.read_fails(len, NACK))
    }

    /// A group at the start of a longer read; behind its end the chip gives 0xFF (chip reference 1.6).
    pub(crate) fn read_short(mut self, len: usize, group: &str) -> Self {
        self.unanswered = false;
        let mut bytes = hex(group);
        assert!(bytes.len() <= len);
        bytes.resize(len, 0xFF);
        let step = Transaction::read(self.address, bytes);
        self.push(step)
    }

    /// The zero byte to address 0, with this outcome.
    pub(crate) fn pulse(mut self, outcome: Result<(), ErrorKind>) -> Self {
        self.unanswered = true;
        let pulse = Transaction::write(0x00, vec![0x00]);
        self.push(match outcome {
            Ok(()) => pulse,
            Err(kind) => pulse.with_error(kind),
        })
    }

    /// Wake pulse, from a low-power mode that the chip acknowledged (chip reference 1.3).
    pub(crate) fn wake(self) -> Self {
        self.pulse(Err(NACK))
    }

    /// The same when the driver does not know whether the chip is asleep: it is sent to sleep, which it does not hear, and
    /// gives its wake response. As it may have been idle, and hold what others left in it, it is sent to sleep and woken once more.
    pub(crate) fn first_wake(self) -> Self {
        self.write_fails("01", NACK).wake().wake_response()
    }

    /// The wake response of a chip that did not acknowledge that it should sleep; then it does, and is woken.
    pub(crate) fn wake_response(self) -> Self {
        self.read(AFTER_WAKE).sleep().wake()
    }

    /// The same when the chip is still awake: it hears the sleep.
    pub(crate) fn next_wake(self) -> Self {
        self.sleep().wake().read(AFTER_WAKE)
    }

    /// Of one that must not run twice, sent to a chip of which nothing was heard since it woke, the wake response is
    /// read before. Info, Read, Random, Nonce, SHA and SelfTest may.
    pub(crate) fn command(mut self, group: &str) -> Self {
        if self.unanswered && ![0x30, 0x02, 0x1B, 0x16, 0x47, 0x77].contains(&hex(group)[1]) {
            self = self.read(AFTER_WAKE);
        }
        self.write(&format!("03 {group}"))
    }

    /// A command and its answer, which has the full length.
    pub(crate) fn exchange(self, group: &str, answer: &str) -> Self {
        self.command(group).read(answer)
    }

    /// Word address 0x00: the next read starts at the count byte again.
    pub(crate) fn rewind(self) -> Self {
        self.write("00")
    }

    pub(crate) fn sleep(self) -> Self {
        self.write("01")
    }

    pub(crate) fn idle(self) -> Self {
        self.write("02")
    }

    /// Idle and wake, as between two commands of one sequence.
    pub(crate) fn renew(self) -> Self {
        self.idle().wake()
    }

    /// The same after a command that the chip has refused for the watchdog's sake.
    pub(crate) fn renew_for_again(self) -> Self {
        Self { unanswered: false, ..self.renew() }
    }

    /// A bus and a clock that play this.
    pub(crate) fn play(&self) -> (Bus, Clock, Stage) {
        let log = Log::default();
        let mock = Mock::new(&self.steps);
        let bus = Bus::new(mock.clone(), self.steps.len(), log.clone(), self.mode);
        let brake = Brake::default();
        (bus, Clock::new(log.clone(), brake.clone()), Stage { mock, log, brake })
    }
}

/// What is left when a transcript was played.
pub(crate) struct Stage {
    mock: Mock,
    log: Log,
    pub(crate) brake: Brake,
}

impl Stage {
    /// Asserts that the transcript was played to its end, and gives the log.
    pub(crate) fn finish(mut self) -> Log {
        self.mock.done();
        self.log
    }
}

/// One operation from an unknown state, ended by sleep: the frame of most transcripts.
pub(crate) fn operation(middle: impl FnOnce(Script) -> Script) -> Script {
    middle(Script::new().first_wake()).sleep()
}
