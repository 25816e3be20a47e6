//! What a chip is asked to be.

use super::kind::Layout;
use super::{Kind, OtpCode, ROOT, TFLXTLS, TNGLORA, TNGLORA_LEGACY, TNGTLS, TNGTLS_LEGACY, TrustAnchor};

/// What a chip may be, and who is believed: the argument of the driver's operations on pre-provisioned parts.
///
/// A program holds the templates of the kinds that it names, about 450 bytes each: with [`MICROCHIP`] all of them. One that
/// knows its part names that alone:
///
/// ```
/// use atecc608::x509::trust::{self, Trust};
///
/// const MINE: Trust<'_> = Trust::new(&[&trust::TNGTLS], trust::ROOT);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Trust<'a> {
    kinds: &'a [&'a Kind],
    root: TrustAnchor,
}

/// Every kind of part that is known, of Microchip's root.
pub const MICROCHIP: Trust<'static> =
    Trust::new(&[&TNGTLS, &TFLXTLS, &TNGLORA, &TNGTLS_LEGACY, &TNGLORA_LEGACY], ROOT);

impl<'a> Trust<'a> {
    /// A chip of one of these kinds, whose signer's certificate was signed by this root.
    #[must_use]
    pub const fn new(kinds: &'a [&'a Kind], root: TrustAnchor) -> Self {
        Self { kinds, root }
    }

    /// The same kinds, of another root.
    #[must_use]
    pub const fn with_root(mut self, root: TrustAnchor) -> Self {
        self.root = root;
        self
    }

    /// The root.
    #[must_use]
    pub const fn root(&self) -> &TrustAnchor {
        &self.root
    }

    /// The kinds, those first at which the code hints.
    pub(crate) fn kinds(&self, code: OtpCode) -> impl Iterator<Item = &'a Kind> {
        let those =
            move |hinted| self.kinds.iter().copied().filter(move |kind| code.hints_at(kind.part()) == hinted);
        those(true).chain(those(false))
    }

    /// The kinds of one layout, as [`kinds`](Self::kinds).
    pub(crate) fn kinds_of(&self, layout: Layout, code: OtpCode) -> impl Iterator<Item = &'a Kind> {
        self.kinds(code).filter(move |kind| kind.layout() == layout)
    }

    /// The layouts that these kinds have, that first at which the code hints.
    pub(crate) fn layouts(&self, code: OtpCode) -> impl Iterator<Item = Layout> {
        let first = self.kinds(code).next().map(Kind::layout);
        let other = self.kinds(code).map(Kind::layout).find(|layout| Some(*layout) != first);
        first.into_iter().chain(other)
    }
}
