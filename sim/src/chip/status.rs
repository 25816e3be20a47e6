//! The one-byte answers (chip reference 2.3).

/// What a response of count 4 says, except SelfTest's (chip reference 2.3, 2.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Status {
    /// Done, with nothing else to return.
    Success = 0x00,
    /// The command ran: a MAC, signature or digest was wrong.
    Miscompare = 0x01,
    /// Length, opcode or parameter is illegal in every state.
    Parse = 0x03,
    /// The computation gave an unusable result.
    EccFault = 0x05,
    /// The chip is in the self-test failure state.
    SelfTest = 0x07,
    /// The random number generator failed its health test.
    HealthTest = 0x08,
    /// Legal, but state or configuration forbids it.
    Execution = 0x0F,
    /// Nothing was executed since the wake.
    AfterWake = 0x11,
    /// Refused: the watchdog would fire before the end.
    Watchdog = 0xEE,
    /// The group was damaged; nothing was executed.
    Communication = 0xFF,
}

impl Status {
    /// The command did not do its work, so the chip is done with it early (chip reference 1.4).
    pub(crate) fn is_refusal(self) -> bool {
        matches!(
            self,
            Status::Parse | Status::SelfTest | Status::Execution | Status::Watchdog | Status::Communication
        )
    }
}
