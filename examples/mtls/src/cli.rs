//! The command line.

mod check;
mod help;

use atecc608::{Address, Slot};
use atecc608_linux::{Location, LocationError};
use atecc608_sim::preset::Preset;
use demo::arguments::{address, file, slot, span, text, value};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// The project's number at the mock of Google.
pub(crate) const MOCK_NUMBER: u64 = 123_456_789_012;

/// Where to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cloud {
    Aws,
    Azure(Service),
    Google,
    Mosquitto,
}

impl Cloud {
    /// As on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure(_) => "azure",
            Self::Google => "google",
            Self::Mosquitto => "mosquitto",
        }
    }
}

/// Which of Azure's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    EventGrid,
    Hub,
    Dps,
}

impl Service {
    /// As on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::EventGrid => "event-grid",
            Self::Hub => "hub",
            Self::Dps => "dps",
        }
    }
}

/// How AWS comes to know the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Onboard {
    Registered,
    Jitr,
    Jitp,
    Claim,
}

impl Onboard {
    /// As on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Jitr => "jitr",
            Self::Jitp => "jitp",
            Self::Claim => "claim",
        }
    }
}

/// The only version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Tls12,
    Tls13,
}

/// What the program is told.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) cloud: Cloud,
    pub(crate) endpoint: Option<String>,
    pub(crate) ca: Vec<PathBuf>,
    pub(crate) tls: Option<Version>,
    pub(crate) client_id: Option<String>,
    pub(crate) topic: Option<String>,
    pub(crate) wait: Duration,
    pub(crate) timeout: Duration,
    pub(crate) location: Location,
    pub(crate) chip: ChipOptions,
    pub(crate) aws: AwsOptions,
    pub(crate) id_scope: Option<String>,
    pub(crate) google: GoogleOptions,
    pub(crate) json: bool,
}

/// Which chip, and where its certificate comes from.
#[derive(Debug, Default)]
pub(crate) struct ChipOptions {
    pub(crate) address: Option<Address>,
    pub(crate) slot: Option<Slot>,
    pub(crate) tng: bool,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) authority: Option<PathBuf>,
    pub(crate) csr: bool,
    pub(crate) lock_chip_for_ever: bool,
}

/// AWS's own.
#[derive(Debug, Default)]
pub(crate) struct AwsOptions {
    pub(crate) onboard: Option<Onboard>,
    pub(crate) alpn: bool,
    pub(crate) template: Option<String>,
    pub(crate) claim_certificate: Option<PathBuf>,
    pub(crate) claim_key: Option<PathBuf>,
    pub(crate) save_certificate: Option<PathBuf>,
}

/// Google's own.
#[derive(Debug, Default)]
pub(crate) struct GoogleOptions {
    pub(crate) project_number: Option<u64>,
    pub(crate) project: Option<String>,
    pub(crate) pool: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) subscription: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cloud: Cloud::Aws,
            endpoint: None,
            ca: Vec::new(),
            tls: None,
            client_id: None,
            topic: None,
            wait: Duration::from_secs(2),
            timeout: Duration::from_secs(10),
            location: Location::Simulator,
            chip: ChipOptions::default(),
            aws: AwsOptions::default(),
            id_scope: None,
            google: GoogleOptions::default(),
            json: false,
        }
    }
}

impl Options {
    /// How AWS comes to know the device.
    pub(crate) fn onboard(&self) -> Onboard {
        self.aws.onboard.unwrap_or(Onboard::Registered)
    }

    /// Whether the server is a mock in this program.
    pub(crate) fn is_mock(&self) -> bool {
        self.endpoint.is_none() && self.google.project_number.is_none()
    }
}

/// The command line, or the end of the program: after help, and after an explanation of what is wrong with it.
pub(crate) fn parse() -> Result<Options, ExitCode> {
    // Unlike `println!`, does not panic when nobody reads any more.
    match read(lexopt::Parser::from_env()) {
        Ok(Told::Options(options)) => Ok(*options),
        Ok(Told::Help) => {
            let _ = write!(std::io::stdout(), "{}", help::HELP);
            Err(ExitCode::SUCCESS)
        }
        Ok(Told::Version) => {
            let _ = writeln!(std::io::stdout(), "mtls {}", env!("CARGO_PKG_VERSION"));
            Err(ExitCode::SUCCESS)
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}\n\nFor more information, try '--help'.");
            Err(ExitCode::from(2))
        }
    }
}

enum Told {
    Options(Box<Options>),
    Help,
    Version,
}

fn read(mut line: lexopt::Parser) -> Result<Told, String> {
    let mut options = Options::default();
    let (mut service, mut location) = (None, None);
    while let Some(argument) = line.next().map_err(|error| error.to_string())? {
        let lexopt::Arg::Long(name) = argument else {
            match argument {
                lexopt::Arg::Short('h') => return Ok(Told::Help),
                lexopt::Arg::Short('V') => return Ok(Told::Version),
                other => return Err(other.unexpected().to_string()),
            }
        };
        let name = name.to_owned();
        let (chip, aws, google) = (&mut options.chip, &mut options.aws, &mut options.google);
        match &*name {
            "help" => return Ok(Told::Help),
            "version" => return Ok(Told::Version),
            "json" => options.json = true,
            "cloud" => options.cloud = value(&mut line, cloud)?,
            "service" => service = Some(value(&mut line, azure)?),
            "endpoint" => options.endpoint = Some(value(&mut line, endpoint)?),
            "ca" => options.ca.push(file(&mut line)?),
            "tls" => options.tls = Some(value(&mut line, version)?),
            "client-id" | "thing" | "device-id" => options.client_id = Some(value(&mut line, text)?),
            "topic" => options.topic = Some(value(&mut line, text)?),
            "wait" => options.wait = value(&mut line, span)?,
            "timeout" => options.timeout = value(&mut line, span)?,
            "i2c" => location = Some(value(&mut line, self::location)?),
            "address" => chip.address = Some(value(&mut line, address)?),
            "slot" => chip.slot = Some(value(&mut line, slot)?),
            "tng" => chip.tng = true,
            "certificate" => chip.certificate = Some(file(&mut line)?),
            "authority" => chip.authority = Some(file(&mut line)?),
            "csr" => chip.csr = true,
            "lock-chip-for-ever" => chip.lock_chip_for_ever = true,
            "onboard" => aws.onboard = Some(value(&mut line, onboard)?),
            "alpn" => aws.alpn = true,
            "template" => aws.template = Some(value(&mut line, text)?),
            "claim-certificate" => aws.claim_certificate = Some(file(&mut line)?),
            "claim-key" => aws.claim_key = Some(file(&mut line)?),
            "save-certificate" => aws.save_certificate = Some(file(&mut line)?),
            "id-scope" => options.id_scope = Some(value(&mut line, text)?),
            "project-number" => google.project_number = Some(value(&mut line, number)?),
            "project" => google.project = Some(value(&mut line, text)?),
            "pool" => google.pool = Some(value(&mut line, text)?),
            "provider" => google.provider = Some(value(&mut line, text)?),
            "subscription" => google.subscription = Some(value(&mut line, text)?),
            _ => return Err(format!("unexpected argument '--{name}'")),
        }
    }
    match (options.cloud, service) {
        (Cloud::Azure(_), Some(service)) => options.cloud = Cloud::Azure(service),
        (_, Some(_)) => return Err("--service can only be used with --cloud azure".into()),
        (_, None) => {}
    }
    let usual = if options.chip.tng { Location::Preset(Preset::TngTls) } else { Location::Simulator };
    options.location = location.unwrap_or(usual);
    options.check()?;
    Ok(Told::Options(Box::new(options)))
}

fn cloud(text: &str) -> Result<Cloud, String> {
    match text {
        "aws" => Ok(Cloud::Aws),
        "azure" => Ok(Cloud::Azure(Service::EventGrid)),
        "google" => Ok(Cloud::Google),
        "mosquitto" => Ok(Cloud::Mosquitto),
        _ => Err("a cloud is aws, azure, google or mosquitto (which stands for any MQTT broker)".into()),
    }
}

fn azure(text: &str) -> Result<Service, String> {
    match text {
        "event-grid" => Ok(Service::EventGrid),
        "hub" => Ok(Service::Hub),
        "dps" => Ok(Service::Dps),
        _ => Err("Azure's services are event-grid, hub and dps".into()),
    }
}

fn onboard(text: &str) -> Result<Onboard, String> {
    match text {
        "registered" => Ok(Onboard::Registered),
        "jitr" => Ok(Onboard::Jitr),
        "jitp" => Ok(Onboard::Jitp),
        "claim" => Ok(Onboard::Claim),
        _ => Err("the ways are registered, jitr, jitp and claim".into()),
    }
}

fn version(text: &str) -> Result<Version, String> {
    match text {
        "1.2" => Ok(Version::Tls12),
        "1.3" => Ok(Version::Tls13),
        _ => Err("the versions are 1.2 and 1.3".into()),
    }
}

fn location(text: &str) -> Result<Location, String> {
    text.parse().map_err(|error: LocationError| error.to_string())
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| String::from("a project's number has only digits"))
}

/// A host, with a port or without.
fn endpoint(text: &str) -> Result<String, String> {
    if text.contains("://") || text.contains('/') {
        return Err("an endpoint is a host, or host and port, and no URL".into());
    }
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') => (host, Some(port)),
            _ => (text, None),
        },
    };
    if host.is_empty() {
        return Err("there is no host in it".into());
    }
    match port.map(str::parse::<u16>) {
        Some(Err(_) | Ok(0)) => Err("a port is a number from 1 to 65535".into()),
        _ => Ok(text.to_owned()),
    }
}
