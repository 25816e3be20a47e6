//! From what came to an answer.

use crate::patient::{Patient, Reply, VALUE};
use crate::probe::{Seen, Stop};

/// The answer whose status came, or none of them.
pub(crate) fn by_status(reply: &Reply, answers: &[(u8, usize)], seen: String) -> Seen {
    let answer = answers.iter().find(|(status, _)| reply.status() == Some(*status));
    match answer {
        Some((_, answer)) => Seen::Answer(*answer, seen),
        None => Seen::Other(seen),
    }
}

/// The first answer if it is so, else the second.
pub(crate) fn yes_or_no(yes: bool, seen: String) -> Result<Seen, Stop> {
    Ok(Seen::Answer(usize::from(!yes), seen))
}

impl Patient<'_> {
    /// Loads TempKey, acts, and gives whether it is valid then: the first answer if that is so.
    pub(crate) fn stays(
        &mut self,
        act: impl FnOnce(&mut Self, &[u8; 32]) -> Result<(), Stop>,
    ) -> Result<Seen, Stop> {
        self.load()?;
        act(self, &VALUE)?;
        let state = self.state()?;
        yes_or_no(state.valid, format!("afterwards {state}"))
    }

    /// The same where the first answer is that TempKey is invalid.
    pub(crate) fn goes(
        &mut self,
        act: impl FnOnce(&mut Self, &[u8; 32]) -> Result<(), Stop>,
    ) -> Result<Seen, Stop> {
        self.load()?;
        act(self, &VALUE)?;
        let state = self.state()?;
        yes_or_no(!state.valid, format!("afterwards {state}"))
    }
}
