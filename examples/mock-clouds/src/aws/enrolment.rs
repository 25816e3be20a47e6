//! Which certificates count, and those that register themselves.

use std::collections::BTreeMap;

use serde_json::json;
use x509_parser::prelude::X509Certificate;

use super::registry::{Registry, Status};
use super::template::SUBJECT_FIELDS;
use super::{Aws, CertificateId, Rule, certificate};
use crate::mqtt::{Publish, Refusal};
use crate::{Peer, lock};

impl Aws {
    /// Registered, active and all that; or registers itself, if it can.
    pub(super) fn check_certificate(
        &self,
        id: &str,
        der: &[u8],
        parsed: &X509Certificate<'_>,
        peer: &Peer,
    ) -> Result<(), Refusal> {
        let now = i64::try_from(self.now()).unwrap_or(i64::MAX);
        let (from, to) = (parsed.validity.not_before.timestamp(), parsed.validity.not_after.timestamp());
        if !(from..=to).contains(&now) && self.holds(Rule::Validity) {
            return Err(Refusal::silent("the certificate is not valid now"));
        }
        if !certificate::has_good_signature_algorithm(parsed) && self.holds(Rule::Algorithm) {
            return Err(Refusal::silent("the certificate is signed in a way that AWS does not take"));
        }
        let mut registry = lock(&self.registry);
        if let Some(own) = registry.certificates.get(id) {
            let status = if self.now() < own.active_from { Status::PendingActivation } else { own.status };
            if status != Status::Active && self.holds(Rule::Active) {
                return Err(Refusal::silent(format!("the certificate is {}", status.name())));
            }
            return Ok(());
        }
        if let Some(authority) = self.authority_of(&registry, parsed, peer) {
            return self.register_itself(&mut registry, id, der, parsed, &authority);
        }
        if self.holds(Rule::Registered) {
            let name = peer.common_name().unwrap_or_default();
            return Err(Refusal::silent(format!("the certificate of {name:?} is not registered")));
        }
        Ok(())
    }

    /// The registered authority that signed it directly; without the rule, one that signed any of the chain.
    fn authority_of(
        &self,
        registry: &Registry,
        own: &X509Certificate<'_>,
        peer: &Peer,
    ) -> Option<CertificateId> {
        let signed = |certificate: &X509Certificate<'_>| {
            registry.authorities.iter().find_map(|(id, authority)| {
                let authority = certificate::parse(&authority.der).ok()?;
                certificate::is_signed_by(certificate, &authority).then(|| id.clone())
            })
        };
        let direct = signed(own);
        if direct.is_some() || self.holds(Rule::DirectSigner) {
            return direct;
        }
        peer.chain.iter().skip(1).find_map(|der| signed(&certificate::parse(der).ok()?))
    }

    /// Just-in-time registration and provisioning.
    fn register_itself(
        &self,
        registry: &mut Registry,
        id: &str,
        der: &[u8],
        parsed: &X509Certificate<'_>,
        authority: &str,
    ) -> Result<(), Refusal> {
        registry.register(der, Status::PendingActivation, 0);
        registry.events.push(Publish::new(
            format!("$aws/events/certificates/registered/{authority}"),
            json!({"certificateId": id, "caCertificateId": authority, "certificateStatus": "PENDING_ACTIVATION"})
                .to_string(),
        ));
        let template = registry.authorities.get(authority).and_then(|own| own.template.clone());
        if let Some(template) = template {
            let subject = subject(parsed);
            let missing = template.required().find(|name| !subject.contains_key(*name));
            let mut values = subject.clone();
            if let Some(name) = missing {
                if self.holds(Rule::SubjectFields) {
                    let reason = format!("the subject has no {name}, which the template takes");
                    return Err(Refusal::silent(reason));
                }
                template.required().for_each(|name| {
                    values.entry(name.to_owned()).or_default();
                });
            }
            let active_from = self.now() + registry.activation_delay();
            template.run(registry, id, &values, active_from).map_err(Refusal::silent)?;
        }
        if self.holds(Rule::FirstConnection) {
            return Err(Refusal::silent("the certificate has registered itself; the client must come again"));
        }
        Ok(())
    }
}

/// The fields of the subject that templates may take.
fn subject(certificate: &X509Certificate<'_>) -> BTreeMap<String, String> {
    let attributes = certificate.subject().iter_attributes();
    let field = |attribute: &x509_parser::x509::AttributeTypeAndValue<'_>| {
        let number = attribute.attr_type().to_id_string();
        let (name, _) = SUBJECT_FIELDS.iter().find(|(_, own)| *own == number)?;
        Some(((*name).to_owned(), attribute.as_str().ok()?.to_owned()))
    };
    attributes.filter_map(field).collect()
}
