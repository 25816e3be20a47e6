//! Answers that nobody wants.

use std::future::pending;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use hyper::{Response, StatusCode};
use serde_json::json;

use super::answer::{Body, Outcome, Refusal, answer, full};

/// How the next request is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misbehaviour {
    /// 429, with a `Retry-After` header if there is one.
    TooManyRequests(Option<String>),
    /// 503, with a `Retry-After` header if there is one.
    Unavailable(Option<String>),
    /// 502 from a machine in between, in HTML.
    BadGateway,
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

/// The next request's answer. Whether it is carried out depends on the kind.
pub(super) async fn misbehave(
    kind: Misbehaviour,
    outcome: impl AsyncFnOnce() -> Outcome,
) -> Result<Response<Body>, io::Error> {
    let error = |status, name, retry_after| {
        let refusal = Refusal::api(status, name, "The service can't take this request now.");
        Ok(answer(&Err(Refusal { retry_after, ..refusal })))
    };
    match kind {
        Misbehaviour::TooManyRequests(after) => {
            error(StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED", after)
        }
        Misbehaviour::Unavailable(after) => error(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", after),
        Misbehaviour::BadGateway => {
            let html = "<!DOCTYPE html>\n<html lang=en>\n<title>Error 502 (Server Error)!!1</title>\n";
            let answer = Response::builder().status(StatusCode::BAD_GATEWAY);
            Ok(answer.header("Content-Type", "text/html").body(full(html)).unwrap_or_default())
        }
        Misbehaviour::Large(size) => {
            let mut outcome = outcome().await;
            if let Ok(body) = &mut outcome {
                body["padding"] = json!("x".repeat(size));
            }
            Ok(answer(&outcome))
        }
        Misbehaviour::Chunked(size) => {
            let (head, text) = parts(outcome().await).await?;
            let pieces = Pieces { text, size: size.max(1), left: usize::MAX, length: None };
            Ok(Response::from_parts(head, pieces.boxed()))
        }
        Misbehaviour::CutOff(left) => {
            let (head, text) = parts(outcome().await).await?;
            let length = Some(text.len() as u64);
            let pieces = Pieces { text, size: left.max(1), left, length };
            Ok(Response::from_parts(head, pieces.boxed()))
        }
        Misbehaviour::Close => Err(io::ErrorKind::ConnectionAborted.into()),
        Misbehaviour::Silence => pending().await,
        Misbehaviour::LastAnswer => {
            let mut answer = answer(&outcome().await);
            answer.headers_mut().insert("Connection", hyper::header::HeaderValue::from_static("close"));
            Ok(answer)
        }
    }
}

async fn parts(outcome: Outcome) -> Result<(hyper::http::response::Parts, Bytes), io::Error> {
    let (head, body) = answer(&outcome).into_parts();
    Ok((head, body.collect().await?.to_bytes()))
}

/// A text in pieces; fails when `left` is used up.
struct Pieces {
    text: Bytes,
    size: usize,
    left: usize,
    /// Announced, or sent in chunks.
    length: Option<u64>,
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.text.is_empty() {
            return Poll::Ready(None);
        }
        if self.left == 0 {
            return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
        }
        let n = self.size.min(self.left).min(self.text.len());
        self.left -= n;
        let piece = self.text.split_to(n);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map(SizeHint::with_exact).unwrap_or_default()
    }
}
