//! Rules that are switched off.

/// See above.
#[derive(Debug, Clone)]
pub(super) struct Off<R>(Vec<R>);

impl<R> Default for Off<R> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<R: PartialEq> Off<R> {
    pub(super) fn add(&mut self, rule: R) {
        self.0.push(rule);
    }

    /// Whether a rule is in force and `wrong` breaks it.
    pub(super) fn check(&self, rule: R, wrong: bool) -> bool {
        wrong && !self.0.contains(&rule)
    }
}
