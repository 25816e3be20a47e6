//! What OpenSSL says.

use crate::Failure;
use std::path::Path;
use std::process::{Command, Output};
use std::{fs, str};

/// All that it said, and whether it was content.
fn run(arguments: &[&str], files: &[(&str, &Path)]) -> Result<(bool, String), Failure> {
    let mut command = Command::new("openssl");
    command.args(arguments);
    for (option, file) in files {
        command.args(option.split_whitespace()).arg(file);
    }
    let Output { status, stdout, stderr } = command.output()?;
    Ok((status.success(), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned()))
}

/// Whether the request is signed with the key that it holds, and its text.
pub(crate) fn request(der: &[u8]) -> Result<(bool, String), Failure> {
    let file = tempfile::NamedTempFile::new()?;
    fs::write(file.path(), der)?;
    let arguments =
        ["req", "-verify", "-noout", "-text", "-nameopt", "RFC2253,-esc_msb,utf8", "-inform", "DER"];
    let (_, said) = run(&arguments, &[("-in", file.path())])?;
    match (said.contains("verify OK"), said.contains("verify failure")) {
        (true, false) => Ok((true, said)),
        (false, true) => Ok((false, said)),
        _ => Err(said.into()),
    }
}

/// A certificate's text.
pub(crate) fn text(der: &[u8]) -> Result<String, Failure> {
    let file = tempfile::NamedTempFile::new()?;
    fs::write(file.path(), der)?;
    let arguments = ["x509", "-noout", "-text", "-nameopt", "RFC2253,-esc_msb,utf8", "-inform", "DER"];
    match run(&arguments, &[("-in", file.path())])? {
        (true, said) => Ok(said),
        (false, said) => Err(said.into()),
    }
}

/// A moment at which the chains of these tests hold: 2030-01-01.
const NOW: &str = "1893456000";

/// Verifies a chain by the strict rules, for a purpose; what it says against it.
pub(crate) fn chain(
    root: &[u8],
    between: &[&[u8]],
    leaf: &[u8],
    purpose: &str,
) -> Result<Result<(), String>, Failure> {
    let folder = tempfile::tempdir()?;
    let pem = |name: &str, certificates: &[&[u8]]| -> Result<_, Failure> {
        let path = folder.path().join(name);
        let mut text = String::new();
        for der in certificates {
            let label = atecc608::x509::PemLabel::Certificate;
            text += label.encode(der, &mut vec![0; label.pem_len(der.len())])?;
        }
        fs::write(&path, text)?;
        Ok(path)
    };
    let (root, between, leaf) = (pem("root", &[root])?, pem("between", between)?, pem("leaf", &[leaf])?);
    let arguments = [
        "verify",
        "-x509_strict",
        "-check_ss_sig",
        "-attime",
        NOW,
        "-purpose",
        purpose,
        "-no-CApath",
        "-no-CAstore",
    ];
    let mut files = vec![("-CAfile", &*root)];
    if fs::metadata(&between)?.len() > 0 {
        files.push(("-untrusted", &between));
    }
    files.push(("", &leaf));
    let (content, said) = run(&arguments, &files)?;
    Ok(if content { Ok(()) } else { Err(said) })
}
