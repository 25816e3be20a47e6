//! What OpenSSL says: `Ok` with what it prints, or why not.

use super::files::{Files, ask, pem};
use std::process::Command;

fn openssl(line: &str) -> Command {
    let mut command = Command::new("openssl");
    command.args(line.split_whitespace());
    command
}

/// Names in text, as RFC 2253 has them, in UTF-8.
const NAMES: &str = "RFC2253,-esc_msb,utf8";

/// A request, as text, if it is signed with the key that is in it.
pub fn request(der: &[u8]) -> Result<String, String> {
    let files = Files::new();
    let (success, said) = ask(openssl("req -inform DER -noout -verify -text -nameopt")
        .args([NAMES, "-in"])
        .arg(files.add("r.der", der)));
    // It succeeds whatever the signature is.
    if success && said.contains("verify OK") { Ok(said) } else { Err(said) }
}

/// A certificate, as text.
pub fn certificate(der: &[u8]) -> Result<String, String> {
    let files = Files::new();
    let (success, said) = ask(openssl("x509 -inform DER -noout -text -nameopt")
        .args([NAMES, "-in"])
        .arg(files.add("c.der", der)));
    if success { Ok(said) } else { Err(said) }
}

/// A chain, the root last, at the time of the machine.
pub fn chain(certificates: &[&[u8]]) -> Result<(), String> {
    verify(certificates, "-check_ss_sig")
}

/// The same at a time of one's own, in seconds since 1970.
pub fn chain_at(certificates: &[&[u8]], unix: u64) -> Result<(), String> {
    verify(certificates, &format!("-check_ss_sig -attime {unix}"))
}

/// The same with other options of `openssl verify`. Without `-check_ss_sig` the root is trusted without a look at its
/// own signature.
pub fn verify(certificates: &[&[u8]], options: &str) -> Result<(), String> {
    let files = Files::new();
    let file = |name: &str, certificates: &[&[u8]]| files.add(name, pem(certificates));
    let (root, others) = certificates.split_last().expect("a root");
    let (leaf, between) = others.split_first().unwrap_or((root, &[]));
    let mut command = openssl("verify -no-CApath -no-CAstore");
    command.args(options.split_whitespace()).arg("-CAfile").arg(file("root.pem", &[root]));
    if !between.is_empty() {
        command.arg("-untrusted").arg(file("between.pem", between));
    }
    let (success, said) = ask(command.arg(file("leaf.pem", &[leaf])));
    if success { Ok(()) } else { Err(said) }
}
