//! Who may log in.

use super::{Hub, KnownBy, Rule};
use crate::azure::{Token, certificate, query};
use crate::mqtt::packet::Connect;
use crate::{Peer, lock};

impl Hub {
    /// The device's id in a user name `HOST/ID/?api-version=...`.
    pub(super) fn device_id(&self, user_name: Option<&str>) -> Result<String, String> {
        let user_name = user_name.unwrap_or_default();
        let (names, query) = user_name.split_once("/?").unwrap_or((user_name.trim_end_matches('/'), ""));
        let version = query::value(query, "api-version").unwrap_or_default();
        let dated = version.len() >= 10 && version.starts_with("20");
        self.rules.check(Rule::ApiVersion, dated, || format!("user name {user_name:?}: no api-version"))?;
        let (host, id) = names.split_once('/').unwrap_or(("", names));
        let own = host.eq_ignore_ascii_case(&self.host) && !id.is_empty();
        self.rules.check(Rule::UserName, own, || format!("user name {user_name:?}: not HOST/DEVICE/?..."))?;
        Ok(id.to_owned())
    }

    /// Until when the device may stay, if that is limited.
    pub(super) fn admit(&self, peer: &Peer, connect: &Connect, id: &str) -> Result<Option<u64>, String> {
        let (known_by, enabled) = {
            let devices = lock(&self.devices);
            let device = devices.get(id);
            (device.map(|device| device.known_by.clone()), device.is_some_and(|device| device.enabled))
        };
        self.rules.check(Rule::Registered, known_by.is_some(), || format!("no device {id:?}"))?;
        let Some(known_by) = known_by else { return Ok(None) };
        self.rules.check(Rule::Enabled, enabled, || format!("device {id:?} is disabled"))?;
        if let KnownBy::Key(key) = known_by {
            return self.token(connect, id, &key);
        }
        let password = connect.password.as_ref().is_some_and(|password| !password.is_empty());
        self.rules
            .check(Rule::NoPassword, !password, || format!("{id}: a password beside the certificate"))?;
        let own = peer.chain.first();
        self.rules.check(Rule::Certificate, own.is_some(), || format!("{id}: no certificate"))?;
        let Some(own) = own else { return Ok(None) };
        let valid = certificate::is_valid_at(own, (self.now)());
        self.rules.check(Rule::Dates, valid, || format!("{id}: the certificate is not valid now"))?;
        if let KnownBy::Thumbprint(known) = &known_by {
            let prints = [certificate::thumbprint(own), certificate::thumbprint_sha1(own)];
            let same = prints.iter().any(|print| print.eq_ignore_ascii_case(known));
            self.rules.check(Rule::Thumbprint, same, || format!("{id}: another thumbprint"))?;
            return Ok(None);
        }
        let leads = self.authorities.iter().any(|above| certificate::leads_to(&peer.chain, above));
        self.rules.check(Rule::Chain, leads, || {
            format!("{id}: the certificates shown do not lead to an authority of the hub")
        })?;
        let named = peer.common_name().as_deref() == Some(id);
        self.rules.check(Rule::CommonName, named, || format!("{id}: the common name is another"))?;
        Ok(None)
    }

    fn token(&self, connect: &Connect, id: &str, key: &[u8]) -> Result<Option<u64>, String> {
        let password = connect.password.as_deref().unwrap_or_default();
        let token = match Token::parse(password) {
            Ok(token) => token,
            Err(reason) => {
                self.rules.check(Rule::Token, false, || format!("{id}: {reason}"))?;
                return Ok(None);
            }
        };
        let signed = token.is_signed_with(key);
        self.rules.check(Rule::TokenSignature, signed, || format!("{id}: the token has another key"))?;
        let now = (self.now)();
        self.rules
            .check(Rule::TokenExpiry, now < token.expires, || format!("{id}: the token has expired"))?;
        let resource = format!("{}/devices/{id}", self.host);
        let own = token.resource.eq_ignore_ascii_case(&resource);
        self.rules
            .check(Rule::TokenResource, own, || format!("{id}: the token is for {:?}", token.resource))?;
        Ok(self.rules.holds(Rule::TokenEnd).then_some(token.expires))
    }
}
