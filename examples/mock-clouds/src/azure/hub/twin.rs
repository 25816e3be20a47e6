//! A device's twin.

use serde_json::{Map, Value, json};

/// Desired and reported properties, each with its version.
#[derive(Debug, Clone, PartialEq)]
pub struct Twin {
    /// What the back end wants.
    pub desired: Map<String, Value>,
    /// What the device says.
    pub reported: Map<String, Value>,
    /// Counts changes of `desired`, from 1.
    pub desired_version: u64,
    /// Counts changes of `reported`, from 1.
    pub reported_version: u64,
}

impl Default for Twin {
    fn default() -> Self {
        Self { desired: Map::new(), reported: Map::new(), desired_version: 1, reported_version: 1 }
    }
}

impl Twin {
    /// Both parts, as a device gets them.
    pub fn to_json(&self) -> Value {
        let part = |properties: &Map<String, Value>, version: u64| {
            let mut all = properties.clone();
            all.insert("$version".into(), version.into());
            Value::Object(all)
        };
        json!({
            "desired": part(&self.desired, self.desired_version),
            "reported": part(&self.reported, self.reported_version),
        })
    }

    /// A change by the back end; what the device is told. None if it is no object or names what is the hub's (`$`).
    pub(super) fn desire(&mut self, patch: &Value) -> Option<Value> {
        let patch = properties(patch)?;
        merge(&mut self.desired, patch);
        self.desired_version += 1;
        let mut change = patch.clone();
        change.insert("$version".into(), self.desired_version.into());
        Some(Value::Object(change))
    }

    /// A change by the device; the new version.
    pub(super) fn report(&mut self, patch: &Value) -> Option<u64> {
        merge(&mut self.reported, properties(patch)?);
        self.reported_version += 1;
        Some(self.reported_version)
    }
}

fn properties(patch: &Value) -> Option<&Map<String, Value>> {
    patch.as_object().filter(|patch| patch.keys().all(|name| !name.starts_with('$')))
}

/// Members are added or replaced, objects merged, `null` removes.
fn merge(into: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch {
        match (into.get_mut(name), value) {
            (_, Value::Null) => {
                into.remove(name);
            }
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            _ => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_merged_and_counted() {
        let mut twin = Twin::default();
        let told = twin.desire(&json!({"interval": 5, "led": {"r": 1, "g": 2}})).unwrap();
        assert_eq!(told, json!({"interval": 5, "led": {"r": 1, "g": 2}, "$version": 2}));
        twin.desire(&json!({"interval": null, "led": {"g": 3}})).unwrap();
        assert_eq!(Value::Object(twin.desired.clone()), json!({"led": {"r": 1, "g": 3}}));
        assert_eq!(twin.report(&json!({"battery": 55})), Some(2));
        assert_eq!(twin.report(&json!([1])), None);
        assert_eq!(twin.report(&json!({"$version": 1})), None);
        assert_eq!(
            twin.to_json(),
            json!({"desired": {"led": {"r": 1, "g": 3}, "$version": 3}, "reported": {"battery": 55, "$version": 2}})
        );
    }
}
