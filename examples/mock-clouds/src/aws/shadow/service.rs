//! What is answered to requests, and published because of them.

use serde_json::{Map, Value, json};

use super::{depth, merge, stamps};
use crate::aws::{Aws, Rule};
use crate::lock;
use crate::mqtt::Publish;

/// Longest document, in bytes of its state.
const SIZE_MAX: usize = 8 * 1024;
/// Most levels of objects and arrays in a document.
const DEPTH_MAX: usize = 6;
/// Longest client token, in bytes.
const TOKEN_MAX: usize = 64;
/// Longest name of a shadow, in bytes.
const NAME_MAX: usize = 64;

/// What is refused: status code and AWS's words.
struct Rejection(u16, String);

impl Rejection {
    fn new(code: u16, message: impl Into<String>) -> Self {
        Self(code, message.into())
    }
}

/// An update that is taken.
struct Accepted {
    /// Under `accepted`.
    document: Value,
    /// What is published besides, by the last level of its topic.
    more: Vec<(&'static str, Value)>,
}

/// The parts of an update.
struct Update {
    desired: Option<Value>,
    reported: Option<Value>,
    version: Option<u64>,
    token: Option<Value>,
}

impl Aws {
    /// What is answered to a publish under `$aws/things/THING/shadow/`; none: there is no such topic.
    pub(in crate::aws) fn shadow_topic(&self, topic: &str, payload: &[u8]) -> Option<Vec<Publish>> {
        let (thing, rest) = topic.strip_prefix("$aws/things/")?.split_once("/shadow/")?;
        let (name, verb) = match rest.strip_prefix("name/") {
            Some(named) => named.split_once('/')?,
            None => ("", rest),
        };
        let prefix = topic.strip_suffix(verb)?;
        let (answer, more) = match verb {
            "get" => (self.shadow_got(thing, name, payload), Vec::new()),
            "update" => {
                let (answer, more) = self.shadow_updated(thing, name, payload);
                (answer, more)
            }
            "delete" => (self.shadow_deleted(thing, name, payload), Vec::new()),
            _ => return None,
        };
        // An update has said it itself.
        if verb == "update" {
            return Some(more);
        }
        Some(vec![answered(prefix, verb, &answer)])
    }

    fn shadow_got(&self, thing: &str, name: &str, payload: &[u8]) -> Result<Value, Value> {
        let token = self.token(payload)?;
        let document = lock(&self.registry).shadow(thing, name, self.now());
        let mut document = document.ok_or_else(|| self.rejected(&missing(thing, name), token.as_ref()))?;
        if let Some(token) = token {
            document["clientToken"] = token;
        }
        Ok(document)
    }

    fn shadow_deleted(&self, thing: &str, name: &str, payload: &[u8]) -> Result<Value, Value> {
        let token = self.token(payload)?;
        let mut registry = lock(&self.registry);
        let shadow = registry.things.get_mut(thing).and_then(|thing| thing.shadows.get_mut(name));
        let Some(shadow) = shadow.filter(|shadow| shadow.state.is_some()) else {
            return Err(self.rejected(&missing(thing, name), token.as_ref()));
        };
        shadow.state = None;
        let mut answer = json!({"version": shadow.version, "timestamp": self.now()});
        if let Some(token) = token {
            answer["clientToken"] = token;
        }
        Ok(answer)
    }

    /// The token of a request that may be empty.
    fn token(&self, payload: &[u8]) -> Result<Option<Value>, Value> {
        if payload.is_empty() {
            return Ok(None);
        }
        let read: Result<Value, _> = serde_json::from_slice(payload);
        let value = read.map_err(|_| self.rejected(&Rejection::new(400, "Invalid JSON"), None))?;
        let token = value.get("clientToken").cloned();
        self.check_token(token.as_ref()).map_err(|rejection| self.rejected(&rejection, None))?;
        Ok(token)
    }

    fn check_token(&self, token: Option<&Value>) -> Result<(), Rejection> {
        let good = token.is_none_or(|token| token.as_str().is_some_and(|token| token.len() <= TOKEN_MAX));
        if good || !self.holds(Rule::ClientToken) {
            Ok(())
        } else {
            Err(Rejection::new(400, "Invalid clientToken"))
        }
    }

    /// What is answered to an update, and everything that is published because of it.
    pub(in crate::aws) fn shadow_updated(
        &self,
        thing: &str,
        name: &str,
        payload: &[u8],
    ) -> (Result<Value, Value>, Vec<Publish>) {
        let middle = if name.is_empty() { String::new() } else { format!("name/{name}/") };
        let prefix = format!("$aws/things/{thing}/shadow/{middle}");
        let token =
            serde_json::from_slice(payload).ok().and_then(|value: Value| value.get("clientToken").cloned());
        match self.updated(thing, name, payload) {
            Ok(Accepted { document: accepted, more }) => {
                let mut messages = vec![answered(&prefix, "update", &Ok(accepted.clone()))];
                for (verb, mut document) in more {
                    if let Some(token) = &token {
                        document["clientToken"] = token.clone();
                    }
                    messages.push(message(format!("{prefix}update/{verb}"), &document));
                }
                (Ok(accepted), messages)
            }
            Err(rejection) => {
                let answer = Err(self.rejected(&rejection, token.as_ref()));
                (answer.clone(), vec![answered(&prefix, "update", &answer)])
            }
        }
    }

    fn updated(&self, thing: &str, name: &str, payload: &[u8]) -> Result<Accepted, Rejection> {
        let update = self.read_update(payload)?;
        self.check_name(name)?;
        let now = self.now();
        let mut registry = lock(&self.registry);
        if !registry.things.contains_key(thing) {
            if self.holds(Rule::ShadowThing) {
                return Err(Rejection::new(404, "Thing not found"));
            }
            registry.create_thing(thing);
        }
        let shadows = registry.things.get_mut(thing).map(|thing| &mut thing.shadows);
        let shadow = shadows
            .ok_or_else(|| Rejection::new(404, "Thing not found"))?
            .entry(name.to_owned())
            .or_default();
        if update.version.is_some_and(|version| version != shadow.version) && self.holds(Rule::ShadowVersion)
        {
            return Err(Rejection::new(409, "Version conflict"));
        }
        let mut state = shadow.state.clone().unwrap_or_default();
        let mut sent = Map::new();
        let mut metadata = Map::new();
        for (part, new) in [("desired", &update.desired), ("reported", &update.reported)] {
            let Some(new) = new else { continue };
            let own = if part == "desired" { &mut state.desired } else { &mut state.reported };
            match new {
                Value::Object(new) => merge(own, new),
                _ => own.clear(),
            }
            if own.is_empty() {
                state.metadata.remove(part);
            } else {
                let stamped = Map::from_iter([(part.to_owned(), stamps(new, now))]);
                merge(&mut state.metadata, &stamped);
            }
            sent.insert(part.into(), new.clone());
            metadata.insert(part.into(), stamps(new, now));
        }
        if state.value().to_string().len() > SIZE_MAX && self.holds(Rule::ShadowSize) {
            return Err(Rejection::new(413, "The payload exceeds the maximum size allowed"));
        }
        let previous = shadow.state.clone().unwrap_or_default();
        let version = shadow.version + 1;
        let documents = json!({
            "previous": {"state": previous.value(), "metadata": previous.metadata, "version": shadow.version},
            "current": {"state": state.value(), "metadata": state.metadata, "version": version},
            "timestamp": now,
        });
        (shadow.state, shadow.version) = (Some(state.clone()), version);
        let mut accepted = json!({"state": sent, "metadata": metadata, "version": version, "timestamp": now});
        if let Some(token) = update.token {
            accepted["clientToken"] = token;
        }
        let mut more = vec![("documents", documents)];
        let delta = state.delta();
        if !delta.is_empty() {
            let stamped = stamps(&Value::Object(delta.clone()), now);
            let value = json!({"state": delta, "metadata": stamped, "version": version, "timestamp": now});
            more.insert(0, ("delta", value));
        }
        Ok(Accepted { document: accepted, more })
    }

    fn read_update(&self, payload: &[u8]) -> Result<Update, Rejection> {
        if std::str::from_utf8(payload).is_err() {
            return Err(Rejection::new(415, "Unsupported documented encoding; supported encoding is UTF-8"));
        }
        let value: Value =
            serde_json::from_slice(payload).map_err(|_| Rejection::new(400, "Invalid JSON"))?;
        if depth(&value) > DEPTH_MAX && self.holds(Rule::ShadowDepth) {
            let message = format!("JSON contains too many levels of nesting; maximum is {DEPTH_MAX}");
            return Err(Rejection::new(400, message));
        }
        let strict = self.holds(Rule::ShadowState);
        let state = match value.get("state") {
            None if strict => return Err(Rejection::new(400, "Missing required node: state")),
            Some(state) if strict && !state.is_object() => {
                return Err(Rejection::new(400, "State node must be an object"));
            }
            state => state,
        };
        let part = |name: &str, words: &str| match state.and_then(|state| state.get(name)) {
            Some(value) if strict && !value.is_object() && !value.is_null() => {
                Err(Rejection::new(400, format!("{words} node must be an object")))
            }
            part => Ok(part.cloned()),
        };
        let (desired, reported) = (part("desired", "Desired")?, part("reported", "Reported")?);
        let others = state.and_then(Value::as_object).into_iter().flatten();
        if strict && others.map(|(name, _)| name).any(|name| name != "desired" && name != "reported") {
            return Err(Rejection::new(400, "State contains an invalid node"));
        }
        let version = match value.get("version") {
            None | Some(Value::Null) => None,
            Some(version) => Some(version.as_u64().ok_or_else(|| Rejection::new(400, "Invalid version"))?),
        };
        let token = value.get("clientToken").cloned();
        self.check_token(token.as_ref())?;
        Ok(Update { desired, reported, version, token })
    }

    fn check_name(&self, name: &str) -> Result<(), Rejection> {
        let good = name.len() <= NAME_MAX
            && name.chars().all(|c| c.is_ascii_alphanumeric() || [':', '_', '-'].contains(&c));
        if good || !self.holds(Rule::ShadowName) {
            Ok(())
        } else {
            Err(Rejection::new(400, format!("Invalid shadow name {name:?}")))
        }
    }

    fn rejected(&self, Rejection(code, message): &Rejection, token: Option<&Value>) -> Value {
        let mut value = json!({"code": code, "message": message, "timestamp": self.now()});
        if let Some(token) = token {
            value["clientToken"] = token.clone();
        }
        value
    }
}

fn missing(thing: &str, name: &str) -> Rejection {
    Rejection::new(
        404,
        format!("No shadow exists with name: '{}'", if name.is_empty() { thing } else { name }),
    )
}

fn answered(prefix: &str, verb: &str, answer: &Result<Value, Value>) -> Publish {
    let (how, document) = match answer {
        Ok(document) => ("accepted", document),
        Err(document) => ("rejected", document),
    };
    message(format!("{prefix}{verb}/{how}"), document)
}

fn message(topic: String, document: &Value) -> Publish {
    Publish::new(topic, document.to_string()).at_least_once()
}
