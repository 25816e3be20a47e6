//! Workload identity pools: who is let in, and by what name policies know him.

use super::{Shared, lock};

/// A workload identity pool.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Its id.
    pub id: String,
    /// Its providers.
    pub providers: Vec<Provider>,
}

/// A pool's provider, of OpenID Connect with uploaded keys.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its id.
    pub id: String,
    /// `--issuer-uri`
    pub issuer: String,
    /// `--allowed-audiences`; without any, the provider's full name is the one.
    pub audiences: Vec<String>,
    /// `--attribute-mapping`: what `google.subject` is made of.
    pub subject: String,
    /// `--attribute-condition`
    pub condition: Option<String>,
}

impl Provider {
    /// Takes the token's subject for the identity, without a condition.
    pub fn new(id: &str, issuer: &str) -> Self {
        Self {
            id: id.to_owned(),
            issuer: issuer.to_owned(),
            audiences: vec![],
            subject: "assertion.sub".to_owned(),
            condition: None,
        }
    }

    /// The same with a condition on the token's claims.
    #[must_use]
    pub fn with_condition(self, condition: &str) -> Self {
        Self { condition: Some(condition.to_owned()), ..self }
    }
}

impl Pool {
    /// A pool with these providers.
    pub fn new(id: &str, providers: Vec<Provider>) -> Self {
        Self { id: id.to_owned(), providers }
    }

    fn path(&self, project_number: u64) -> String {
        format!(
            "//iam.googleapis.com/projects/{project_number}/locations/global/workloadIdentityPools/{}",
            self.id
        )
    }

    /// An identity's name in policies. It says nothing of the provider that has let it in.
    pub fn principal(&self, project_number: u64, subject: &str) -> String {
        format!("principal:{}/subject/{subject}", self.path(project_number))
    }
}

/// The provider of this full name, if there is one that is not switched off, and its pool.
pub(super) fn find<'s>(shared: &'s Shared, name: &str) -> Option<(&'s Pool, &'s Provider)> {
    if lock(&shared.disabled).contains(name) {
        return None;
    }
    let number = shared.rules.project_number;
    shared.rules.pools.iter().find_map(|pool| {
        let id = name.strip_prefix(&pool.path(number))?.strip_prefix("/providers/")?;
        Some((pool, pool.providers.iter().find(|provider| provider.id == id)?))
    })
}

/// Whether a policy with these members means this one.
pub(super) fn is_among(principal: &str, members: &[String]) -> bool {
    members.iter().any(|member| {
        let everybody = member.strip_prefix("principalSet:").and_then(|set| set.strip_suffix('*'));
        let own = principal.strip_prefix("principal:");
        member == principal || everybody.is_some_and(|pool| own.is_some_and(|own| own.starts_with(pool)))
    })
}
