//! Answers that nobody wants.

use serde_json::json;

use super::answer::{Outcome, Refusal, answer};
use super::http::{Answer, Framing};

/// How the next request is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misbehaviour {
    /// 429, with a `Retry-After` header if there is one.
    TooManyRequests(Option<String>),
    /// 503, with a `Retry-After` header if there is one.
    Unavailable(Option<String>),
    /// 502 from a machine in between, in HTML.
    BadGateway,
    /// 200, with this body.
    Says(String),
    /// The right answer, with so many bytes more in it.
    Large(usize),
    /// The right answer, in chunks of so many bytes.
    Chunked(usize),
    /// The right answer, which ends after so many bytes of its body; the connection is closed.
    CutOff(usize),
    /// No answer; the connection is closed.
    Close,
    /// No answer, and the connection stays open.
    Silence,
    /// The right answer, after which the connection is closed.
    LastAnswer,
}

/// What a request comes to.
#[derive(Debug)]
pub enum Reaction {
    /// An answer.
    Answer(Answer),
    /// No answer, and the connection stays open.
    Silence,
    /// No answer; the connection is closed.
    Close,
}

/// The next request's answer. Whether it is carried out depends on the kind.
pub(super) fn misbehave(kind: Misbehaviour, outcome: impl FnOnce() -> Outcome) -> Reaction {
    let error = |status, name, retry_after| {
        let refusal = Refusal::api(status, name, "The service can't take this request now.");
        answer(&Err(Refusal { retry_after, ..refusal }))
    };
    Reaction::Answer(match kind {
        Misbehaviour::TooManyRequests(after) => error(429, "RESOURCE_EXHAUSTED", after),
        Misbehaviour::Unavailable(after) => error(503, "UNAVAILABLE", after),
        Misbehaviour::BadGateway => {
            let html = "<!DOCTYPE html>\n<html lang=en>\n<title>Error 502 (Server Error)!!1</title>\n";
            let headers = vec![("Content-Type", "text/html".into())];
            Answer { status: 502, headers, body: html.into(), framing: Framing::Length, last: false }
        }
        Misbehaviour::Says(body) => {
            let headers = vec![("Content-Type", "application/json".into())];
            Answer { status: 200, headers, body, framing: Framing::Length, last: false }
        }
        Misbehaviour::Large(size) => {
            let mut outcome = outcome();
            if let Ok(body) = &mut outcome {
                body["padding"] = json!("x".repeat(size));
            }
            answer(&outcome)
        }
        Misbehaviour::Chunked(size) => Answer { framing: Framing::Chunks(size), ..answer(&outcome()) },
        Misbehaviour::CutOff(left) => Answer { framing: Framing::CutOff(left), ..answer(&outcome()) },
        Misbehaviour::LastAnswer => Answer { last: true, ..answer(&outcome()) },
        Misbehaviour::Close => return Reaction::Close,
        Misbehaviour::Silence => return Reaction::Silence,
    })
}
