//! Bytes with some of them replaced, without a copy of the whole.

use super::error::TemplateError;
use crate::x509::Error;
use crate::x509::der::read::Span;
use heapless::Vec;

/// Serial number with its length, two dates, key and two key ids; and fields.
const MAX: usize = 7 + 10;

/// What is replaced by what.
#[derive(Clone, Copy)]
struct Edit<'p> {
    span: Span,
    bytes: &'p [u8],
}

/// Part of the example, with some of its bytes replaced.
pub(super) struct Edits<'p> {
    example: &'p [u8],
    part: Span,
    edits: Vec<Edit<'p>, MAX>,
}

impl<'p> Edits<'p> {
    pub(super) const fn new(example: &'p [u8], part: Span) -> Self {
        Self { example, part, edits: Vec::new() }
    }

    /// Replaces what is there by bytes, as many or not.
    #[inline(never)]
    pub(super) fn replace(&mut self, span: Span, bytes: &'p [u8]) -> Result<(), Error> {
        let apart = |edit: &Edit<'_>| edit.span.end <= span.start || span.end <= edit.span.start;
        if span.len() == 0 || !self.edits.iter().all(apart) {
            return Err(TemplateError::Overlap.into());
        }
        self.edits.push(Edit { span, bytes }).map_err(|_| TemplateError::TooManyFields.into())
    }

    /// The pieces, the last one first.
    pub(super) fn backwards(&self, mut each: impl FnMut(&[u8])) {
        let mut end = self.part.end;
        loop {
            let before = self.edits.iter().filter(|edit| edit.span.end <= end);
            let Some(edit) = before.max_by_key(|edit| edit.span.end) else { break };
            each(Span { start: edit.span.end, end }.of(self.example));
            each(edit.bytes);
            end = edit.span.start;
        }
        each(Span { start: self.part.start, end }.of(self.example));
    }

    /// How many bytes from the start are those of `other`; `None`: all, and it has no more.
    pub(super) fn same_until(&self, mut other: &[u8]) -> Option<usize> {
        let mut same = 0;
        let mut each = |bytes: &[u8]| {
            let equal = bytes.iter().zip(other).take_while(|(a, b)| a == b).count();
            same += equal;
            other = other.get(equal..).unwrap_or_default();
            equal == bytes.len()
        };
        let mut start = self.part.start;
        loop {
            let behind = self.edits.iter().filter(|edit| edit.span.start >= start);
            let Some(edit) = behind.min_by_key(|edit| edit.span.start) else { break };
            if !each(Span { start, end: edit.span.start }.of(self.example)) || !each(edit.bytes) {
                return Some(same);
            }
            start = edit.span.end;
        }
        let all = each(Span { start, end: self.part.end }.of(self.example));
        if all && other.is_empty() { None } else { Some(same) }
    }
}
