//! The access token, and when to get the next one.

use super::error::AnswerProblem;
use super::json;
use super::scrub::Scrub;
use core::fmt;
use core::ops::Range;
use core::time::Duration;
use zeroize::Zeroize;

/// Longest access token of the Security Token Service, in bytes.
pub const ACCESS_TOKEN_MAX: usize = 12_288;

/// How long before its end an access token should be renewed: five minutes, for retries.
pub const RENEW_MARGIN: Duration = Duration::from_secs(300);

/// What opens Google's services for a while. Wiped when dropped.
pub struct AccessToken<'b> {
    text: &'b mut [u8],
    lifetime: Duration,
    expires: Duration,
}

impl<'b> AccessToken<'b> {
    /// Takes a token out of an answer and wipes the rest. Asked for at `uptime`: from before the request, so
    /// that it never looks fresher than it is.
    pub(super) fn keep(
        mut answer: Scrub<'b>,
        text: Range<usize>,
        lifetime: Duration,
        uptime: Duration,
    ) -> Result<Self, AnswerProblem> {
        let text = json::unescape(answer.as_mut(), text).ok_or(AnswerProblem::AccessToken)?;
        if text.len() > ACCESS_TOKEN_MAX {
            return Err(AnswerProblem::AccessTokenLength);
        }
        // It goes into a header as it is.
        let bytes = answer.as_ref().get(text.clone()).unwrap_or_default();
        if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_graphic) {
            return Err(AnswerProblem::AccessToken);
        }
        let text = answer.keep(text).ok_or(AnswerProblem::AccessToken)?;
        Ok(Self { text, lifetime, expires: uptime.saturating_add(lifetime) })
    }

    /// The token, for an `Authorization: Bearer` header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.text).unwrap_or_default()
    }

    /// How long the token lives from when it was asked for.
    #[must_use]
    pub const fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// The uptime at which the token ends.
    #[must_use]
    pub const fn expires_at(&self) -> Duration {
        self.expires
    }

    /// The uptime at which to get the next one: `margin` before the end ([`RENEW_MARGIN`] if in doubt), but
    /// not before half of the token's life is over.
    #[must_use]
    pub fn renew_at(&self, margin: Duration) -> Duration {
        self.expires.saturating_sub(margin.min(self.lifetime / 2))
    }

    /// Whether it is time to get the next one.
    #[must_use]
    pub fn is_due(&self, uptime: Duration, margin: Duration) -> bool {
        uptime >= self.renew_at(margin)
    }

    /// Whether the token is of no use any more.
    #[must_use]
    pub fn is_expired(&self, uptime: Duration) -> bool {
        uptime >= self.expires
    }
}

impl Drop for AccessToken<'_> {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl fmt::Debug for AccessToken<'_> {
    /// Without the text, which is as good as a password while it lives.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("lifetime", &self.lifetime)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn renewed_before_the_end_but_not_in_the_first_half() {
        let mut text = *b"ya29";
        let token = AccessToken::keep(Scrub::new(&mut text), 0..4, secs(3600), secs(100)).unwrap();
        assert_eq!(token.expires_at(), secs(3700));
        assert_eq!(token.renew_at(RENEW_MARGIN), secs(3400));
        assert!(!token.is_due(secs(3399), RENEW_MARGIN));
        assert!(token.is_due(secs(3400), RENEW_MARGIN));
        assert!(!token.is_expired(secs(3699)));
        assert!(token.is_expired(secs(3700)));
        assert_eq!(token.renew_at(secs(5000)), secs(1900));
    }

    #[test]
    fn wiped_and_not_shown() {
        let mut answer = *b"\"ya29.secret\"";
        let token = AccessToken::keep(Scrub::new(&mut answer), 1..12, secs(1), secs(0)).unwrap();
        assert_eq!(token.as_str(), "ya29.secret");
        assert!(!std::format!("{token:?}").contains("ya29"));
        drop(token);
        assert_eq!(answer, [0; 13]);
    }

    #[test]
    fn what_can_not_stand_in_a_header_is_no_token() {
        for text in ["", "a b", "a\r\nX: y", "\u{e9}", r"a\u000d", r"a\n"] {
            let mut answer = std::string::String::from(text).into_bytes();
            let len = answer.len();
            let token = AccessToken::keep(Scrub::new(&mut answer), 0..len, secs(1), secs(0));
            assert_eq!(token.err(), Some(AnswerProblem::AccessToken), "{text}");
            assert!(answer.iter().all(|byte| *byte == 0), "{text}");
        }
    }
}
