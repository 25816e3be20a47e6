//! The claim `acl`: lists of topics, which are all that is allowed, or rules of which the first that fits counts.

use serde_json::Value;

use crate::mqtt::topic;

/// What a client wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Publish,
    Subscribe,
}

#[derive(Debug, Clone)]
pub(super) struct Rules {
    list: Vec<Rule>,
    /// What no rule is about; none: somebody else decides.
    otherwise: Option<bool>,
}

#[derive(Debug, Clone)]
struct Rule {
    allows: bool,
    /// None: both.
    access: Option<Access>,
    topics: Vec<Topic>,
    qos: Option<Vec<u8>>,
    retain: Option<bool>,
}

#[derive(Debug, Clone)]
enum Topic {
    /// `eq TOPIC`: to the letter, wildcards and placeholders as they are.
    Exact(String),
    Filter(String),
}

impl Topic {
    fn parse(value: &Value, client_id: &str, user: &str) -> Result<Self, String> {
        let text = value.as_str().ok_or_else(|| format!("the acl's topic {value} is no text"))?;
        Ok(match text.strip_prefix("eq ") {
            Some(exact) => Self::Exact(exact.to_owned()),
            None => Self::Filter(text.replace("${clientid}", client_id).replace("${username}", user)),
        })
    }

    /// Whether it is about this topic, or about all that this filter means.
    fn covers(&self, path: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == path,
            Self::Filter(filter) => filter == path || topic::matches(filter, path, true),
        }
    }
}

impl Rules {
    pub(super) fn parse(value: &Value, client_id: &str, user: &str) -> Result<Self, String> {
        let topics = |value: &Value| match value {
            Value::Array(all) => all.iter().map(|one| Topic::parse(one, client_id, user)).collect(),
            one => Ok(vec![Topic::parse(one, client_id, user)?]),
        };
        let mut list = Vec::new();
        match value {
            Value::Object(lists) => {
                for (name, access) in
                    [("pub", Some(Access::Publish)), ("sub", Some(Access::Subscribe)), ("all", None)]
                {
                    if let Some(value) = lists.get(name) {
                        list.push(Rule {
                            allows: true,
                            access,
                            topics: topics(value)?,
                            qos: None,
                            retain: None,
                        });
                    }
                }
                Ok(Self { list, otherwise: Some(false) })
            }
            Value::Array(rules) => {
                for rule in rules {
                    let allows = match rule.get("permission").and_then(Value::as_str) {
                        Some("allow") => true,
                        Some("deny") => false,
                        _ => return Err(format!("the acl's rule {rule} has no permission allow or deny")),
                    };
                    let access = match rule.get("action").and_then(Value::as_str) {
                        Some("pub" | "publish") => Some(Access::Publish),
                        Some("sub" | "subscribe") => Some(Access::Subscribe),
                        Some("all") => None,
                        _ => {
                            return Err(format!(
                                "the acl's rule {rule} has no action publish, subscribe or all"
                            ));
                        }
                    };
                    let value = rule.get("topic").or_else(|| rule.get("topics"));
                    let value = value.ok_or_else(|| format!("the acl's rule {rule} has no topic"))?;
                    let (qos, retain) = (qos(rule)?, rule.get("retain").and_then(Value::as_bool));
                    list.push(Rule { allows, access, topics: topics(value)?, qos, retain });
                }
                Ok(Self { list, otherwise: None })
            }
            other => Err(format!("the acl {other} is neither lists nor rules")),
        }
    }

    /// What the rules say; none if they say nothing.
    pub(super) fn may(&self, access: Access, path: &str, qos: u8, retain: bool) -> Option<bool> {
        let fits = |rule: &&Rule| {
            rule.access.is_none_or(|own| own == access)
                && rule.qos.as_ref().is_none_or(|own| own.contains(&qos))
                && (access == Access::Subscribe || rule.retain.is_none_or(|own| own == retain))
                && rule.topics.iter().any(|topic| topic.covers(path))
        };
        self.list.iter().find(fits).map(|rule| rule.allows).or(self.otherwise)
    }
}

fn qos(rule: &Value) -> Result<Option<Vec<u8>>, String> {
    let wrong = || format!("the acl's rule {rule} has a QoS that there is not");
    let one = |value: &Value| {
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        number.and_then(|number| u8::try_from(number).ok()).filter(|number| *number <= 2).ok_or_else(wrong)
    };
    match rule.get("qos") {
        None => Ok(None),
        Some(Value::Array(all)) => all.iter().map(one).collect::<Result<_, _>>().map(Some),
        Some(value) => Ok(Some(vec![one(value)?])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The cases of EMQX's own test of it, in both forms.
    #[test]
    fn as_emqx_tests_it() {
        let topics = |name: &str| {
            json!([
                format!("eq test{name}1/${{username}}"),
                format!("test{name}2/${{clientid}}"),
                format!("test{name}3/#")
            ])
        };
        let lists = json!({"pub": topics("pub"), "sub": topics("sub"), "all": topics("all")});
        let rule = |action: &str| json!({"permission": "allow", "action": action, "topics": topics(action)});
        let rules = json!([rule("pub"), rule("sub"), rule("all")]);
        for acl in [lists, rules] {
            let rules = Rules::parse(&acl, "clientid", "username").unwrap();
            for (expected, path) in [
                (false, "testpub1/username"),
                (false, "testpub2/clientid"),
                (false, "testpub3/foobar"),
                (false, "testsub1/username"),
                (true, "testsub1/${username}"),
                (true, "testsub2/clientid"),
                (true, "testsub3/foobar"),
                (true, "testsub3/+/foobar"),
                (true, "testsub3/#"),
                (false, "testsub2/username"),
                (false, "testsub1/clientid"),
                (false, "testsub4/foobar"),
                (false, "testall1/username"),
                (true, "testall1/${username}"),
                (true, "testall2/clientid"),
                (true, "testall3/foobar"),
                (true, "testall3/+/foobar"),
                (true, "testall3/#"),
                (false, "testall4/foobar"),
            ] {
                let may = rules.may(Access::Subscribe, path, 0, false).unwrap_or(false);
                assert_eq!(may, expected, "{path} by {acl}");
            }
        }
        for invalid in [
            json!([{"permission": "invalid"}]),
            json!([{"permission": "allow", "action": "pub"}]),
            json!([{"permission": "invalid", "action": "pub", "topic": "t"}]),
            json!([{"permission": "allow", "action": "invalid", "topic": "t"}]),
            json!([{"permission": "allow", "action": "pub", "topics": ["t"], "qos": 3}]),
            json!("t"),
        ] {
            assert!(Rules::parse(&invalid, "", "").is_err(), "{invalid}");
        }
    }

    #[test]
    fn the_first_rule_that_fits_counts() {
        let rules = json!([
            {"permission": "deny", "action": "publish", "topic": "a/b"},
            {"permission": "allow", "action": "publish", "topic": "a/#", "qos": [0, 1], "retain": false},
        ]);
        let rules = Rules::parse(&rules, "", "").unwrap();
        for (path, qos, retain, expected) in [
            ("a/b", 1, false, Some(false)),
            ("a/c", 1, false, Some(true)),
            ("a/c", 2, false, None),
            ("a/c", 1, true, None),
            ("b", 0, false, None),
        ] {
            assert_eq!(rules.may(Access::Publish, path, qos, retain), expected, "{path}");
        }
    }
}
