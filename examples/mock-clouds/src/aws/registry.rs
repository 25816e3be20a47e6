//! What an account holds: certificates, authorities, policies, things, templates.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::admission::Login;
use super::certificate;
use super::policy::{self, Policy, PolicyError, Variables};
use super::shadow::Shadow;
use super::template::{Template, TemplateError};
use super::{ACCOUNT, CertificateId, REGION};
use crate::mqtt::Publish;

/// A certificate's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It may log in.
    Active,
    /// Switched off.
    Inactive,
    /// Revoked.
    Revoked,
    /// It registered itself, or was made and not yet used.
    PendingActivation,
}

impl Status {
    /// As AWS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
            Self::Revoked => "REVOKED",
            Self::PendingActivation => "PENDING_ACTIVATION",
        }
    }
}

#[derive(Debug)]
pub(super) struct Certificate {
    pub(super) status: Status,
    /// Not before this time, in Unix seconds, is it what its status says.
    pub(super) active_from: u64,
    pub(super) policies: BTreeSet<String>,
    pub(super) things: BTreeSet<String>,
}

/// An authority that certificates register themselves by.
#[derive(Debug)]
pub(super) struct Authority {
    pub(super) der: Vec<u8>,
    pub(super) template: Option<Template>,
}

/// A certificate that was made here and is not used yet.
#[derive(Debug)]
pub(super) struct Ownership {
    pub(super) certificate: CertificateId,
    pub(super) until: u64,
}

#[derive(Debug, Default)]
pub(super) struct Thing {
    pub(super) attributes: BTreeMap<String, String>,
    /// By name; the classic one has none.
    pub(super) shadows: BTreeMap<String, Shadow>,
}

/// What an account holds.
#[derive(Debug, Default)]
pub struct Registry {
    pub(super) certificates: BTreeMap<CertificateId, Certificate>,
    pub(super) authorities: BTreeMap<CertificateId, Authority>,
    policies: BTreeMap<String, Policy>,
    pub(super) things: BTreeMap<String, Thing>,
    pub(super) templates: BTreeMap<String, Template>,
    pub(super) ownerships: BTreeMap<String, Ownership>,
    pub(super) ownerships_given: u64,
    activation_delay: u64,
    /// Who subscribed, by client id: what he may receive.
    pub(super) logins: BTreeMap<String, Arc<Login>>,
    /// What AWS tells applications, to be published.
    pub(super) events: Vec<Publish>,
}

impl Registry {
    /// Registers a certificate without its authority, as `register-certificate-without-ca` does. Its name.
    pub fn register_certificate(&mut self, der: &[u8], status: Status) -> CertificateId {
        self.register(der, status, 0)
    }

    pub(super) fn register(&mut self, der: &[u8], status: Status, active_from: u64) -> CertificateId {
        let id = certificate::id(der);
        let (policies, things) = Default::default();
        self.certificates.insert(id.clone(), Certificate { status, active_from, policies, things });
        id
    }

    /// Changes a certificate's status. Whether there is such a certificate.
    pub fn set_status(&mut self, id: &str, status: Status) -> bool {
        self.certificates.get_mut(id).map(|own| own.status = status).is_some()
    }

    /// A certificate's status.
    pub fn status(&self, id: &str) -> Option<Status> {
        self.certificates.get(id).map(|own| own.status)
    }

    /// Registers an authority whose certificates register themselves: with a template just-in-time provisioning, without
    /// just-in-time registration.
    ///
    /// # Errors
    /// [`TemplateError`]: it is no template, or one that takes what a subject can't give.
    pub fn register_authority(&mut self, der: &[u8], template: Option<&str>) -> Result<(), TemplateError> {
        let template = template.map(Template::just_in_time).transpose()?;
        self.authorities.insert(certificate::id(der), Authority { der: der.to_vec(), template });
        Ok(())
    }

    /// What AWS told applications of certificates that registered themselves since the last call.
    pub fn take_events(&mut self) -> Vec<Publish> {
        std::mem::take(&mut self.events)
    }

    /// Makes just-in-time provisioning take this long, in seconds.
    pub fn set_activation_delay(&mut self, seconds: u64) {
        self.activation_delay = seconds;
    }

    pub(super) fn activation_delay(&self) -> u64 {
        self.activation_delay
    }

    /// Creates a policy, or replaces it.
    ///
    /// # Errors
    /// [`PolicyError`]: it is none.
    pub fn create_policy(&mut self, name: &str, document: &str) -> Result<(), PolicyError> {
        // As whoever creates it has to.
        let document = document.replace("REGION", REGION).replace("ACCOUNT", ACCOUNT);
        self.keep_policy(name, Policy::parse(&document)?);
        Ok(())
    }

    pub(super) fn keep_policy(&mut self, name: &str, policy: Policy) {
        self.policies.insert(name.to_owned(), policy);
    }

    pub(super) fn has_policy(&self, name: &str) -> bool {
        self.policies.contains_key(name)
    }

    /// Creates a thing, if it is not there.
    pub fn create_thing(&mut self, name: &str) {
        self.things.entry(name.to_owned()).or_default();
    }

    /// Names of the things.
    pub fn things(&self) -> Vec<String> {
        self.things.keys().cloned().collect()
    }

    /// An attribute of a thing.
    pub fn attribute(&self, thing: &str, name: &str) -> Option<&str> {
        self.things.get(thing)?.attributes.get(name).map(String::as_str)
    }

    /// Attaches a policy to a certificate. Whether both are there.
    pub fn attach_policy(&mut self, certificate: &str, policy: &str) -> bool {
        let there = self.has_policy(policy);
        match self.certificates.get_mut(certificate) {
            Some(own) if there => own.policies.insert(policy.to_owned()) || there,
            _ => false,
        }
    }

    /// Attaches a certificate to a thing. Whether both are there.
    pub fn attach_thing(&mut self, certificate: &str, thing: &str) -> bool {
        let there = self.things.contains_key(thing);
        match self.certificates.get_mut(certificate) {
            Some(own) if there => own.things.insert(thing.to_owned()) || there,
            _ => false,
        }
    }

    /// Creates a template of fleet provisioning, or replaces it.
    ///
    /// # Errors
    /// [`TemplateError`]: it is none.
    pub fn create_template(&mut self, name: &str, document: &str) -> Result<(), TemplateError> {
        self.templates.insert(name.to_owned(), Template::fleet(document)?);
        Ok(())
    }

    /// Whether the certificate's policies permit an action on a resource: `client/ID`, `topic/T`, `topicfilter/F`.
    pub(super) fn permits(
        &self,
        certificate: &str,
        action: &str,
        resource: &str,
        variables: &Variables,
    ) -> bool {
        let Some(own) = self.certificates.get(certificate) else { return false };
        let policies = own.policies.iter().filter_map(|name| self.policies.get(name));
        policy::permit(policies, action, &format!("arn:aws:iot:{REGION}:{ACCOUNT}:{resource}"), variables)
    }

    /// See [`Service::shadow`](super::Service::shadow).
    pub(super) fn shadow(&self, thing: &str, name: &str, now: u64) -> Option<Value> {
        self.things.get(thing)?.shadows.get(name)?.document(now)
    }
}
