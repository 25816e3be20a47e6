//! `atecc`: the ATECC608 secure element from the command line.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    atecc608_cli::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("atecc works on Linux only: it reaches a chip by the I2C buses of its kernel");
    ExitCode::from(3)
}
