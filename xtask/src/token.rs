//! Tokens, checked by openssl.

use crate::process::{Result, Run, command};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A token in its parts.
pub(crate) struct Token<'a> {
    signing_input: &'a str,
    signature: [u8; 64],
}

impl<'a> Token<'a> {
    /// Takes it apart.
    pub(crate) fn new(token: &'a str) -> Result<Token<'a>> {
        let (signing_input, signature) = token.rsplit_once('.').ok_or("no token")?;
        let signature = decoded(signature)?.try_into().map_err(|_| "no signature of 64 bytes")?;
        Ok(Token { signing_input, signature })
    }

    /// Header and claims.
    pub(crate) fn parts(&self) -> Result<[Value; 2]> {
        let (header, claims) = self.signing_input.split_once('.').ok_or("no claims")?;
        Ok([serde_json::from_slice(&decoded(header)?)?, serde_json::from_slice(&decoded(claims)?)?])
    }

    /// Demands that openssl takes the token under the key, and no other token with its signature. Works in `folder`.
    pub(crate) fn check(&self, pem: &str, folder: &Path) -> Result {
        fs::write(folder.join("pem"), pem)?;
        fs::write(folder.join("sig"), der(&self.signature))?;
        let verifies = |input: &str| -> Result<bool> {
            fs::write(folder.join("input"), input)?;
            let mut openssl = command("openssl dgst -sha256 -verify pem -signature sig input");
            Ok(openssl.current_dir(folder).succeeds())
        };
        if !verifies(self.signing_input)? {
            return Err("openssl refuses the token".into());
        }
        if verifies(&format!("{}x", self.signing_input))? {
            return Err("openssl accepts any token".into());
        }
        Ok(())
    }
}

/// Base64url without padding.
pub(crate) fn decoded(part: &str) -> Result<Vec<u8>> {
    Ok(Base64UrlUnpadded::decode_vec(part).map_err(|error| format!("{part:?}: {error}"))?)
}

fn integer(half: &[u8]) -> Vec<u8> {
    let zeros = half.iter().take_while(|byte| **byte == 0).count();
    let mut number = half[zeros..].to_vec();
    // Positive.
    if number.first().is_none_or(|byte| byte & 0x80 != 0) {
        number.insert(0, 0);
    }
    [&[2, number.len() as u8], &number[..]].concat()
}

/// A signature as openssl wants it.
fn der(signature: &[u8; 64]) -> Vec<u8> {
    let (r, s) = signature.split_at(32);
    let body = [integer(r), integer(s)].concat();
    [&[0x30, body.len() as u8], &body[..]].concat()
}

#[test]
fn integers_are_short_and_positive() {
    assert_eq!(integer(&[0, 0, 5]), [2, 1, 5]);
    assert_eq!(integer(&[0, 0x80]), [2, 2, 0, 0x80]);
    assert_eq!(integer(&[0, 0]), [2, 1, 0]);
}
