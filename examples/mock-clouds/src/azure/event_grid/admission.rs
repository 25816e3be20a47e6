//! Who may log in.

use super::{EventGrid, KnownBy, Rule, Session, WILL_DELAY_MAX, has_pairs};
use crate::azure::certificate;
use crate::mqtt::packet::Connect;
use crate::mqtt::property::number;
use crate::{Peer, lock};

impl EventGrid {
    /// Who it is.
    pub(super) fn name(&self, peer: &Peer, connect: &Connect) -> Result<String, String> {
        let own = peer.chain.first();
        self.rules.check(Rule::Certificate, own.is_some(), || "no certificate".to_owned())?;
        let from_subject = self.alternative_name || !self.rules.holds(Rule::UserName);
        let name = match connect.user_name.as_deref() {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ if from_subject => peer.common_name().unwrap_or_default(),
            _ => return Err("no authentication name in the user field".to_owned()),
        };
        let known_by = self.clients.get(&name);
        self.rules.check(Rule::Registered, known_by.is_some(), || format!("no client {name:?}"))?;
        let Some(own) = own else { return Ok(name) };
        let in_time = certificate::is_valid_at(own, (self.now)());
        self.rules.check(Rule::Dates, in_time, || format!("{name}: the certificate is not valid now"))?;
        match known_by {
            Some(KnownBy::Thumbprint(known)) => {
                let same = certificate::thumbprint(own).eq_ignore_ascii_case(known);
                self.rules.check(Rule::Thumbprint, same, || format!("{name}: another thumbprint"))?;
            }
            _ => {
                let signed = self.authorities.iter().any(|above| certificate::is_signed_by(own, above));
                self.rules.check(Rule::Authority, signed, || {
                    format!("{name}: no authority of the namespace has signed the certificate itself")
                })?;
                let same = peer.common_name().as_ref() == Some(&name);
                self.rules.check(Rule::Subject, same, || format!("{name}: the subject is another name"))?;
            }
        }
        Ok(name)
    }

    /// Whether the name may have this session, which is its own from now on.
    pub(super) fn session(&self, name: &str, session: &str) -> Result<(), String> {
        let mut sessions = lock(&self.sessions);
        let owner = sessions.get(session);
        let own = owner.is_none_or(|other| other.owner == name);
        self.rules.check(Rule::SessionOwner, own, || format!("session {session:?} is another client's"))?;
        let others = sessions.iter().any(|(other, known)| known.owner == name && other != session);
        self.rules.check(Rule::OneSession, !others, || format!("{name} has another session"))?;
        let new = || Session { owner: name.to_owned(), connections: 0 };
        sessions.entry(session.to_owned()).or_insert_with(new).connections += 1;
        Ok(())
    }

    pub(super) fn properties(&self, connect: &Connect) -> Result<(), String> {
        let properties = &connect.properties;
        let pairs = has_pairs(properties);
        self.rules.check(Rule::UserProperties, !pairs, || "user properties in CONNECT".to_owned())?;
        let method = properties.text(number::AUTHENTICATION_METHOD);
        self.rules.check(Rule::AuthenticationMethod, method.is_none(), || {
            format!("authentication method {method:?}: this namespace has no issuer")
        })?;
        let will = connect.will.as_ref();
        let delay = will.and_then(|will| will.properties.number(number::WILL_DELAY)).unwrap_or(0);
        self.rules.check(Rule::WillDelay, delay <= WILL_DELAY_MAX, || format!("a will delay of {delay} s"))
    }
}
