//! HTTP/1.1 (RFC 9112), the server's end, and stricter than servers are: a request with anything odd about it ends the
//! connection.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Largest head, in bytes.
const HEAD_MAX: usize = 64 * 1024;
/// Largest body, in bytes: Pub/Sub's own limit.
const BODY_MAX: usize = 10 * 1024 * 1024;

/// A request.
#[derive(Debug)]
pub struct Request {
    /// Its method, in capitals.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names in lower case, and values.
    headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Request {
    /// The header of this name (in lower case), if it is there just once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// The same request with one header of this name (in lower case).
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(key, _)| key != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Whether there is a header of this name.
    pub fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(key, _)| key == name)
    }
}

/// How an answer's end is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// By its length.
    Length,
    /// In chunks of so many bytes.
    Chunks(usize),
    /// By its length, but only so many bytes come.
    CutOff(usize),
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
    /// How its end is told.
    pub framing: Framing,
    /// The connection is closed behind it, and that is said.
    pub last: bool,
}

/// A connection, from the server's end.
#[derive(Debug)]
pub struct Connection<S> {
    stream: S,
    /// What has arrived and is not used up.
    arrived: Vec<u8>,
    /// The client wants no more than this answer.
    last: bool,
}

fn invalid(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// A connection that is just open.
    pub const fn new(stream: S) -> Self {
        Self { stream, arrived: Vec::new(), last: false }
    }

    /// The next request; none if the client has closed the connection between two.
    ///
    /// # Errors
    /// The connection failed, or what came is no request.
    pub async fn request(&mut self) -> io::Result<Option<Request>> {
        let end = loop {
            if let Some(at) = self.arrived.windows(4).position(|window| window == b"\r\n\r\n") {
                break at;
            }
            if self.arrived.len() > HEAD_MAX {
                return Err(invalid("a head without end"));
            }
            match self.stream.read_buf(&mut self.arrived).await {
                Ok(1..) => {}
                // TLS that ends without a farewell: between two requests nothing is lost.
                Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
                _ if self.arrived.is_empty() => return Ok(None),
                _ => return Err(invalid("the connection ended in mid-request")),
            }
        };
        let head: Vec<u8> = self.arrived.drain(..end + 4).take(end).collect();
        let head = String::from_utf8(head).map_err(|_| invalid("a head that is no text"))?;
        let mut request = parse(&head)?;
        let length = match request.header("content-length") {
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().ok().filter(|length| *length <= BODY_MAX)
            }
            None if !request.has("content-length") => Some(0),
            _ => None,
        };
        let length = length.ok_or_else(|| invalid("a length that is none, or too large"))?;
        if request.has("transfer-encoding") {
            return Err(invalid("a transfer coding"));
        }
        while self.arrived.len() < length {
            if self.stream.read_buf(&mut self.arrived).await? == 0 {
                return Err(invalid("the connection ended in mid-body"));
            }
        }
        request.body = self.arrived.drain(..length).collect();
        self.last = request.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        Ok(Some(request))
    }

    /// Sends an answer; true if there may be another request.
    ///
    /// # Errors
    /// The connection failed.
    pub async fn answer(&mut self, answer: &Answer) -> io::Result<bool> {
        let Answer { status, headers, body, framing, .. } = answer;
        let last = answer.last || self.last;
        let mut head = format!("HTTP/1.1 {status} {}\r\n", reason(*status));
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if last {
            head += "Connection: close\r\n";
        }
        head += &match framing {
            Framing::Chunks(_) => "Transfer-Encoding: chunked\r\n\r\n".into(),
            _ => format!("Content-Length: {}\r\n\r\n", body.len()),
        };
        self.stream.write_all(head.as_bytes()).await?;
        let body = body.as_bytes();
        match *framing {
            Framing::Length => self.stream.write_all(body).await?,
            Framing::CutOff(left) => self.stream.write_all(&body[..left.min(body.len())]).await?,
            Framing::Chunks(size) => {
                for chunk in body.chunks(size.max(1)) {
                    self.stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).await?;
                    self.stream.write_all(chunk).await?;
                    self.stream.write_all(b"\r\n").await?;
                }
                self.stream.write_all(b"0\r\n\r\n").await?;
            }
        }
        self.stream.flush().await?;
        Ok(!last && !matches!(framing, Framing::CutOff(left) if *left < body.len()))
    }

    /// Says nothing until the client has enough.
    pub async fn silence(&mut self) {
        while let Ok(1..) = self.stream.read_buf(&mut self.arrived).await {
            self.arrived.clear();
        }
    }

    /// Ends the connection. The client may have done so already, which is all right, too.
    pub async fn close(&mut self) {
        let _ = self.stream.shutdown().await;
    }
}

/// Request line and headers, with CRLF between them.
fn parse(head: &str) -> io::Result<Request> {
    let mut lines = head.split("\r\n");
    let line: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let [method, path, "HTTP/1.1"] = line[..] else { return Err(invalid("a request line that is none")) };
    if !path.starts_with('/') || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid("a path that is none"));
    }
    let mut headers = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or_else(|| invalid("a header without a colon"))?;
        // RFC 9110, section 5.6.2.
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(token) {
            return Err(invalid(format!("a header's name: {name:?}")));
        }
        let value = value.trim_matches([' ', '\t']);
        if !value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return Err(invalid(format!("a header's value: {value:?}")));
        }
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    Ok(Request { method: method.to_owned(), path: path.to_owned(), headers, body: Vec::new() })
}

/// Words for people.
const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8]) -> io::Result<Vec<Request>> {
        let (mut near, far) = tokio::io::duplex(bytes.len() + 1);
        near.write_all(bytes).await.unwrap();
        near.shutdown().await.unwrap();
        let (mut connection, mut requests) = (Connection::new(far), vec![]);
        while let Some(request) = connection.request().await? {
            requests.push(request);
        }
        Ok(requests)
    }

    #[tokio::test]
    async fn requests_follow_each_other() {
        let bytes =
            b"POST /a HTTP/1.1\r\nHost:h\r\ncontent-LENGTH: 2\r\n\r\nhiGET /b HTTP/1.1\r\nX:  y \r\n\r\n";
        let requests = read(bytes).await.unwrap();
        let [first, second] = &requests[..] else { panic!("{requests:?}") };
        assert_eq!((&*first.method, &*first.path, &first.body[..]), ("POST", "/a", &b"hi"[..]));
        assert_eq!((first.header("host"), first.header("x")), (Some("h"), None));
        assert_eq!((second.header("x"), second.body.len()), (Some("y"), 0));
    }

    #[tokio::test]
    async fn anything_odd_ends_the_connection() {
        for odd in [
            "POST /a HTTP/1.0\r\n\r\n",
            "POST  /a HTTP/1.1\r\n\r\n",
            "POST a HTTP/1.1\r\n\r\n",
            "POST /a HTTP/1.1\nHost: h\n\n",
            "POST /a HTTP/1.1\r\nHost : h\r\n\r\n",
            "POST /a HTTP/1.1\r\n Host: h\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: h\x07\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
            "POST /a HTTP/1.1\r\nContent-Length: +1\r\n\r\nx",
            "POST /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
            "POST /a HTTP/1.1\r\nContent-Length: 11000000\r\n\r\nx",
            "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nx",
            "POST /a",
        ] {
            assert!(read(odd.as_bytes()).await.is_err(), "{odd:?}");
        }
    }

    #[tokio::test]
    async fn answers_in_every_framing() {
        for (framing, tail, more) in [
            (Framing::Length, "Content-Length: 5\r\n\r\nhello", true),
            (
                Framing::Chunks(2),
                "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n2\r\nll\r\n1\r\no\r\n0\r\n\r\n",
                true,
            ),
            (Framing::CutOff(3), "Content-Length: 5\r\n\r\nhel", false),
        ] {
            let (near, mut far) = tokio::io::duplex(1000);
            let mut connection = Connection::new(near);
            let headers = vec![("Server", "mock".to_owned())];
            let answer = Answer { status: 200, headers, body: "hello".into(), framing, last: false };
            assert_eq!(connection.answer(&answer).await.unwrap(), more);
            drop(connection);
            let mut sent = String::new();
            far.read_to_string(&mut sent).await.unwrap();
            assert_eq!(sent, format!("HTTP/1.1 200 OK\r\nServer: mock\r\n{tail}"));
        }
    }
}
