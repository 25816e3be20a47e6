//! What public sources leave open about the pins of real chips, to be chosen (chip reference U53, U54).

/// What becomes of an awake chip that a wake pulse reaches which is not part of a transfer with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PulseWhileAwake {
    /// Nothing, as the data sheet says (chip reference 1.3).
    #[default]
    Ignored,
    /// The next read gives the 0x11 group, as after a wake: a response that was not fetched, or the piece of a
    /// command that has come, is lost. Nothing else changes; the watchdog runs on.
    Responds,
}

/// What a read gives that goes on past the end of a response (chip reference 1.6).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PastTheEnd {
    /// 0xFF.
    #[default]
    Ones,
    /// The response again from its first byte, as an ATECC508A was seen to do with the 0x11 group.
    Repeats,
}

/// How one chip behaves where it is not known how all of them do. The default is what the rest of the simulator
/// is documented to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Silicon {
    /// See [`PulseWhileAwake`].
    pub pulse_while_awake: PulseWhileAwake,
    /// See [`PastTheEnd`].
    pub past_the_end: PastTheEnd,
}
