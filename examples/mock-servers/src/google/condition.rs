//! Attribute mappings and conditions: as much of the Common Expression Language as they need.
//!
//! `assertion` is what the device shows: of a token its claims and nothing else. Neither the header's `kid` nor which
//! key has signed can be asked for, so no condition ties a key to a token's subject.

use serde_json::Value;

/// What an expression may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The token's claims, or what a certificate says.
    pub assertion: &'a Value,
    /// What the mapping has made of them; none while it is being made.
    pub subject: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Text(String),
    Truth(bool),
    List(Vec<Term>),
}

/// Whether a condition holds.
///
/// # Errors
/// It can't be evaluated, so it does not hold.
pub fn holds(condition: &str, facts: Facts<'_>) -> Result<bool, String> {
    match evaluate(condition, facts)? {
        Term::Truth(truth) => Ok(truth),
        other => Err(format!("{other:?} is neither true nor false")),
    }
}

/// The text that a mapping gives.
///
/// # Errors
/// It gives none.
pub fn text(mapping: &str, facts: Facts<'_>) -> Result<String, String> {
    match evaluate(mapping, facts)? {
        Term::Text(text) => Ok(text),
        other => Err(format!("{other:?} is no text")),
    }
}

fn evaluate(expression: &str, facts: Facts<'_>) -> Result<Term, String> {
    let mut reader = Reader { rest: expression, facts };
    let term = reader.any()?;
    match reader.rest.trim_start() {
        "" => Ok(term),
        rest => Err(format!("{rest:?} is not understood")),
    }
}

struct Reader<'e, 'a> {
    rest: &'e str,
    facts: Facts<'a>,
}

impl Reader<'_, '_> {
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn any(&mut self) -> Result<Term, String> {
        let mut left = self.all()?;
        while self.eat("||") {
            let right = self.all()?;
            left = Term::Truth(truth(&left)? | truth(&right)?);
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<Term, String> {
        let mut left = self.relation()?;
        while self.eat("&&") {
            let right = self.relation()?;
            left = Term::Truth(truth(&left)? & truth(&right)?);
        }
        Ok(left)
    }

    fn relation(&mut self) -> Result<Term, String> {
        let left = self.sum()?;
        if self.eat("==") {
            return Ok(Term::Truth(left == self.sum()?));
        }
        if self.eat("!=") {
            return Ok(Term::Truth(left != self.sum()?));
        }
        if self.eat("in ") {
            return match self.sum()? {
                Term::List(list) => Ok(Term::Truth(list.contains(&left))),
                other => Err(format!("{other:?} is no list")),
            };
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Term, String> {
        let mut left = self.single()?;
        while self.eat("+") {
            left = match (left, self.single()?) {
                (Term::Text(left), Term::Text(right)) => Term::Text(left + &right),
                other => return Err(format!("{other:?} can't be added")),
            };
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Term, String> {
        if self.eat("!") {
            let term = self.single()?;
            return Ok(Term::Truth(!truth(&term)?));
        }
        if self.eat("(") {
            let term = self.any()?;
            return if self.eat(")") { Ok(term) } else { Err("a bracket is open".into()) };
        }
        if self.eat("[") {
            let mut list = vec![self.any()?];
            while self.eat(",") {
                list.push(self.any()?);
            }
            return if self.eat("]") { Ok(Term::List(list)) } else { Err("a list has no end".into()) };
        }
        self.rest = self.rest.trim_start();
        for quote in ['\'', '"'] {
            if let Some((text, rest)) = self.rest.strip_prefix(quote).and_then(|rest| rest.split_once(quote))
            {
                self.rest = rest;
                return Ok(Term::Text(text.to_owned()));
            }
        }
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && !"._".contains(c));
        let (name, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        self.named(name)
    }

    fn named(&mut self, name: &str) -> Result<Term, String> {
        if let Some(object) = name.strip_suffix(".startsWith") {
            let object = self.named(object)?;
            return match (object, self.single()?) {
                (Term::Text(text), Term::Text(start)) => Ok(Term::Truth(text.starts_with(&start))),
                other => Err(format!("{other:?} has no start")),
            };
        }
        let missing = || format!("no such key: {name}");
        match name {
            "true" => Ok(Term::Truth(true)),
            "false" => Ok(Term::Truth(false)),
            "google.subject" => {
                self.facts.subject.map(|subject| Term::Text(subject.to_owned())).ok_or_else(missing)
            }
            _ => {
                let path = name.strip_prefix("assertion.").ok_or_else(missing)?;
                let claim = path.split('.').try_fold(self.facts.assertion, |claim, name| claim.get(name));
                claim.and_then(Value::as_str).map(|text| Term::Text(text.to_owned())).ok_or_else(missing)
            }
        }
    }
}

fn truth(term: &Term) -> Result<bool, String> {
    match term {
        Term::Truth(truth) => Ok(*truth),
        other => Err(format!("{other:?} is neither true nor false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn conditions_as_operators_write_them() {
        let assertion = json!({"sub": "sensor-1", "iss": "https://devices.example", "iat": 1});
        let facts = Facts { assertion: &assertion, subject: Some("sensor-1") };
        for (condition, expected) in [
            ("assertion.sub=='sensor-1'", true),
            ("assertion.sub == \"sensor-2\"", false),
            ("google.subject=='sensor-1' && assertion.iss == 'https://devices.example'", true),
            ("assertion.sub != 'sensor-1' || true", true),
            ("assertion.sub in ['sensor-1', 'sensor-2']", true),
            ("!(assertion.sub in ['sensor-2'])", true),
            ("assertion.sub.startsWith('sensor-')", true),
            ("assertion.sub == 'sensor' + '-1'", true),
        ] {
            assert_eq!(holds(condition, facts), Ok(expected), "{condition}");
        }
        // The header is not among the claims.
        for wrong in
            ["assertion.kid == 'sensor-1'", "assertion.sub", "", "true &&", "true true", "(true", "iat"]
        {
            assert!(holds(wrong, facts).is_err(), "{wrong}");
        }
        let assertion = json!({"subject": {"dn": {"cn": "sensor-1"}}});
        assert_eq!(
            text("assertion.subject.dn.cn", Facts { assertion: &assertion, ..facts }).as_deref(),
            Ok("sensor-1")
        );
        assert!(text("assertion.subject.dn", Facts { assertion: &assertion, ..facts }).is_err());
        assert_eq!(text("assertion.sub", facts).as_deref(), Ok("sensor-1"));
        assert_eq!(text("'fleet'", facts).as_deref(), Ok("fleet"));
        assert!(text("true", facts).is_err());
    }
}
