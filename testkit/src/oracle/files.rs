//! Files for the programs that are asked, and what they answer.

use base64ct::{Base64, Encoding};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Files that are gone when this is dropped.
pub(super) struct Files(tempfile::TempDir);

impl Files {
    /// None yet.
    pub(super) fn new() -> Files {
        Files(tempfile::tempdir().expect("a folder for files"))
    }

    /// One more.
    pub(super) fn add(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }
}

/// Certificates as PEM, one after the other.
pub(super) fn pem(certificates: &[&[u8]]) -> String {
    let one = |der: &&[u8]| {
        let text = Base64::encode_string(der);
        let lines: Vec<&str> =
            (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    };
    certificates.iter().map(one).collect()
}

/// Whether the program succeeded, and what it printed on both channels.
pub(super) fn ask(command: &mut Command) -> (bool, String) {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display()));
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}
