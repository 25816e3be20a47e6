//! What is enforced.

/// A rule of mosquitto's, by the line of its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// `require_certificate true`: the client shows one.
    Certificate,
    /// `cafile`: it leads to one of these authorities.
    Authority,
    /// It holds now.
    Dates,
    /// `crlfile`: it is not revoked.
    Revoked,
    /// `use_identity_as_username true`: the common name is the user name, whatever CONNECT says.
    Identity,
    /// The same: there is a common name.
    CommonName,
    /// `use_username_as_clientid true`: nobody takes another's session.
    ClientId,
    /// `acl_file`: topics that may be written.
    AclWrite,
    /// `acl_file`: topics that may be read.
    AclRead,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Certificate,
        Self::Authority,
        Self::Dates,
        Self::Revoked,
        Self::Identity,
        Self::CommonName,
        Self::ClientId,
        Self::AclWrite,
        Self::AclRead,
    ];
}
