//! What is known of the state that a command found.

use crate::command::State;
use crate::memory::Slot;

/// What is known of the state that a refused command found, beyond the configuration zone. Whatever is left
/// out gives candidates instead of a certain rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Seen {
    /// TempKey holds something.
    pub(super) temp_key: Option<bool>,
    /// It was chosen outside.
    pub(super) from_input: Option<bool>,
    /// The slot it was made with by GenDig, if it was.
    pub(super) gen_dig: Option<Option<Slot>>,
    /// The same for GenKey's digest.
    pub(super) gen_key: Option<Option<Slot>>,
    pub(super) no_mac: Option<bool>,
    /// The slot that authorised, if one did.
    pub(super) authorised: Option<Option<Slot>>,
    pub(super) latch: Option<bool>,
    keys: [u16; 2],
}

impl Seen {
    /// Nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What [`InfoState`](crate::command::InfoState) said right before the command, in the same session. Most
    /// commands empty TempKey, also when they are refused, so that it is of no use to ask afterwards.
    #[must_use]
    pub fn with_state(self, state: State) -> Self {
        let made_of = |made: bool| Some(made.then_some(state.temp_key_slot));
        Self {
            temp_key: Some(state.temp_key_valid),
            from_input: Some(state.temp_key_from_input),
            gen_dig: made_of(state.gen_dig_data),
            gen_key: made_of(state.gen_key_data),
            no_mac: Some(state.no_mac),
            authorised: Some(state.auth_valid.then_some(state.auth_slot)),
            ..self
        }
    }

    /// TempKey was made by a GenDig with this slot, as encrypted reads and writes begin.
    #[must_use]
    pub fn with_gen_dig(self, slot: Slot) -> Self {
        Self { temp_key: Some(true), gen_dig: Some(Some(slot)), gen_key: Some(None), ..self }
    }

    /// Whether the persistent latch is set ([`InfoLatch`](crate::command::InfoLatch)).
    #[must_use]
    pub fn with_latch(self, set: bool) -> Self {
        Self { latch: Some(set), ..self }
    }

    /// Whether there is a private key in the slot, or a valid public key
    /// ([`InfoKeyValid`](crate::command::InfoKeyValid)).
    #[must_use]
    pub fn with_key(mut self, slot: Slot, valid: bool) -> Self {
        let [known, set] = &mut self.keys;
        let bit = 1 << slot.number();
        *known |= bit;
        *set = *set & !bit | if valid { bit } else { 0 };
        self
    }

    pub(super) fn key(&self, slot: Slot) -> Option<bool> {
        let [known, valid] = self.keys.map(|keys| keys >> slot.number() & 1 == 1);
        known.then_some(valid)
    }
}
