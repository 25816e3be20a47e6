//! From a blank chip to a device in the cloud, in one command.
//!
//! ```text
//! cargo run --example gcp_jwt
//! ```
//!
//! takes a blank ATECC608 in software, configures and locks it, has it make a key and sign a token, logs in
//! to an MQTT bridge with that, over TLS, publishes, receives and logs out. With `--direct` it logs in to Google Cloud
//! itself instead, and publishes at Pub/Sub. `-- --help` shows what else it can do: a real chip, a real broker,
//! Google's own servers, a chip that is kept, JSON.

mod chip;
mod cli;
mod cloud;
mod direct;
mod found;
mod mocks;
mod provision;
mod report;
mod tls;

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use atecc608::{Address, PublicKey, Signature, Slot};
use atecc608_cloud::federation::{self, JWKS_LEN};
use atecc608_cloud::mqtt::Device;
use atecc608_cloud::tls::{Entropy, Roots};
use atecc608_cloud::token::TokenSigner;
use demo::{Failure, Steps};

use chip::Sessions;
use cli::Options;
use cloud::Broker;
use direct::{Plan, Security};
use provision::{Locking, provision};
use report::Report;

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

fn run(options: &Options) -> Result<(), Failure> {
    options.device()?;
    if options.direct.wanted {
        options.identity(&options.direct)?;
        options.topic(&options.direct)?;
        options.impersonation(&options.direct)?;
    }
    let Some(location) = &options.bus else {
        let simulated = chip::Simulated::open(options.state.as_deref())?;
        let address = simulated.address;
        return log_in_with(simulated, address, options, Locking::Allowed);
    };
    #[cfg(target_os = "linux")]
    {
        let chip = chip::open(location, options.address)?;
        let locking = if options.lock_chip_for_ever { Locking::Allowed } else { Locking::Refused };
        let (handle, address) = (chip.clone(), chip.address());
        log_in_with(chip, address, options, locking)?;
        if let Some(note) = handle.note() {
            let _ = writeln!(std::io::stderr(), "note: {note}");
        }
        Ok(())
    }
    #[cfg(not(target_os = "linux"))]
    Err(Failure::new(
        format_args!("the chip on {location} was asked for"),
        "--bus and --i2c work on Linux only",
        "run this on Linux, or leave them out for a simulated chip",
    ))
}

/// The whole way, with any chip.
fn log_in_with(
    mut chip: impl Sessions,
    address: Address,
    options: &Options,
    locking: Locking,
) -> Result<(), Failure> {
    let steps = Steps { json: options.json };
    let device = options.device()?;
    let mut report = Report::default();
    // Before anything is done to the chip.
    let roots = tls::roots(&options.root)?;
    if address != Address::DEFAULT {
        steps.say(format_args!("Chip answers at {address}"));
    }
    let slot = chip.session(|chip, keep| provision(chip, options.slot, locking, steps, &mut report, keep))?;
    // A chip may keep its public key to itself.
    if let Some(key) = &report.public_key {
        report.jwks = jwks(options, key)?;
        steps.say(format_args!(
            "The key as a JSON Web Key Set, for Workload Identity Federation:\n{}",
            report.jwks
        ));
    }

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::new("the network was set up", error, "check this machine's limits on open files")
    })?;
    let security = match options.plain {
        true => None,
        false => Some((roots, chip.session(|chip, _| tls::entropy(chip))?)),
    };
    let mut signer = Signer { chip, slot };
    let result = runtime.block_on(async {
        match security {
            Some((roots, entropy)) if options.direct.wanted => {
                at_google(options, roots, entropy, &mut signer, steps, &mut report).await
            }
            security => at_bridge(options, device, security, &mut signer, steps, &mut report).await,
        }
    });
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
    result?;
    steps.finish(&report)
}

/// The key of a slot; others may have the chip between two signatures.
struct Signer<C> {
    chip: C,
    slot: Slot,
}

impl<C: Sessions> TokenSigner for Signer<C> {
    /// As a person reads it.
    type Error = String;

    async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<Signature, String> {
        let signed = self.chip.session(|chip, _| {
            chip.sign_digest(self.slot, digest)
                .map_err(|error| Failure::new("a digest was signed", error, "run again"))
        });
        signed.map_err(|failure| failure.cause().to_owned())
    }
}

/// The login at a bridge.
async fn at_bridge<S: TokenSigner<Error: Display>>(
    options: &Options,
    device: Device<'_>,
    security: Option<(Roots, Entropy)>,
    signer: &mut S,
    steps: Steps,
    report: &mut Report,
) -> Result<(), Failure> {
    let (bridge, security) = match (&options.broker, security) {
        (None, Some((_, entropy))) => {
            let (bridge, roots) = mocks::bridge(options, &report.public_key_pem, steps).await?;
            (Some(bridge), Some((roots, entropy)))
        }
        (_, security) => (None, security),
    };
    let address = match &bridge {
        Some(bridge) => bridge.address().to_string(),
        None => options.broker.clone().unwrap_or_default(),
    };
    let broker = Broker {
        address: &address,
        plain: options.plain,
        embedded: bridge.is_some(),
        patience: options.timeout,
    };
    let mut device = cloud::Identity { device, lifetime: options.lifetime, signer };
    let result = cloud::converse(broker, security, &mut device, steps, report).await;
    let Some(seen) = bridge.map(|bridge| bridge.seen()) else { return result };
    result.map_err(|failure| {
        failure.with_witness(format_args!("the bridge: {}", seen.complaints.join("; ")))
    })?;
    steps.say(format_args!(
        "The bridge has taken {} messages; {} of its own were acknowledged",
        seen.published.len(),
        seen.acknowledged
    ));
    Ok(())
}

/// The login at Google Cloud itself, or at a mock of it.
async fn at_google<S: TokenSigner<Error: Display>>(
    options: &Options,
    roots: Roots,
    entropy: Entropy,
    signer: &mut S,
    steps: Steps,
    report: &mut Report,
) -> Result<(), Failure> {
    let direct = &options.direct;
    let mock = match direct.project_number {
        Some(_) => None,
        None => Some(mocks::google(options, direct, &report.jwks, steps).await?),
    };
    let here = mock.as_ref().map(|(_, listening, _)| listening.address().to_string());
    let plan = Plan {
        identity: options.identity(direct)?,
        impersonation: options.impersonation(direct)?,
        topic: options.topic(direct)?,
        address: here.as_deref().or(direct.google.as_deref()),
        lifetime: options.lifetime,
        patience: options.timeout,
    };
    let roots = mock.as_ref().map_or(&roots, |(_, _, roots)| roots);
    let result = direct::converse(&plan, Security { roots, entropy }, signer, steps, report).await;
    let Some((service, ..)) = &mock else { return result };
    let seen = service.seen();
    result
        .map_err(|failure| failure.with_witness(format_args!("the mock: {}", seen.complaints.join("; "))))?;
    for message in &seen.published {
        steps.say(format_args!("Pub/Sub has {} bytes of {}", message.data.len(), message.principal));
    }
    Ok(())
}

/// The key as it is uploaded for Workload Identity Federation.
fn jwks(options: &Options, key: &PublicKey) -> Result<String, Failure> {
    let mut buffer = [0; JWKS_LEN];
    federation::jwks(key, options.kid(), &mut buffer).map(str::to_owned).map_err(|error| {
        Failure::new("the JWKS was written, and that failed", error.to_string(), "change --kid")
    })
}
