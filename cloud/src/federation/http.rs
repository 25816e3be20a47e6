//! Reading an HTTP/1.1 answer (RFC 9112): head, then body.

mod body;
mod head;

pub(super) use body::Incoming;
pub(super) use head::Framing;
