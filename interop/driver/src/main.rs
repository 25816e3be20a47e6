//! The driver's certificates as lines of JSON: a request a line in, an answer a line out, either `{"ok": ...}` or
//! `{"error": "..."}`. `interop/vendor/driver.py` is the other end.

mod dates;
mod hex;
mod request;
mod template;

use request::Request;
use serde_json::{Value, json};
use std::io::{BufRead, Write};

/// Why not, as the driver says it.
type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut templates = template::Templates::default();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = match answer(&line?, &mut templates) {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": error.to_string() }),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(line: &str, templates: &mut template::Templates) -> Result<Value, Failure> {
    match serde_json::from_str(line)? {
        Request::EncodeDates(request) => dates::encode(&request),
        Request::DecodeDates(request) => dates::decode(&request),
        Request::KeyId { key } => Ok(json!(hex::digits(key.public()?.key_id().as_bytes()))),
        Request::Serial(request) => template::serial(&request),
        Request::Define(request) => templates.define(request),
        Request::Issue(request) => templates.issue(&request),
        Request::Compress(request) => templates.compress(&request),
        Request::Rebuild(request) => templates.rebuild(&request),
        Request::Parse { certificate } => template::parse(&certificate),
    }
}
