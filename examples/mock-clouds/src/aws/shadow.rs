//! Shadows: what a thing reports, what is desired of it, and what lies between.

mod service;

use serde_json::{Map, Value, json};

/// A thing's shadow.
#[derive(Debug, Default, Clone)]
pub(super) struct Shadow {
    /// None: deleted, and its version goes on.
    state: Option<State>,
    version: u64,
}

#[derive(Debug, Default, Clone)]
struct State {
    desired: Map<String, Value>,
    reported: Map<String, Value>,
    /// When what was written, under `desired` and `reported`.
    metadata: Map<String, Value>,
}

impl State {
    fn value(&self) -> Value {
        let mut state = Map::new();
        for (name, part) in [("desired", &self.desired), ("reported", &self.reported)] {
            if !part.is_empty() {
                state.insert(name.into(), Value::Object(part.clone()));
            }
        }
        Value::Object(state)
    }

    /// What is desired and not reported.
    fn delta(&self) -> Map<String, Value> {
        difference(&self.desired, &self.reported)
    }
}

impl Shadow {
    /// As `/get/accepted` has it.
    pub(super) fn document(&self, now: u64) -> Option<Value> {
        let own = self.state.as_ref()?;
        let mut state = own.value();
        if let (delta, Value::Object(state)) = (own.delta(), &mut state)
            && !delta.is_empty()
        {
            state.insert("delta".into(), Value::Object(delta));
        }
        Some(json!({"state": state, "metadata": own.metadata, "version": self.version, "timestamp": now}))
    }
}

/// `wanted` where `there` is otherwise.
fn difference(wanted: &Map<String, Value>, there: &Map<String, Value>) -> Map<String, Value> {
    let mut differs = Map::new();
    for (name, value) in wanted {
        match (value, there.get(name)) {
            (Value::Object(value), Some(Value::Object(there))) => {
                let inner = difference(value, there);
                if !inner.is_empty() {
                    differs.insert(name.clone(), Value::Object(inner));
                }
            }
            (value, there) if there != Some(value) => {
                differs.insert(name.clone(), value.clone());
            }
            _ => {}
        }
    }
    differs
}

/// Writes into a document: objects are merged, null removes, all else replaces.
fn merge(into: &mut Map<String, Value>, new: &Map<String, Value>) {
    for (name, value) in new {
        match value {
            Value::Null => {
                into.remove(name);
            }
            Value::Object(value) => {
                let inner = into.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
                if !inner.is_object() {
                    *inner = Value::Object(Map::new());
                }
                if let Value::Object(inner) = inner {
                    merge(inner, value);
                }
            }
            value => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

/// The same with a time in place of each value.
fn stamps(value: &Value, now: u64) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(name, value)| (name.clone(), stamps(value, now))).collect())
        }
        Value::Array(all) => Value::Array(all.iter().map(|value| stamps(value, now)).collect()),
        Value::Null => Value::Null,
        _ => json!({"timestamp": now}),
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        Value::Array(all) => 1 + all.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
