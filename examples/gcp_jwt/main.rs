//! From a blank chip to a device in the cloud, in one command.
//!
//! ```text
//! cargo run --example gcp_jwt
//! ```
//!
//! takes a blank ATECC608 in software, configures and locks it, has it make a key and sign a token, logs in
//! to an MQTT bridge with that, over TLS, publishes, receives and logs out. `-- --help` shows what else it can do: a
//! real chip, a real broker, a chip that is kept, JSON.

mod chip;
mod cli;
mod cloud;
mod failure;
#[cfg(target_os = "linux")]
#[path = "../common/linux/mod.rs"]
mod linux;
mod provision;
mod report;
mod tls;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use atecc608::blocking::Atecc608;
use clap::Parser;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use gcp_app::BlockingChipSigner;
use gcp_app::tls::Roots;

use cli::Options;
use cloud::{Broker, unix_seconds};
use failure::Failure;
use provision::{Locking, provision};
use report::{Report, Steps};
use stand_ins::bridge::{Bridge, Rules};
use stand_ins::pki::{Holder, Request};
use stand_ins::tls::{Offer, acceptor};

fn main() -> ExitCode {
    match run(&Options::parse()) {
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
    match &options.i2c {
        None => {
            let mut simulated = chip::Simulated::open(options.state.as_deref())?;
            let chip = Atecc608::new(simulated.bus.i2c(), simulated.bus.delay());
            log_in_with(chip, options, Locking::Allowed, || simulated.keep())
        }
        #[cfg(target_os = "linux")]
        Some(device) => {
            let (i2c, delay, watch) = chip::open_real(device, options.address)?;
            let chip = Atecc608::new(i2c, delay).with_address(options.address);
            let locking = if options.lock_chip_for_ever { Locking::Allowed } else { Locking::Refused };
            log_in_with(chip, options, locking, || Ok(())).map_err(|failure| match watch.trouble() {
                Some(trouble) => failure.explained(trouble.cause(), trouble.advice()),
                None => failure,
            })?;
            if let Some(note) = watch.note() {
                let _ = writeln!(std::io::stderr(), "note: {note}");
            }
            Ok(())
        }
        #[cfg(not(target_os = "linux"))]
        Some(_) => Err(Failure::new(
            "a real chip was asked for",
            "--i2c works on Linux only",
            "run this on Linux, or leave --i2c out for a simulated chip",
        )),
    }
}

/// The whole way, with any chip.
fn log_in_with<I: I2c, D: DelayNs>(
    mut chip: Atecc608<I, D>,
    options: &Options,
    locking: Locking,
    keep: impl FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let steps = Steps { json: options.json };
    let device = options.device()?;
    let mut report = Report::default();
    provision(&mut chip, options.slot, locking, steps, &mut report, keep)?;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::new("the network was set up", error, "check this machine's limits on open files")
    })?;
    let security = match options.plain {
        true => None,
        false => Some((tls::roots(&options.root)?, tls::entropy(&mut chip)?)),
    };
    let result = runtime.block_on(async {
        let (bridge, security) = match (&options.broker, security) {
            (None, Some((_, entropy))) => {
                let (bridge, roots) = start_bridge(options, &report.public_key_pem, steps).await?;
                (Some(bridge), Some((roots, entropy)))
            }
            (_, security) => (None, security),
        };
        let address = match &bridge {
            Some(bridge) => bridge.address().to_string(),
            None => options.broker.clone().unwrap_or_default(),
        };
        let broker = Broker { address: &address, embedded: bridge.is_some(), patience: options.timeout };
        let mut signer = BlockingChipSigner::new(&mut chip, options.slot);
        let mut device = cloud::Identity { device, lifetime: options.lifetime, signer: &mut signer };
        let result = cloud::converse(broker, security, &mut device, steps, &mut report).await;
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
    });
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
    result?;
    steps.finish(&report)
}

/// The bridge, and the root that its certificate leads to.
async fn start_bridge(
    options: &Options,
    public_key_pem: &str,
    steps: Steps,
) -> Result<(Bridge, Roots), Failure> {
    let rules = Rules {
        project: options.project.clone(),
        region: options.region.clone(),
        registry: options.registry.clone(),
        config: r#"{"interval_s":60}"#.into(),
        command: r#"{"led":"on"}"#.into(),
        grace: Duration::from_secs(2),
    };
    let start = async || -> Result<_, Box<dyn std::error::Error>> {
        // The demo runs on any day.
        let valid = ((2020, 1, 1), (2099, 12, 31));
        let authority = Holder::root(&Request { valid, ..Request::authority("Demo root") })?;
        let between = authority.issue(&Request { valid, ..Request::authority("Demo intermediate") })?;
        let server = between.issue(&Request { valid, ..Request::server(&["localhost"]) })?;
        let mut roots = Roots::new();
        roots.add(authority.der())?;
        let offer = Offer { now: unix_seconds(), ..Offer::default() };
        let bridge = Bridge::start_secured(rules, acceptor(&server, &offer)?).await?;
        bridge.register(&options.device, public_key_pem)?;
        Ok((bridge, roots))
    };
    let (bridge, roots) = start().await.map_err(|error| {
        Failure::new("the bridge was started, and that failed", error, "give --broker another one")
    })?;
    steps.say(format_args!("Bridge listens on {}; the key is registered there", bridge.address()));
    Ok((bridge, roots))
}
