//! A device logs in at a cloud with a certificate and a key in the chip, over mutual TLS, in one command.
//!
//! ```text
//! cargo run --example mtls
//! ```
//!
//! takes a blank ATECC608 in software, configures and locks it, has it make a key, gives it a certificate of an authority
//! in this program, logs in with both at a mock of AWS IoT Core, publishes telemetry, takes a change of its shadow, acts
//! upon it and reports. `-- --help` shows what else it can do: Azure, Google, any broker, the real ones, a real chip,
//! Trust&GO, JSON.

#[cfg(target_os = "linux")]
mod cli;
#[cfg(target_os = "linux")]
mod clouds;
#[cfg(target_os = "linux")]
mod identity;
#[cfg(target_os = "linux")]
mod mocks;
#[cfg(target_os = "linux")]
mod pem;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod session;
#[cfg(target_os = "linux")]
mod state;
#[cfg(target_os = "linux")]
mod tls;

use std::io::Write;
use std::process::ExitCode;

#[cfg(target_os = "linux")]
use demo::Failure;

#[cfg(target_os = "linux")]
use cli::{Cloud, Options};
#[cfg(target_os = "linux")]
use report::Report;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let options = match cli::parse() {
        Ok(options) => options,
        Err(end) => return end,
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Unlike `eprintln!`, does not panic when nobody reads any more.
            let _ = writeln!(std::io::stderr(), "error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The chip's bus, and what is built on it, are Linux's.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    let _ =
        writeln!(std::io::stderr(), "error: this program runs on Linux only, with simulated chips as well");
    ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
fn run(options: &Options) -> Result<(), Failure> {
    let way = match options.cloud {
        Cloud::Aws => Some(options.onboard().name()),
        Cloud::Azure(service) => Some(service.name()),
        Cloud::Google | Cloud::Mosquitto => None,
    };
    let mut report = Report::new(options.json || options.chip.csr, options.cloud.name(), way);
    if options.chip.csr {
        let request = identity::request(options, &mut report)?;
        let _ = write!(std::io::stdout(), "{request}");
        return Ok(());
    }
    let identity = identity::find(options, &mut report)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::new("the network was set up", error, "check this machine's limits on open files")
    })?;
    let result = runtime.block_on(clouds::log_in(options, &identity, &mut report));
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
    result?;
    report.finish()
}
