//! What went wrong, for people and for scripts.

mod origin;

use std::fmt;

use atecc608::Status;
use atecc608::diagnose::Rule;
use serde::Serialize;

/// What kind of failure it is; each has its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The answer is no: a signature does not fit, lint found errors, a zone is not locked.
    No,
    /// The question is wrong: an option, or what a file says.
    Usage,
    /// The bus can't be opened, or it may not be used.
    Bus,
    /// No chip answers, or another one than is meant.
    NoChip,
    /// The chip refused.
    Refused,
    /// Another program has the chip.
    Busy,
    /// The bus or the chip failed in the middle.
    Contact,
    /// A file can't be read or written.
    File,
    /// Nobody agreed to what can't be undone. Nothing was changed.
    Consent,
}

impl Kind {
    /// The exit code.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::No => 1,
            Self::Usage => 2,
            Self::Bus => 3,
            Self::NoChip => 4,
            Self::Refused => 5,
            Self::Busy => 6,
            Self::Contact => 7,
            Self::File => 8,
            Self::Consent => 9,
        }
    }
}

/// What was tried, why it most likely failed, and what to do about it.
#[derive(Debug, Clone)]
pub struct Failure {
    kind: Kind,
    tried: String,
    cause: String,
    help: String,
    status: Option<Status>,
    rule: Option<Rule>,
}

impl Failure {
    /// A new one.
    pub fn new(
        kind: Kind,
        tried: impl fmt::Display,
        cause: impl fmt::Display,
        help: impl fmt::Display,
    ) -> Self {
        let (tried, cause, help) = (tried.to_string(), cause.to_string(), help.to_string());
        Self { kind, tried, cause, help, status: None, rule: None }
    }

    /// The answer is no, which was said already.
    #[must_use]
    pub fn no(answer: impl fmt::Display) -> Self {
        Self::new(Kind::No, answer, "", "")
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What the chip said, if it refused.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.status
    }

    /// The rule by which it refused, if it is known.
    #[must_use]
    pub fn rule(&self) -> Option<Rule> {
        self.rule
    }

    /// The same, with other help.
    #[must_use]
    pub fn advising(self, help: impl fmt::Display) -> Self {
        Self { help: help.to_string(), ..self }
    }

    /// The same, with help that comes before the other.
    pub(crate) fn advising_first(self, help: impl fmt::Display) -> Self {
        Self { help: format!("{help}\n{}", self.help).trim_end().to_owned(), ..self }
    }

    /// There is no more to it than its kind.
    pub(crate) fn says_nothing(&self) -> bool {
        self.tried.is_empty()
    }

    pub(crate) fn with_status(self, status: Status) -> Self {
        Self { status: Some(status), ..self }
    }

    /// The same, with the reason of a refusal.
    pub(crate) fn because(self, cause: String, help: String, rule: Option<Rule>) -> Self {
        Self { cause, help, rule, ..self }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "kind": self.kind, "exit": self.kind.exit_code(), "tried": self.tried, "cause": self.cause, "help": self.help,
            "status": self.status.map(|status| format!("{:#04x}", status.to_byte())),
            "rule": self.rule.map(Rule::name),
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tried)?;
        let mut part = |name: &str, text: &str| match text {
            "" => Ok(()),
            text => write!(f, "\n  {name}: {}", text.replace('\n', "\n  ")),
        };
        part("cause", &self.cause)?;
        part("what to do", &self.help)
    }
}

/// So that work in a session can end with one: [`App::ask`](crate::App::ask) gives it as it is.
impl std::error::Error for Failure {}
