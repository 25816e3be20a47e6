//! A station that gives each of many chips a key and a certificate.
//!
//! ```text
//! cargo run --example fleet -- --chips 1000 --out fleet-out
//! ```
//!
//! provisions 1,000 simulated chips, some of which fail, one after the other, and writes a report, a signed manifest in
//! Microchip's format, and each device's certificates. It can be stopped at any time and run again. `-- --help` shows
//! what else it can do: a signer whose key is in a chip, requests (CSR), a real chip.

mod cli;
mod figures;
mod fleet;
mod signer;
mod store;

use std::fmt::Display;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use atecc608::blocking::{Atecc608, CertificateSigner};
use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{DataContents, Slot};
use atecc608_fleet::authority::{Certificates, Issuer};
use atecc608_fleet::chain::Roots;
use atecc608_fleet::export;
use atecc608_fleet::manifest::{Devices, Party, SigningCertificate};
use atecc608_fleet::report::{Event, Report};
use atecc608_fleet::station::{About, Station, Way};
use atecc608_sim::Chip;

use cli::{Options, Signer};
use demo::Failure;
use figures::Figures;
use signer::{Failing, Switch};
use store::{Store, file_failed};
use testkit::rig::Simulated;

fn main() -> ExitCode {
    let options = match cli::parse() {
        Ok(options) => options,
        Err(end) => return end,
    };
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            // Unlike `eprintln!`, does not panic when nobody reads any more.
            let _ = writeln!(std::io::stderr(), "error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all is as it should be.
fn run(options: &Options) -> Result<bool, Failure> {
    match &options.out {
        Some(out) => run_in(out, options),
        None => {
            let folder = tempfile::tempdir()
                .map_err(|error| Failure::new("a temporary folder was made", error, "give --out"))?;
            run_in(folder.path(), options)
        }
    }
}

fn run_in(out: &Path, options: &Options) -> Result<bool, Failure> {
    let store = Store::new(out)?;
    match options.signer {
        Signer::Software => {
            let key = store.authority()?.key("signer").map_err(|error| store::authority_failed(&error))?;
            station(options, &store, key, || 0.0)
        }
        Signer::Chip => {
            let path = store.file("signer.eeprom");
            let simulated = Simulated::open(path.clone(), || Chip::blank(options.seed))
                .map_err(|error| file_failed("read", &path, &error))?;
            let (i2c, delay) = simulated.socket(None);
            let mut chip = Atecc608::new(i2c, delay);
            let failed = |error: &dyn Display| {
                Failure::new("the signer's chip was set up", error, "take another --out, which gets its own")
            };
            chip.provision(
                preset::gcp_device,
                Slot::S0,
                &DataContents::BLANK,
                NoMoreConfigWrites,
                NoMoreFreeDataWrites,
            )
            .map_err(|error| failed(&error))?;
            let signer = chip.keypair(Slot::S0).map_err(|error| failed(&error))?;
            station(options, &store, signer, || figures::seconds(&simulated.bus))
        }
    }
}

/// Opens the station, runs it, and looks at what it has written.
fn station<S: CertificateSigner<Error: Display>>(
    options: &Options,
    store: &Store,
    signer: S,
    signer_bus_seconds: impl Fn() -> f64,
) -> Result<bool, Failure> {
    let start = Instant::now();
    let certificates = store.certificates(signer.public_key())?;
    let mut manifest_signer =
        store.authority()?.key("manifest-signer").map_err(|error| store::authority_failed(&error))?;
    let manifest_certificate = store.manifest_certificate(&mut manifest_signer)?;
    let report_failed = fleet::report_failed;
    let report = Report::open(store.file(store::REPORT)).map_err(|error| report_failed(&error))?;
    tell(&report);
    let mut runs = 0;
    report
        .lines(|line| runs += u64::from(matches!(line.event, Event::Opened(_))))
        .map_err(|error| report_failed(&error))?;
    let switch = Switch::default();
    let issuer = Issuer::new(Failing { signer, switch: switch.clone() }, certificates).map_err(|error| {
        Failure::new("the signer was set up", error, "run with the --signer with which --out was begun")
    })?;
    let way = if options.csr { Way::Request } else { Way::Direct };
    let about = about(options);
    let mut station =
        Station::open(report, issuer, manifest_signer, manifest_certificate.clone(), about, store::now)
            .map_err(|error| report_failed(&error))?
            .with_way(way);
    let mut figures = fleet::provision(&mut station, options, store, &switch, runs)?;
    figures.signatures = station.issuer().map_or(0, Issuer::signatures);
    let devices = publish(&station, store, &manifest_certificate)?;
    figures.manifest_entries = devices.all().len();
    figures.signer_bus_seconds = signer_bus_seconds();
    figures.seconds = start.elapsed().as_secs_f64();
    if devices.all().len() < figures.all_done() as usize {
        figures.lost(u32::MAX, "the manifest has fewer entries than there are devices".to_owned());
    }
    show(options, &figures)?;
    Ok(figures.lost.is_empty())
}

/// What a person should know who goes on.
fn tell(report: &Report) {
    let mut stderr = std::io::stderr();
    if let Some(torn) = report.torn() {
        let _ = writeln!(
            stderr,
            "note: the report's last line was torn by a stop; {} bytes were cut off",
            torn.len()
        );
    }
    let open: Vec<String> = report.open_chips().map(|serial| serial.to_string()).collect();
    if !open.is_empty() {
        let _ = writeln!(stderr, "note: begun with before and not done yet: {}", open.join(", "));
    }
}

fn about(options: &Options) -> About {
    About {
        station: "example station".to_owned(),
        operator: options.operator.clone(),
        part_number: "EXAMPLE-DEVICE-1".to_owned(),
        manufacturer: Party::new("Microchip Technology Inc"),
        provisioner: Party::new("Example Devices"),
        distributor: Party::new("Example Devices"),
        group: None,
    }
}

/// Writes the manifest, reads it again, verifies all of it, and exports the devices.
fn publish<S: CertificateSigner<Error: Display>, M: CertificateSigner<Error: Display>>(
    station: &Station<S, M>,
    store: &Store,
    manifest_certificate: &SigningCertificate,
) -> Result<Devices, Failure> {
    let failed = |error: &dyn Display| {
        Failure::new(
            "the manifest was written and verified",
            error,
            "tell who has this program: it should not happen",
        )
    };
    let manifest = station.report().manifest().map_err(|error| failed(&error))?;
    let path = store.file("manifest.json");
    store::write(&path, manifest.to_string().as_bytes())?;
    let json = std::fs::read(&path).map_err(|error| file_failed("read", &path, &error))?;
    let manifest = atecc608_fleet::manifest::Manifest::parse(&json).map_err(|error| failed(&error))?;
    let certificates = station.issuer().map(Issuer::certificates);
    let roots = certificates.map_or_else(|| Ok(Roots::new()), Certificates::roots);
    let roots = roots.map_err(|error| failed(&error))?;
    let devices = manifest
        .verify(std::slice::from_ref(manifest_certificate), &roots)
        .map_err(|error| failed(&error))?;
    let csv = export::csv(devices.all()).map_err(|error| failed(&error))?;
    store::write(&store.file("devices.csv"), csv.as_bytes())?;
    let lines = export::json_lines(devices.all()).map_err(|error| failed(&error))?;
    store::write(&store.file("devices.jsonl"), lines.as_bytes())?;
    for device in devices.all() {
        let path = store.file_in("certificates", &format!("{}.pem", device.serial))?;
        let pem = export::pem_chain(device, false).map_err(|error| failed(&error))?;
        std::fs::write(&path, pem).map_err(|error| file_failed("write", &path, &error))?;
    }
    Ok(devices)
}

fn show(options: &Options, figures: &Figures) -> Result<(), Failure> {
    let mut stdout = std::io::stdout();
    let _ = if options.json {
        let json = serde_json::to_string(figures)
            .map_err(|error| Failure::new("the figures were written", error, "leave --json out"))?;
        writeln!(stdout, "{json}")
    } else {
        write!(stdout, "{figures}").and_then(|()| match &options.out {
            Some(out) => writeln!(stdout, "All of it is in {}", out.display()),
            None => writeln!(stdout, "Nothing was kept; --out DIR does"),
        })
    };
    Ok(())
}
