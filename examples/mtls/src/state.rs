//! What the device does, and can be told to do.

use serde::Serialize;
use serde_json::Value;

/// What can be changed from the cloud. A board would have an LED and a timer behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct State {
    pub(crate) led: Led,
    /// Seconds between two telemetry messages.
    pub(crate) interval_s: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Led {
    Off,
    On,
}

impl Default for State {
    fn default() -> Self {
        Self { led: Led::Off, interval_s: 60 }
    }
}

impl State {
    /// Does what is desired. What was done, in words, and what was not understood.
    pub(crate) fn apply(&mut self, desired: &Value) -> Vec<String> {
        let Some(members) = desired.as_object() else {
            return vec![format!("a change has to be a JSON object; this is ignored: {desired}")];
        };
        members.iter().filter_map(|(name, value)| self.set(name, value)).collect()
    }

    fn set(&mut self, name: &str, value: &Value) -> Option<String> {
        match (name, value) {
            ("led", Value::String(text)) if text == "on" => {
                self.led = Led::On;
                Some("the LED is on".into())
            }
            ("led", Value::String(text)) if text == "off" => {
                self.led = Led::Off;
                Some("the LED is off".into())
            }
            ("interval_s", Value::Number(number)) => {
                match number.as_u64().and_then(|seconds| u32::try_from(seconds).ok()).filter(|s| *s > 0) {
                    Some(seconds) => {
                        self.interval_s = seconds;
                        Some(format!("telemetry goes out every {seconds} s"))
                    }
                    None => Some(format!(
                        "interval_s is {value}, no number of seconds; it stays {}",
                        self.interval_s
                    )),
                }
            }
            // Of the cloud's own.
            (name, _) if name.starts_with('$') => None,
            (name, value) => Some(format!("{name} = {value} is not known here, and ignored")),
        }
    }

    /// As it is reported.
    pub(crate) fn json(&self) -> Value {
        let led = if self.led == Led::On { "on" } else { "off" };
        serde_json::json!({ "led": led, "interval_s": self.interval_s })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_understood_is_done() {
        let mut state = State::default();
        assert_eq!(state.json(), json!({"led": "off", "interval_s": 60}));
        let done = state.apply(&json!({"led": "on", "interval_s": 5, "$version": 3}));
        assert_eq!(done, ["telemetry goes out every 5 s", "the LED is on"]);
        assert_eq!(state.json(), json!({"led": "on", "interval_s": 5}));
        state.apply(&json!({"led": "off"}));
        assert_eq!(state.json(), json!({"led": "off", "interval_s": 5}));
    }

    #[test]
    fn what_is_not_understood_changes_nothing() {
        for (desired, words) in [
            (json!({"led": "blue"}), "led = \"blue\" is not known"),
            (json!({"led": 1}), "not known"),
            (json!({"interval_s": 0}), "stays 60"),
            (json!({"interval_s": -1}), "stays 60"),
            (json!({"interval_s": 5_000_000_000_u64}), "stays 60"),
            (json!({"fan": "on"}), "fan"),
            (json!("on"), "has to be a JSON object"),
            (json!(null), "has to be a JSON object"),
        ] {
            let mut state = State::default();
            let said = state.apply(&desired);
            assert_eq!((state, said.len()), (State::default(), 1), "{desired}");
            assert!(said[0].contains(words), "{said:?}");
        }
        assert!(State::default().apply(&json!({})).is_empty());
    }
}
