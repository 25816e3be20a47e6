//! Who logs in, and how.

use super::topic::{TEXT_MAX, TopicError, TopicName};
use super::{KeepAlive, TopicFilter};
use core::fmt;

/// How surely a message arrives (MQTT 3.1.1, section 4.3). There is no QoS 2 here: the clouds do not take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QoS {
    /// 0: it is sent once, and nobody hears whether it arrived.
    AtMostOnce,
    /// 1: it is acknowledged; it may arrive twice.
    AtLeastOnce,
}

/// What the server publishes when the connection ends without a logout: it broke, or the keep-alive interval passed
/// in silence (section 3.1.2.5).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Will<'a> {
    /// Where.
    pub topic: &'a str,
    /// What; it may be empty.
    pub payload: &'a [u8],
    /// How.
    pub qos: QoS,
    /// Whether the server keeps it for those who subscribe later.
    pub retain: bool,
}

impl fmt::Debug for Will<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, payload, qos, retain } = self;
        write!(f, "Will {{ {topic:?}, {} bytes, {qos:?}, retain: {retain} }}", payload.len())
    }
}

/// What CONNECT says (section 3.1). Where a client certificate says who the device is, user name and password are
/// often left out.
///
/// ```
/// use atecc608_cloud::mqtt::{Login, QoS, Will};
///
/// let will = Will { topic: "devices/lamp-1/online", payload: b"0", qos: QoS::AtLeastOnce, retain: true };
/// let login = Login { will: Some(will), ..Login::new("lamp-1") };
/// assert_eq!(login.check(), Ok(()));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Login<'a> {
    /// The name of this connection. A second login with the same one throws the first out.
    pub client_id: &'a str,
    /// The user name.
    pub user_name: Option<&'a str>,
    /// The password: a text, a token, or any bytes.
    pub password: Option<&'a [u8]>,
    /// What the server publishes if the connection breaks.
    pub will: Option<Will<'a>>,
    /// How long the connection may be idle.
    pub keep_alive: KeepAlive,
    /// Whether the server forgets subscriptions and waiting messages of earlier connections. Without, messages may
    /// come right after the login, before anything is subscribed.
    pub clean_session: bool,
}

impl<'a> Login<'a> {
    /// A client id alone: clean session, [`KeepAlive::DEFAULT`].
    #[must_use]
    pub const fn new(client_id: &'a str) -> Self {
        Self {
            client_id,
            user_name: None,
            password: None,
            will: None,
            keep_alive: KeepAlive::DEFAULT,
            clean_session: true,
        }
    }

    /// Checks what can be known before the server has its say.
    ///
    /// # Errors
    /// [`LoginError`].
    pub fn check(&self) -> Result<(), LoginError> {
        let text = |field, text: &str| match text.len() {
            _ if text.contains('\0') => Err(LoginError::Nul(field)),
            0..=TEXT_MAX => Ok(()),
            len => Err(LoginError::TooLong { field, len }),
        };
        text(LoginField::ClientId, self.client_id)?;
        if self.client_id.is_empty() && !self.clean_session {
            return Err(LoginError::NoClientId);
        }
        text(LoginField::UserName, self.user_name.unwrap_or_default())?;
        match (self.user_name, self.password.map_or(0, <[u8]>::len)) {
            (None, _) if self.password.is_some() => return Err(LoginError::PasswordAlone),
            (_, 0..=TEXT_MAX) => {}
            (_, len) => return Err(LoginError::TooLong { field: LoginField::Password, len }),
        }
        if let Some(will) = &self.will {
            TopicName::new(will.topic).map_err(LoginError::Will)?;
            if will.payload.len() > TEXT_MAX {
                return Err(LoginError::TooLong { field: LoginField::Will, len: will.payload.len() });
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Login<'_> {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("client_id", &self.client_id)
            .field("user_name", &self.user_name)
            .field("password", &self.password.map(|_| "..."))
            .field("will", &self.will)
            .field("keep_alive", &self.keep_alive)
            .field("clean_session", &self.clean_session)
            .finish()
    }
}

/// A part of a [`Login`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginField {
    /// The client id.
    ClientId,
    /// The user name.
    UserName,
    /// The password.
    Password,
    /// The will's payload.
    Will,
}

impl fmt::Display for LoginField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClientId => "client id",
            Self::UserName => "user name",
            Self::Password => "password",
            Self::Will => "will's payload",
        })
    }
}

/// A login that no server would take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginError {
    /// A text has a NUL in it.
    Nul(LoginField),
    /// A text is longer than [`TEXT_MAX`].
    TooLong {
        /// Which.
        field: LoginField,
        /// Its length in bytes.
        len: usize,
    },
    /// A session that shall be kept has no client id (section 3.1.3.1).
    NoClientId,
    /// There is a password, but no user name (section 3.1.2.9).
    PasswordAlone,
    /// The will's topic can't be published to.
    Will(TopicError),
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nul(field) => write!(f, "the {field} has a NUL in it"),
            Self::TooLong { field, len } => {
                write!(f, "the {field} has {len} bytes; MQTT has room for {TEXT_MAX}")
            }
            Self::NoClientId => f.write_str(
                "the client id is empty, but the session shall be kept; give it an id or ask for a clean session",
            ),
            Self::PasswordAlone => f.write_str(
                "there is a password without a user name; MQTT 3.1.1 wants both or the user name alone, and brokers \
                 that look only at a token take any user name",
            ),
            Self::Will(error) => write!(f, "the will can't be published: {error}"),
        }
    }
}

impl core::error::Error for LoginError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Will(error) => Some(error),
            _ => None,
        }
    }
}

/// The most filters in one SUBSCRIBE or UNSUBSCRIBE: AWS takes no more.
pub const FILTERS_MAX: usize = 8;

/// Why nothing was subscribed or unsubscribed, before anything was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FilterError {
    /// There are no filters, or more than [`FILTERS_MAX`].
    Count(usize),
    /// One of them is no filter.
    Filter {
        /// Which, from 0 on.
        index: usize,
        /// What is wrong with it.
        error: TopicError,
    },
}

impl FilterError {
    /// Checks the filters of one packet.
    pub(super) fn check(filters: &[&str]) -> Result<(), Self> {
        if filters.is_empty() || filters.len() > FILTERS_MAX {
            return Err(Self::Count(filters.len()));
        }
        for (index, filter) in filters.iter().enumerate() {
            TopicFilter::new(filter).map_err(|error| Self::Filter { index, error })?;
        }
        Ok(())
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => {
                write!(f, "{count} filters in one packet; there must be 1 to {FILTERS_MAX}")
            }
            Self::Filter { index, error } => write!(f, "filter {}: {error}", index.saturating_add(1)),
        }
    }
}

impl core::error::Error for FilterError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Count(_) => None,
            Self::Filter { error, .. } => Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn logins_that_no_server_would_take() {
        let long = "x".repeat(TEXT_MAX + 1);
        let good = Login { user_name: Some("u"), password: Some(b"\0\xFF"), ..Login::new("id") };
        let will = Will { topic: "t", payload: b"", qos: QoS::AtMostOnce, retain: false };
        assert_eq!(good.check(), Ok(()));
        assert_eq!(Login::new("").check(), Ok(()));
        assert_eq!(Login { user_name: Some(""), ..Login::new("a") }.check(), Ok(()));
        let too_long = |field| LoginError::TooLong { field, len: TEXT_MAX + 1 };
        for (login, error) in [
            (Login { client_id: &long, ..good }, too_long(LoginField::ClientId)),
            (Login { client_id: "a\0", ..good }, LoginError::Nul(LoginField::ClientId)),
            (Login { user_name: Some(&long), ..good }, too_long(LoginField::UserName)),
            (Login { user_name: Some("\0"), ..good }, LoginError::Nul(LoginField::UserName)),
            (Login { password: Some(long.as_bytes()), ..good }, too_long(LoginField::Password)),
            (Login { user_name: None, ..good }, LoginError::PasswordAlone),
            (Login { clean_session: false, ..Login::new("") }, LoginError::NoClientId),
            (
                Login { will: Some(Will { topic: "a/#", ..will }), ..good },
                LoginError::Will(TopicError::Wildcard('#')),
            ),
            (
                Login { will: Some(Will { payload: long.as_bytes(), ..will }), ..good },
                too_long(LoginField::Will),
            ),
        ] {
            assert_eq!(login.check(), Err(error));
            assert!(!error.to_string().is_empty());
        }
        let shown = std::format!("{:?}", Login { password: Some(b"secret"), will: Some(will), ..good });
        assert!(!shown.contains("secret") && !shown.contains("115") && shown.contains("\"id\""), "{shown}");
    }

    #[test]
    fn filters_of_one_packet() {
        assert_eq!(FilterError::check(&["a", "b/#"]), Ok(()));
        assert_eq!(FilterError::check(&[]), Err(FilterError::Count(0)));
        assert_eq!(FilterError::check(&["a"; 9]), Err(FilterError::Count(9)));
        let error = FilterError::check(&["a", "b#"]).unwrap_err();
        assert_eq!(error, FilterError::Filter { index: 1, error: TopicError::MultiLevel });
        assert!(error.to_string().starts_with("filter 2: "));
    }
}
