//! The command line.

mod check;
mod help;
mod values;

use atecc608::{Address, Slot};
use atecc608_linux::Location;
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
            "cloud" => options.cloud = value(&mut line, values::cloud)?,
            "service" => service = Some(value(&mut line, values::azure)?),
            "endpoint" => options.endpoint = Some(value(&mut line, values::endpoint)?),
            "ca" => options.ca.push(file(&mut line)?),
            "tls" => options.tls = Some(value(&mut line, values::version)?),
            "client-id" | "thing" | "device-id" => options.client_id = Some(value(&mut line, text)?),
            "topic" => options.topic = Some(value(&mut line, text)?),
            "wait" => options.wait = value(&mut line, span)?,
            "timeout" => options.timeout = value(&mut line, span)?,
            "i2c" => location = Some(value(&mut line, values::location)?),
            "address" => chip.address = Some(value(&mut line, address)?),
            "slot" => chip.slot = Some(value(&mut line, slot)?),
            "tng" => chip.tng = true,
            "certificate" => chip.certificate = Some(file(&mut line)?),
            "authority" => chip.authority = Some(file(&mut line)?),
            "csr" => chip.csr = true,
            "lock-chip-for-ever" => chip.lock_chip_for_ever = true,
            "onboard" => aws.onboard = Some(value(&mut line, values::onboard)?),
            "alpn" => aws.alpn = true,
            "template" => aws.template = Some(value(&mut line, text)?),
            "claim-certificate" => aws.claim_certificate = Some(file(&mut line)?),
            "claim-key" => aws.claim_key = Some(file(&mut line)?),
            "save-certificate" => aws.save_certificate = Some(file(&mut line)?),
            "id-scope" => options.id_scope = Some(value(&mut line, text)?),
            "project-number" => google.project_number = Some(value(&mut line, values::number)?),
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
