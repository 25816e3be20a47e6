//! Writes DER from the end to the front, so that a length is known when it is written.
//!
//! A value that fails, or does not fit, does not stop the writer: it counts on, and what is wrong is told at the end,
//! with the bytes needed. That keeps the callers short, and lets the same text give the length in a `const`.

use super::tag;
use crate::x509::error::Error;

/// Fills a buffer from its end.
#[derive(Debug)]
pub(crate) struct Writer<'b> {
    /// What is free; the next byte goes to its end.
    free: &'b mut [u8],
    len: usize,
    error: Option<Error>,
}

impl<'b> Writer<'b> {
    pub(crate) const fn new(buffer: &'b mut [u8]) -> Self {
        Self { free: buffer, len: 0, error: None }
    }

    /// Bytes written, and those for which there was no room.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// What is wrong, if this is the first.
    pub(crate) const fn fail(&mut self, error: Error) {
        if self.error.is_none() {
            self.error = Some(error);
        }
    }

    /// The first thing that was wrong.
    pub(crate) const fn error(&self) -> Option<Error> {
        self.error
    }

    /// What is free, until it is put back.
    const fn taken(&mut self) -> &'b mut [u8] {
        // `core::mem::take` is not for a `const fn`.
        let mut free: &'b mut [u8] = &mut [];
        core::mem::swap(&mut self.free, &mut free);
        free
    }

    /// Before what is there.
    pub(crate) const fn byte(&mut self, byte: u8) {
        self.len = self.len.saturating_add(1);
        if let Some((last, free)) = self.taken().split_last_mut() {
            *last = byte;
            self.free = free;
        }
    }

    /// Before what is there, in their order.
    pub(crate) const fn bytes(&mut self, mut bytes: &[u8]) {
        while let [before @ .., last] = bytes {
            self.byte(*last);
            bytes = before;
        }
    }

    /// Takes over bytes that are in the buffer already.
    pub(crate) const fn skip(&mut self, len: usize) {
        self.len = self.len.saturating_add(len);
        let free = self.taken();
        if let Some((free, _)) = free.split_at_mut_checked(free.len().saturating_sub(len)) {
            self.free = free;
        }
    }

    /// Tag and length of what was written since the writer's length was `since`.
    pub(crate) const fn wrap(&mut self, tag: u8, since: usize) {
        let mut len = self.len.saturating_sub(since);
        if len < 0x80 {
            self.byte(len as u8);
        } else {
            let mut bytes = 0x80;
            while len > 0 {
                self.byte(len as u8);
                len >>= 8;
                bytes += 1;
            }
            self.byte(bytes);
        }
        self.byte(tag);
    }

    /// A value of a simple type.
    pub(crate) const fn value(&mut self, tag: u8, content: &[u8]) {
        let since = self.len;
        self.bytes(content);
        self.wrap(tag, since);
    }

    /// An INTEGER, not negative, from its bytes, big endian: without those that DER does not want.
    pub(crate) const fn unsigned(&mut self, bytes: &[u8]) {
        let bytes = without_leading_zeros(bytes);
        let since = self.len;
        self.bytes(bytes);
        if let [] | [0x80..=0xFF, ..] = bytes {
            self.byte(0);
        }
        self.wrap(tag::INTEGER, since);
    }
}

/// Big endian; nothing is left of 0.
pub(crate) const fn without_leading_zeros(mut bytes: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

/// Bytes of an INTEGER by [`Writer::unsigned`], with tag and length; below 126 of content.
pub(crate) const fn unsigned_len(bytes: &[u8]) -> usize {
    let mut counting = Writer::new(&mut []);
    counting.unsigned(bytes);
    counting.len()
}

/// Bytes of a value with tag and length.
pub(crate) const fn value_len(content: usize) -> usize {
    let mut counting = Writer::new(&mut []);
    counting.skip(content);
    counting.wrap(0, 0);
    counting.len()
}

/// What is written into a buffer that has room for it.
#[cfg(test)]
pub(crate) fn written(write: impl Fn(&mut Writer<'_>)) -> Result<std::vec::Vec<u8>, Error> {
    let mut counting = Writer::new(&mut []);
    write(&mut counting);
    let mut buffer = std::vec![0xEE; counting.len()];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer);
    assert_eq!(writer.len(), counting.len());
    match writer.error() {
        Some(error) => Err(error),
        None => Ok(buffer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn written(write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
        let whole = super::written(&write).unwrap();
        for size in 0..400 {
            let mut buffer = std::vec![0xEE; size];
            let mut writer = Writer::new(&mut buffer);
            write(&mut writer);
            assert_eq!(writer.len(), whole.len(), "counts on in {size} bytes");
            let (free, end) = buffer.split_at(size.saturating_sub(whole.len()));
            assert!(whole.ends_with(end));
            assert!(free.iter().all(|byte| *byte == 0xEE), "nothing in front is touched");
        }
        whole
    }

    #[test]
    fn lengths() {
        for (len, head) in [
            (0, &[0x30, 0][..]),
            (1, &[0x30, 1]),
            (0x7F, &[0x30, 0x7F]),
            (0x80, &[0x30, 0x81, 0x80]),
            (0xFF, &[0x30, 0x81, 0xFF]),
            (0x100, &[0x30, 0x82, 1, 0]),
            (0x123, &[0x30, 0x82, 1, 0x23]),
        ] {
            let content = std::vec![7; len];
            let der = written(|writer| writer.value(tag::SEQUENCE, &content));
            assert_eq!(der, [head, &content].concat());
            assert_eq!(value_len(len), der.len());
        }
    }

    #[test]
    fn integers() {
        for (bytes, der) in [
            (&[][..], &[2, 1, 0][..]),
            (&[0, 0], &[2, 1, 0]),
            (&[1], &[2, 1, 1]),
            (&[0x7F], &[2, 1, 0x7F]),
            (&[0x80], &[2, 2, 0, 0x80]),
            (&[0, 0, 0x80, 1], &[2, 3, 0, 0x80, 1]),
            (&[0, 0x7F, 0], &[2, 2, 0x7F, 0]),
        ] {
            assert_eq!(written(|writer| writer.unsigned(bytes)), der);
            assert_eq!(unsigned_len(bytes), der.len());
        }
    }

    #[test]
    fn the_first_error_is_kept() {
        let mut writer = Writer::new(&mut []);
        writer.fail(Error::Serial);
        writer.fail(Error::Validity);
        assert_eq!(writer.error(), Some(Error::Serial));
    }

    #[test]
    fn bytes_that_are_there_are_taken_over() {
        let mut buffer = [9, 9, 9, 1, 2];
        let mut writer = Writer::new(&mut buffer);
        writer.skip(2);
        writer.wrap(tag::SEQUENCE, 0);
        assert_eq!(writer.len(), 4);
        assert_eq!(buffer, [9, 0x30, 2, 1, 2]);
    }
}
