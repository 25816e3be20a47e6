//! Where to connect: the account's endpoint, its ports and their protocols.

use core::fmt;

/// ALPN of MQTT with a client certificate on port 443 ("Protocols, port mappings, and authentication").
pub const ALPN: &str = "x-amzn-mqtt-ca";
/// Longest host name, in bytes (RFC 1035, section 2.3.4).
pub const HOST_MAX: usize = 253;

/// A port for MQTT with a client certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port {
    /// 8883: MQTT, without ALPN.
    Mqtt,
    /// 443, for networks that let nothing else out: with [`ALPN`], else AWS takes it for HTTPS.
    Https,
}

impl Port {
    /// The number.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Mqtt => 8883,
            Self::Https => 443,
        }
    }

    /// The protocols to offer (ALPN).
    #[must_use]
    pub const fn protocols(self) -> &'static [&'static str] {
        match self {
            Self::Mqtt => &[],
            Self::Https => &[ALPN],
        }
    }
}

/// The data endpoint of an account in a region, by its full name: to be connected to, sent as SNI, and looked for in the
/// server's certificate. AWS finds the account by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint<'a>(&'a str);

impl<'a> Endpoint<'a> {
    /// Checks a name as `aws iot describe-endpoint --endpoint-type iot:Data-ATS` prints it, for instance
    /// `a1b2c3d4e5f6g7-ats.iot.eu-central-1.amazonaws.com`.
    ///
    /// # Errors
    /// [`EndpointError`], with what it probably is.
    pub fn new(name: &'a str) -> Result<Self, EndpointError> {
        let Self(name) = Self::custom(name)?;
        let rest = ends(name, ".amazonaws.com").or_else(|| ends(name, ".amazonaws.com.cn"));
        let rest = rest.ok_or(EndpointError::NotAmazon)?;
        let (prefix, service) = rest.split_once('.').ok_or(EndpointError::NotAmazon)?;
        match service.split_once('.') {
            Some(("credentials", _)) => return Err(EndpointError::Credentials),
            Some(("jobs", _)) => return Err(EndpointError::Jobs),
            Some(("iot", region)) if !region.is_empty() && !region.contains('.') => {}
            _ => return Err(EndpointError::NotAmazon),
        }
        if ends(prefix, "-ats").is_some() { Ok(Self(name)) } else { Err(EndpointError::NotAts) }
    }

    /// A name of one's own (custom domain), or another that leads to AWS: only that it can be a host name is checked.
    ///
    /// # Errors
    /// [`EndpointError`]: with a scheme, a port or a path; or no host name.
    pub fn custom(name: &'a str) -> Result<Self, EndpointError> {
        if name.contains("://") {
            return Err(EndpointError::Scheme);
        }
        if name.contains('/') {
            return Err(EndpointError::Path);
        }
        if name.contains(':') {
            return Err(EndpointError::Port);
        }
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if name.len() > HOST_MAX || !name.split('.').all(is_label) {
            return Err(EndpointError::Name);
        }
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub const fn host(&self) -> &'a str {
        self.0
    }
}

/// What stands before an ending, whatever its case.
fn ends<'a>(name: &'a str, ending: &str) -> Option<&'a str> {
    let (rest, last) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
    last.eq_ignore_ascii_case(ending).then_some(rest)
}

/// A name that is no endpoint for devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointError {
    /// It begins with `https://` or the like.
    Scheme,
    /// It has a port.
    Port,
    /// It has a path.
    Path,
    /// It is no host name: empty, longer than [`HOST_MAX`], or with characters that have no place in one.
    Name,
    /// It is not AWS's.
    NotAmazon,
    /// It is the endpoint of the credentials provider.
    Credentials,
    /// It is the endpoint for jobs.
    Jobs,
    /// It is the old endpoint, whose certificate leads to a root that is no longer trusted.
    NotAts,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "the endpoint is a host name; leave out what stands up to ://",
            Self::Port => "the endpoint is a host name; leave out the port, which is 8883 or 443",
            Self::Path => "the endpoint is a host name; leave out the path",
            Self::Name => "the endpoint is no host name",
            Self::NotAmazon => {
                "the endpoint is none of AWS IoT Core; it reads NAME-ats.iot.REGION.amazonaws.com, as \
                 `aws iot describe-endpoint --endpoint-type iot:Data-ATS` prints it; a custom domain is taken as such"
            }
            Self::Credentials => {
                "this is the endpoint of the credentials provider; devices connect to that of type iot:Data-ATS"
            }
            Self::Jobs => "this is the endpoint for jobs; devices connect to that of type iot:Data-ATS",
            Self::NotAts => {
                "the endpoint lacks -ats: it is the old one, whose certificate leads to a root that is no longer \
                 trusted; ask for --endpoint-type iot:Data-ATS"
            }
        })
    }
}

impl core::error::Error for EndpointError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        for good in [
            "a1b2c3d4e5f6g7-ats.iot.eu-central-1.amazonaws.com",
            "A1B2-ATS.iot.us-east-1.amazonaws.com",
            "a1-ats.iot.cn-north-1.amazonaws.com.cn",
        ] {
            assert_eq!(Endpoint::new(good).map(|endpoint| endpoint.host()), Ok(good));
        }
        for (bad, error) in [
            ("https://a1-ats.iot.us-east-1.amazonaws.com", EndpointError::Scheme),
            ("a1-ats.iot.us-east-1.amazonaws.com:8883", EndpointError::Port),
            ("a1-ats.iot.us-east-1.amazonaws.com/", EndpointError::Path),
            ("", EndpointError::Name),
            ("a1-ats..iot", EndpointError::Name),
            ("a b", EndpointError::Name),
            ("ä", EndpointError::Name),
            ("localhost", EndpointError::NotAmazon),
            ("amazonaws.com", EndpointError::NotAmazon),
            ("a1-ats.iot.amazonaws.com", EndpointError::NotAmazon),
            ("a1-ats.s3.us-east-1.amazonaws.com", EndpointError::NotAmazon),
            ("a1-ats.iot.us-east-1.amazonaws.com.evil.org", EndpointError::NotAmazon),
            ("c1.credentials.iot.us-east-1.amazonaws.com", EndpointError::Credentials),
            ("a1.jobs.iot.us-east-1.amazonaws.com", EndpointError::Jobs),
            ("a1.iot.us-east-1.amazonaws.com", EndpointError::NotAts),
            ("a1b2c3d4e5f6g7.iot.us-east-1.amazonaws.com", EndpointError::NotAts),
            ("-ats.iot.us-east-1.amazonaws.com", EndpointError::Name),
            ("iot.iot.us-east-1.amazonaws.com", EndpointError::NotAts),
        ] {
            assert_eq!(Endpoint::new(bad), Err(error), "{bad}");
        }
        assert_eq!(
            Endpoint::custom("iot.example.com").map(|endpoint| endpoint.host()),
            Ok("iot.example.com")
        );
        assert_eq!(Endpoint::custom("-x.com"), Err(EndpointError::Name));
    }
}
