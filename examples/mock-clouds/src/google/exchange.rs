//! The Security Token Service where it asks for a certificate.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use mock_servers::google::answer::{Outcome, Refusal};
use mock_servers::google::condition::{self, Facts};
use mock_servers::google::{Pool, granted};
use rustls::pki_types::CertificateDer;

use super::ask::Ask;
use super::rule::Rule;
use super::{Exchanged, Provider, Service, assertion, chain};
use crate::{Peer, lock};

/// Longest `google.subject`, in bytes.
const SUBJECT_MAX: usize = 127;

fn grant_error(why: impl AsRef<str>) -> Refusal {
    Refusal::oauth("invalid_grant", format!("The certificate is not accepted: {}.", why.as_ref()))
}

impl Service {
    /// An access token for a certificate.
    pub(super) fn exchange(&self, ask: &Ask, peer: &Peer) -> Outcome {
        let invalid = |description: &str| Refusal::oauth("invalid_request", description);
        let wrong = |rule, wrong| self.off.check(rule, wrong);
        let expected = |what, text| format!("urn:ietf:params:oauth:{what}:{text}");
        if wrong(Rule::GrantType, ask.grant_type != expected("grant-type", "token-exchange")) {
            return Err(Refusal::oauth("unsupported_grant_type", "Unsupported grant type."));
        }
        if wrong(Rule::RequestedType, ask.requested_token_type != expected("token-type", "access_token")) {
            return Err(invalid("Invalid requested token type."));
        }
        if wrong(Rule::TokenType, ask.subject_token_type != expected("token-type", "mtls")) {
            return Err(invalid("Invalid subject token type."));
        }
        let provider = self.provider(&ask.audience)?;
        let scope = ask.scope.strip_prefix("https://www.googleapis.com/auth/");
        if wrong(Rule::Scope, scope.is_none_or(|scope| scope.is_empty() || scope.contains(' '))) {
            return Err(Refusal::oauth(
                "invalid_scope",
                "Invalid OAuth scope or ID token audience provided.",
            ));
        }
        let subject = self.subject(&provider, ask, peer)?;
        let fingerprint = ask.options()?.bind_cert_fingerprint;
        if let Some(text) = &fingerprint {
            let read = Base64UrlUnpadded::decode_vec(text).is_ok_and(|bytes| bytes.len() == 32);
            if wrong(Rule::Fingerprint, !read) {
                return Err(invalid("bindCertFingerprint must be a SHA-256 in 43 characters of base64url."));
            }
        }
        let number = self.base.rules().project_number;
        let principal = Pool::new(&provider.pool, Vec::new()).principal(number, &subject);
        let (token, lifetime) = self.base.grant(&principal, &ask.scope);
        lock(&self.shared.seen).exchanged.push(Exchanged {
            principal,
            peer: peer.clone(),
            bound: fingerprint.is_some(),
        });
        if let Some(fingerprint) = fingerprint {
            lock(&self.shared.bound).insert(token.clone(), fingerprint);
        }
        Ok(granted(&token, lifetime))
    }

    fn provider(&self, audience: &str) -> Result<Provider, Refusal> {
        let number = self.base.rules().project_number;
        let providers = lock(&self.shared.providers);
        let named = providers.iter().find(|provider| provider.name(number) == audience);
        let any = || if self.off.check(Rule::Audience, true) { None } else { providers.first() };
        named.or_else(any).cloned().ok_or_else(|| {
            Refusal::oauth(
                "invalid_target",
                "The target service indicated by the \"audience\" parameters is invalid. This might either be \
                 because the pool or provider is disabled or deleted or because it doesn't exist.",
            )
        })
    }

    /// Whose certificate it is, if it is one to be taken.
    fn subject(&self, provider: &Provider, ask: &Ask, peer: &Peer) -> Result<String, Refusal> {
        if self.off.check(Rule::ClientCertificate, peer.chain.is_empty()) {
            return Err(Refusal::oauth(
                "invalid_client",
                "The TLS handshake has shown no client certificate.",
            ));
        }
        let sent = match subject_token(&ask.subject_token) {
            Err(why) if self.off.check(Rule::SubjectToken, true) => return Err(grant_error(why)),
            Err(_) => peer.chain.clone(),
            Ok(sent) => sent,
        };
        let [own, above @ ..] = &sent[..] else {
            return Err(grant_error("there is none"));
        };
        let same = peer.chain.first().is_none_or(|shown| shown == own);
        if self.off.check(Rule::SameCertificate, !same) {
            return Err(grant_error("the handshake has shown another one than the first of subject_token"));
        }
        let own = chain::read(own).map_err(grant_error)?;
        let now = self.base.now();
        chain::client(&own.certificate, now, &self.off).map_err(grant_error)?;
        chain::path(&own, above, &provider.trust, now, &self.off).map_err(grant_error)?;
        let assertion = assertion::of(own.der, &own.certificate);
        let mut facts = Facts { assertion: &assertion, subject: None };
        let subject = condition::text(&provider.subject, facts);
        let short = subject.as_ref().is_ok_and(|subject| (1..=SUBJECT_MAX).contains(&subject.len()));
        if self.off.check(Rule::Subject, !short) {
            let why = subject.err().map(|why| format!(" ({why})")).unwrap_or_default();
            return Err(Refusal::oauth(
                "invalid_request",
                format!("The mapped attribute google.subject must have 1 to {SUBJECT_MAX} bytes{why}."),
            ));
        }
        let subject = subject.unwrap_or_default();
        facts.subject = Some(&subject);
        if let Some(condition) = &provider.condition {
            let holds = condition::holds(condition, facts);
            if self.off.check(Rule::Condition, holds != Ok(true)) {
                let why = holds.err().map(|why| format!(" ({why})")).unwrap_or_default();
                return Err(Refusal::oauth(
                    "unauthorized_client",
                    format!("The given credential is rejected by the attribute condition.{why}"),
                ));
            }
        }
        Ok(subject)
    }
}

/// Certificates in an array that is written as one text.
fn subject_token(text: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let array: Vec<String> = serde_json::from_str(text)
        .map_err(|error| format!("subject_token is no array of texts ({error})"))?;
    let decode = |text: &String| {
        let der =
            Base64::decode_vec(text).map_err(|error| format!("a certificate is no base64 ({error})"))?;
        Ok(CertificateDer::from(der))
    };
    array.iter().map(decode).collect()
}
