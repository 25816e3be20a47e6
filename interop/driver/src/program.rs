//! Lines in, lines out.

mod chip;
mod csr;
mod dates;
mod failure;
mod hex;
mod request;
mod sas;
mod template;
mod trust;
mod trust_templates;

use chip::Place;
use failure::Failure;
use request::Request;
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use template::Templates;

/// Until there are no more.
pub(crate) fn run() -> Result<(), Box<dyn std::error::Error>> {
    let place = Place::from_arguments(std::env::args().skip(1))?;
    let mut templates = Templates::new();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = match answer(&line?, &mut templates, &place) {
            Ok(value) => json!({ "ok": value }),
            Err(Failure::Refused(why)) => json!({ "refused": why }),
            Err(Failure::Misuse(why)) => json!({ "misuse": why }),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(line: &str, templates: &mut Templates, place: &Place) -> Result<Value, Failure> {
    match serde_json::from_str(line).map_err(Failure::misuse)? {
        Request::EncodeDates(request) => dates::encode(&request),
        Request::DecodeDates(request) => dates::decode(&request),
        Request::KeyId { key } => Ok(json!(hex::digits(key.public()?.key_id().as_bytes()))),
        Request::Serial(request) => template::serial(&request),
        Request::Define(request) => templates.define(request),
        Request::Issue(request) => templates.issue(&request),
        Request::Compress(request) => templates.compress(&request),
        Request::Rebuild(request) => templates.rebuild(&request),
        Request::Parse { certificate } => template::parse(&certificate),
        Request::SignCsr(request) => place.sign_csr(&request),
        Request::Configure => place.configure(),
        Request::Write(request) => place.write(&request),
        Request::Read(request) => place.read(&request, templates),
        Request::Sign { slot, digest } => place.sign(slot, &digest),
        Request::MaxLen { template } => templates.max_len(&template),
        Request::Trust { root } => place.trust(root.as_ref()),
        Request::Root => Ok(trust::root()),
        Request::Sas(request) => sas::token(&request),
        Request::Derive { group_key, registration_id } => sas::derive(&group_key, &registration_id),
    }
}
