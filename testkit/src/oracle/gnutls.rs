//! What GnuTLS says: `Ok` with what its `certtool` prints, or why not.

use super::files::{Files, ask, pem};
use std::process::Command;
use std::sync::LazyLock;

/// Where this is set, `certtool` has to be there.
const REQUIRED: &str = "ATECC608_TESTS_GNUTLS";

/// Whether its `certtool` is installed; macOS has another program of that name.
pub fn installed() -> bool {
    static INSTALLED: LazyLock<bool> = LazyLock::new(|| {
        let output = Command::new("certtool").arg("--version").output();
        let found =
            output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("certtool 3."));
        assert!(
            found || std::env::var_os(REQUIRED).is_none(),
            "{REQUIRED} is set, and GnuTLS' certtool is not installed"
        );
        found
    });
    *INSTALLED
}

fn certtool(options: &str) -> Command {
    let mut command = Command::new("certtool");
    command.args(options.split_whitespace());
    command
}

/// A request, as text, if it is signed with the key that is in it.
pub fn request(der: &[u8]) -> Result<String, String> {
    let files = Files::new();
    let (success, said) = ask(certtool("--inder --crq-info --infile").arg(files.add("r.der", der)));
    if success && said.contains("Self signature: verified") { Ok(said) } else { Err(said) }
}

/// A certificate, as text.
pub fn certificate(der: &[u8]) -> Result<String, String> {
    let files = Files::new();
    let (success, said) = ask(certtool("--inder --certificate-info --infile").arg(files.add("c.der", der)));
    if success { Ok(said) } else { Err(said) }
}

/// A chain, the root last, at the time of the machine.
pub fn chain(certificates: &[&[u8]]) -> Result<(), String> {
    let files = Files::new();
    let (success, said) =
        ask(certtool("--verify-chain --infile").arg(files.add("chain.pem", pem(certificates))));
    let trusted =
        success && said.contains("Chain verification output: Verified. The certificate is trusted.");
    if trusted { Ok(()) } else { Err(said) }
}
