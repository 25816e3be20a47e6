//! Policies: which client id, topics and filters a certificate may use.

use serde::Deserialize;
use serde_json::Value;

/// A policy document, as JSON has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    #[serde(rename = "Version")]
    version: String,
    #[serde(rename = "Statement")]
    statements: Vec<Statement>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Statement {
    #[serde(rename = "Sid")]
    _name: Option<String>,
    effect: Effect,
    action: OneOrMore,
    resource: OneOrMore,
    condition: Option<Condition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Effect {
    Allow,
    Deny,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

/// The only condition known here: whether the certificate is attached to the thing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    #[serde(rename = "Bool")]
    bool: AttachedCondition,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttachedCondition {
    #[serde(rename = "iot:Connection.Thing.IsAttached")]
    attached: OneOrMore,
}

/// A document that AWS would not take as a policy, or that the mock does not understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError(pub String);

impl std::fmt::Display for PolicyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no policy: {}", self.0)
    }
}

impl std::error::Error for PolicyError {}

/// Actions on MQTT.
const ACTIONS: &[&str] =
    &["iot:Connect", "iot:Publish", "iot:RetainPublish", "iot:Subscribe", "iot:Receive", "iot:*"];
/// Variables of policies.
const VARIABLES: &[&str] =
    &["iot:Connection.Thing.ThingName", "iot:ClientId", "iot:Certificate.Subject.CommonName"];

/// What a policy's variables stand for in a connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables {
    pub(super) client_id: String,
    /// The thing with the client id as its name, if there is one that the certificate is attached to.
    pub(super) thing: Option<String>,
    pub(super) common_name: Option<String>,
}

impl Variables {
    fn value(&self, name: &str) -> Option<&str> {
        match name {
            "iot:Connection.Thing.ThingName" => self.thing.as_deref(),
            "iot:ClientId" => Some(&self.client_id),
            "iot:Certificate.Subject.CommonName" => self.common_name.as_deref(),
            _ => None,
        }
    }
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`PolicyError`]: what it is not.
    pub fn parse(document: &str) -> Result<Self, PolicyError> {
        let policy: Self = serde_json::from_str(document).map_err(|error| PolicyError(error.to_string()))?;
        if policy.version != "2012-10-17" {
            return Err(PolicyError(format!("version {:?}", policy.version)));
        }
        for statement in &policy.statements {
            if let Some(other) = statement.action.all().iter().find(|own| !ACTIONS.contains(&own.as_str())) {
                return Err(PolicyError(format!("action {other:?}")));
            }
            for resource in statement.resource.all() {
                if resource != "*" && !resource.starts_with("arn:aws:iot:") {
                    return Err(PolicyError(format!("resource {resource:?}")));
                }
                let names =
                    resource.split("${").skip(1).map(|rest| rest.split('}').next().unwrap_or_default());
                if let Some(other) = names.into_iter().find(|name| !VARIABLES.contains(name)) {
                    return Err(PolicyError(format!("variable {other:?}")));
                }
            }
        }
        Ok(policy)
    }

    /// The same, from the value of a template.
    pub(super) fn from_value(document: &Value) -> Result<Self, PolicyError> {
        // Just-in-time templates have it as a string.
        document.as_str().map_or_else(|| Self::parse(&document.to_string()), Self::parse)
    }
}

/// Whether policies together permit an action: one must, none may forbid it.
pub(super) fn permit<'p>(
    policies: impl Iterator<Item = &'p Policy>,
    action: &str,
    resource: &str,
    variables: &Variables,
) -> bool {
    let mut allowed = false;
    for statement in policies.flat_map(|policy| &policy.statements) {
        let attached = if variables.thing.is_some() { "true" } else { "false" };
        let holds = statement.action.all().iter().any(|own| own == action || own == "iot:*")
            && statement.resource.all().iter().any(|own| covers(own, resource, variables))
            && statement
                .condition
                .as_ref()
                .is_none_or(|own| own.bool.attached.all().iter().any(|v| v == attached));
        match statement.effect {
            Effect::Deny if holds => return false,
            Effect::Allow => allowed |= holds,
            Effect::Deny => {}
        }
    }
    allowed
}

/// Whether a resource of a policy covers one. A variable without a value covers nothing, and none is a wildcard.
fn covers(pattern: &str, resource: &str, variables: &Variables) -> bool {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        pieces.extend(before.chars().map(Piece::of));
        let Some((name, after)) = after.split_once('}') else { return false };
        let Some(value) = variables.value(name) else { return false };
        pieces.extend(value.chars().map(Piece::Exactly));
        rest = after;
    }
    pieces.extend(rest.chars().map(Piece::of));
    let resource: Vec<char> = resource.chars().collect();
    fits(&pieces, &resource)
}

#[derive(Clone, Copy)]
enum Piece {
    Exactly(char),
    AnyOne,
    AnyMany,
}

impl Piece {
    fn of(c: char) -> Self {
        match c {
            '*' => Self::AnyMany,
            '?' => Self::AnyOne,
            c => Self::Exactly(c),
        }
    }
}

fn fits(pattern: &[Piece], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, first) => first.is_none(),
        (Some((Piece::AnyMany, later)), _) => (0..=text.len()).any(|skip| fits(later, &text[skip..])),
        (Some((Piece::AnyOne, later)), Some((_, rest))) => fits(later, rest),
        (Some((Piece::Exactly(c), later)), Some((first, rest))) => c == first && fits(later, rest),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": "arn:aws:iot:r:1:client/${iot:Connection.Thing.ThingName}",
         "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": ["true"]}}},
        {"Effect": "Allow", "Action": ["iot:Publish"], "Resource": ["arn:aws:iot:r:1:topic/${iot:ClientId}/?/*"]},
        {"Effect": "Deny", "Action": "iot:*", "Resource": "arn:aws:iot:r:1:topic/*/secret"}]}"#;

    #[test]
    fn what_is_permitted() {
        let policy = Policy::parse(DOCUMENT).unwrap();
        let attached = Variables { client_id: "dev".into(), thing: Some("dev".into()), common_name: None };
        let alone = Variables { thing: None, ..attached.clone() };
        for (action, resource, variables, expected) in [
            ("iot:Connect", "client/dev", &attached, true),
            ("iot:Connect", "client/other", &attached, false),
            ("iot:Connect", "client/dev", &alone, false),
            ("iot:Publish", "topic/dev/a/b/c", &attached, true),
            ("iot:Publish", "topic/dev/a/b/c", &alone, true),
            ("iot:Publish", "topic/dev/ab/c", &attached, false),
            ("iot:Publish", "topic/dev/a/secret", &attached, false),
            ("iot:Subscribe", "topic/dev/a/b", &attached, false),
        ] {
            let resource = format!("arn:aws:iot:r:1:{resource}");
            let permitted = permit(std::iter::once(&policy), action, &resource, variables);
            assert_eq!(permitted, expected, "{action} {resource}");
        }
    }

    #[test]
    fn a_name_is_no_wildcard() {
        let star = Variables { client_id: "*".into(), ..Variables::default() };
        assert!(!covers("x/${iot:ClientId}", "x/anything", &star));
        assert!(covers("x/${iot:ClientId}", "x/*", &star));
    }

    #[test]
    fn what_is_no_policy() {
        for (from, to, expected) in [
            ("2012-10-17", "2020-01-01", "version"),
            ("iot:Publish", "iot:Shout", "action"),
            ("arn:aws:iot:r:1:topic/*/secret", "topic/x", "resource"),
            ("iot:ClientId", "iot:Nothing", "variable"),
            ("\"Effect\": \"Deny\"", "\"Effect\": \"Perhaps\"", "Perhaps"),
            ("\"Deny\",", "\"Deny\", \"Principal\": \"*\",", "Principal"),
        ] {
            let error = Policy::parse(&DOCUMENT.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
