//! Status line and headers.

use super::super::error::Malformed;
use core::time::Duration;

/// Room for headers. Google sends about 15.
const HEADERS_MAX: usize = 32;

/// How the end of the body is found (RFC 9112, section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Length(u64),
    Chunked,
    /// Where the server closes the connection.
    ToEnd,
}

/// What of the head matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) framing: Framing,
    /// The connection can take another request after this answer.
    pub(crate) keep_alive: bool,
    pub(crate) retry_after: Option<Duration>,
}

impl Head {
    /// Parses the head at the start of `bytes`; `None` if it is not whole yet, else also its length.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, Malformed> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut response = httparse::Response::new(&mut headers);
        let len = match response.parse(bytes) {
            Ok(httparse::Status::Complete(len)) => len,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(httparse::Error::TooManyHeaders) => return Err(Malformed::Headers),
            Err(_) => return Err(Malformed::Head),
        };
        let (Some(status), Some(version)) = (response.code, response.version) else {
            return Err(Malformed::Head);
        };
        let mut fields = Fields::default();
        for header in response.headers.iter() {
            fields.take(header.name, header.value)?;
        }
        let framing = match (status, fields.length, fields.chunked) {
            (_, Some(_), true) => return Err(Malformed::TwoLengths),
            (100..=199 | 204 | 304, _, _) => Framing::Length(0),
            (_, Some(length), false) => Framing::Length(length),
            (_, None, true) => Framing::Chunked,
            (_, None, false) => Framing::ToEnd,
        };
        let keep_alive = version == 1 && !fields.close && framing != Framing::ToEnd;
        let retry_after = fields.retry_after;
        Ok(Some((Self { status, framing, keep_alive, retry_after }, len)))
    }

    pub(crate) const fn is_interim(&self) -> bool {
        matches!(self.status, 100..=199)
    }
}

#[derive(Default)]
struct Fields {
    length: Option<u64>,
    chunked: bool,
    close: bool,
    retry_after: Option<Duration>,
}

impl Fields {
    fn take(&mut self, name: &str, value: &[u8]) -> Result<(), Malformed> {
        let is = |other| name.eq_ignore_ascii_case(other);
        if is("content-length") {
            let length = number(value).ok_or(Malformed::Length)?;
            if self.length.replace(length).is_some_and(|earlier| earlier != length) {
                return Err(Malformed::Length);
            }
        } else if is("transfer-encoding") {
            // Twice chunked is no coding either.
            if self.chunked || !value.trim_ascii().eq_ignore_ascii_case(b"chunked") {
                return Err(Malformed::Encoding);
            }
            self.chunked = true;
        } else if is("content-encoding") {
            if !value.trim_ascii().eq_ignore_ascii_case(b"identity") {
                return Err(Malformed::Encoding);
            }
        } else if is("connection") {
            let mut options = value.split(|byte| *byte == b',');
            self.close |= options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"));
        } else if is("retry-after") {
            self.retry_after = number(value).map(Duration::from_secs);
        }
        Ok(())
    }
}

/// Digits and nothing else; a sign is none.
fn number(value: &[u8]) -> Option<u64> {
    let digits = value.trim_ascii();
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |sum, byte| match byte {
        b'0'..=b'9' => sum.checked_mul(10)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    fn head(headers: &str) -> Result<Head, Malformed> {
        let text = format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\nbody");
        let (head, len) = Head::parse(text.as_bytes())?.expect("whole");
        assert_eq!(&text[len..], "body");
        Ok(head)
    }

    #[test]
    fn where_the_body_ends() {
        assert_eq!(head("Content-Length: 12").unwrap().framing, Framing::Length(12));
        assert_eq!(head("transfer-encoding: Chunked").unwrap().framing, Framing::Chunked);
        assert_eq!(head("A: b").unwrap().framing, Framing::ToEnd);
        assert_eq!(head("Content-Length: 1\r\nContent-Length: 1").unwrap().framing, Framing::Length(1));
        for wrong in ["+5", "-1", "", "0x10", "5, 5", "18446744073709551616", "1 2"] {
            assert_eq!(head(&format!("Content-Length: {wrong}")), Err(Malformed::Length), "{wrong}");
        }
        assert_eq!(head("Content-Length: 1\r\nContent-Length: 2"), Err(Malformed::Length));
        assert_eq!(head("Content-Length: 1\r\nTransfer-Encoding: chunked"), Err(Malformed::TwoLengths));
        for coding in ["gzip", "gzip, chunked", "chunked\r\nTransfer-Encoding: chunked"] {
            assert_eq!(head(&format!("Transfer-Encoding: {coding}")), Err(Malformed::Encoding), "{coding}");
        }
        assert_eq!(head("Content-Length: 1\r\nContent-Encoding: gzip"), Err(Malformed::Encoding));
    }

    #[test]
    fn which_connection_stays() {
        assert!(head("Content-Length: 0").unwrap().keep_alive);
        assert!(!head("Content-Length: 0\r\nConnection: keep-alive, Close").unwrap().keep_alive);
        assert!(!head("A: b").unwrap().keep_alive);
        let old = Head::parse(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap().unwrap().0;
        assert!(!old.keep_alive);
    }

    #[test]
    fn answers_that_never_have_a_body() {
        let parse = |text: &str| Head::parse(text.as_bytes()).unwrap().unwrap().0;
        assert_eq!(parse("HTTP/1.1 204 No Content\r\n\r\n").framing, Framing::Length(0));
        assert!(parse("HTTP/1.1 100 Continue\r\n\r\n").is_interim());
    }

    #[test]
    fn every_prefix_is_incomplete_and_garbage_is_none() {
        let text = b"HTTP/1.1 503 x\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n";
        for end in 0..text.len() {
            assert_eq!(Head::parse(&text[..end]), Ok(None), "{end}");
        }
        let (head, len) = Head::parse(text).unwrap().unwrap();
        assert_eq!((head.status, head.retry_after, len), (503, Some(Duration::from_secs(17)), text.len()));
        assert_eq!(Head::parse(b"SSH-2.0-OpenSSH\r\n\r\n"), Err(Malformed::Head));
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(HEADERS_MAX + 1));
        assert_eq!(Head::parse(many.as_bytes()), Err(Malformed::Headers));
    }
}
