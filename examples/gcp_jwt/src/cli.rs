//! The command line.

use atecc608::{Address, Slot};
use atecc608_cloud::federation::{
    FieldError, Identity, Impersonation, Provider, Scope, ServiceAccount, Topic,
};
use atecc608_cloud::mqtt::Device;
use atecc608_cloud::token::Lifetime;
use demo::Failure;
use demo::arguments::{address, file, slot, span, text, value};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// The project's number at the mock of Google.
pub(crate) const MOCK_NUMBER: u64 = 123_456_789_012;

const HELP: &str = "\
An ATECC608 signs a token, and a device logs in with it: to an IoT Core style MQTT bridge, or with --direct to Google
Cloud itself.

Without options it runs on its own: a blank chip in software and a bridge on 127.0.0.1 that checks what the real one did.
With --direct alone the servers are in this program, too.

Usage: gcp_jwt [OPTIONS]

The device:
      --project <ID>             Project id; also the token's audience [default: demo-project]
      --region <REGION>          Region of the registry [default: us-central1]
      --registry <ID>            Registry that the device belongs to [default: demo-registry]
      --device <ID>              Device id [default: demo-device]
      --slot <SLOT>              Slot of the signing key. On a chip that this program sets up: 0 (kept for ever; taken if
                                 nothing is said) or 1 (may be replaced). On another: the first that can sign, if nothing
                                 is said
      --lifetime <SPAN>          Token lifetime: seconds, or a span such as 90s, 30m, 1h, 24h; at most 24 hours
                                 [default: 1h]

The bridge:
      --broker <HOST:PORT>       An MQTT 3.1.1 broker to log in to, over TLS 1.3, instead of the bridge in this program.
                                 Its certificate must have this name (or address) and lead to a pinned root
      --root <FILE>              Pins this root, PEM or DER, for --broker or Google; may be repeated. Without it the roots
                                 of Google Trust Services (R1, R3, R4) and DigiCert (TLS ECC P384 Root G5) are pinned,
                                 which Google and the IoT Core bridge's successors use
      --plain                    Speaks MQTT without TLS: anybody on the way can read and use the token. For a broker on
                                 this machine
      --timeout <SPAN>           How long to wait for each answer of a server: seconds, or a span such as 500ms, 30s
                                 [default: 10s]

The chip:
      --bus, --i2c <LOCATION>    A chip on a bus of this machine (100 kHz), such as /dev/i2c-1; or sim:FILE, sim:tngtls,
                                 tcp:HOST:PORT. It is not configured or locked without --lock-chip-for-ever
      --address <ADDRESS>        That chip's 7-bit I2C address. Without it, the chip is looked for at 0x60, 0x35
                                 (Trust&GO) and 0x36 (TrustFLEX)
      --lock-chip-for-ever       Configures and locks a blank chip on --bus. THIS CAN NEVER BE UNDONE
      --state <FILE>             Keeps the simulated chip in this file, so that the next run finds the same chip

Google Cloud itself:
      --direct                   Logs in by Workload Identity Federation and publishes at Pub/Sub, instead of a bridge
      --project-number <NUMBER>  Number (not id) of the project that has the pool: with it Google's own servers are used
      --pool <POOL>              Workload identity pool [default: devices]
      --provider <PROVIDER>      The pool's provider; the device id, if nothing else is said
      --issuer <URL>             The provider's --issuer-uri [default: https://devices.example.com]
      --audience <AUDIENCE>      One of the provider's --allowed-audiences; its full name, if nothing else is said
      --subject <SUBJECT>        The token's subject; the device id, if nothing else is said
      --kid <KID>                The key's id in the JWKS that is printed, and in the token; the device id, if nothing
                                 else is said
      --topic <TOPIC>            Pub/Sub topic, in --project [default: telemetry]
      --service-account <EMAIL>  Acts as this service account; without it the device itself publishes
      --google <HOST:PORT>       Where Google's servers are instead of where DNS says. They must prove their names all
                                 the same

      --json                     Prints one JSON object instead of the steps
  -h, --help                     Prints this
  -V, --version                  Prints the version
";

/// What the program is told.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) project: String,
    pub(crate) region: String,
    pub(crate) registry: String,
    pub(crate) device: String,
    pub(crate) slot: Option<Slot>,
    pub(crate) lifetime: Lifetime,
    pub(crate) broker: Option<String>,
    pub(crate) root: Vec<PathBuf>,
    pub(crate) plain: bool,
    pub(crate) direct: Direct,
    pub(crate) timeout: Duration,
    pub(crate) bus: Option<String>,
    pub(crate) address: Option<Address>,
    pub(crate) lock_chip_for_ever: bool,
    pub(crate) state: Option<PathBuf>,
    pub(crate) json: bool,
}

/// Login at Google Cloud itself.
#[derive(Debug)]
pub(crate) struct Direct {
    pub(crate) wanted: bool,
    pub(crate) project_number: Option<u64>,
    pub(crate) pool: String,
    pub(crate) provider: Option<String>,
    pub(crate) issuer: String,
    pub(crate) audience: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) kid: Option<String>,
    pub(crate) topic: String,
    pub(crate) service_account: Option<String>,
    pub(crate) google: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            project: "demo-project".into(),
            region: "us-central1".into(),
            registry: "demo-registry".into(),
            device: "demo-device".into(),
            slot: None,
            lifetime: Lifetime::HOUR,
            broker: None,
            root: Vec::new(),
            plain: false,
            direct: Direct {
                wanted: false,
                project_number: None,
                pool: "devices".into(),
                provider: None,
                issuer: "https://devices.example.com".into(),
                audience: None,
                subject: None,
                kid: None,
                topic: "telemetry".into(),
                service_account: None,
                google: None,
            },
            timeout: Duration::from_secs(10),
            bus: None,
            address: None,
            lock_chip_for_ever: false,
            state: None,
            json: false,
        }
    }
}

/// The command line, or the end of the program: after help, and after an explanation of what is wrong with it.
pub(crate) fn parse() -> Result<Options, ExitCode> {
    // Unlike `println!`, does not panic when nobody reads any more.
    match read(lexopt::Parser::from_env()) {
        Ok(Told::Options(options)) => Ok(*options),
        Ok(Told::Help) => {
            let _ = write!(std::io::stdout(), "{HELP}");
            Err(ExitCode::SUCCESS)
        }
        Ok(Told::Version) => {
            let _ = writeln!(std::io::stdout(), "gcp_jwt {}", env!("CARGO_PKG_VERSION"));
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
    let direct = &mut options.direct;
    while let Some(argument) = line.next().map_err(|error| error.to_string())? {
        let lexopt::Arg::Long(name) = argument else {
            match argument {
                lexopt::Arg::Short('h') => return Ok(Told::Help),
                lexopt::Arg::Short('V') => return Ok(Told::Version),
                other => return Err(other.unexpected().to_string()),
            }
        };
        let name = name.to_owned();
        match &*name {
            "help" => return Ok(Told::Help),
            "version" => return Ok(Told::Version),
            "plain" => options.plain = true,
            "direct" => direct.wanted = true,
            "lock-chip-for-ever" => options.lock_chip_for_ever = true,
            "json" => options.json = true,
            "project" => options.project = value(&mut line, text)?,
            "region" => options.region = value(&mut line, text)?,
            "registry" => options.registry = value(&mut line, text)?,
            "device" => options.device = value(&mut line, text)?,
            "slot" => options.slot = Some(value(&mut line, slot)?),
            "lifetime" => options.lifetime = value(&mut line, lifetime)?,
            "broker" => options.broker = Some(value(&mut line, text)?),
            "root" => options.root.push(file(&mut line)?),
            "timeout" => options.timeout = value(&mut line, span)?,
            "bus" | "i2c" => options.bus = Some(value(&mut line, text)?),
            "address" => options.address = Some(value(&mut line, address)?),
            "state" => options.state = Some(file(&mut line)?),
            "project-number" => direct.project_number = Some(value(&mut line, number)?),
            "pool" => direct.pool = value(&mut line, text)?,
            "provider" => direct.provider = Some(value(&mut line, text)?),
            "issuer" => direct.issuer = value(&mut line, text)?,
            "audience" => direct.audience = Some(value(&mut line, text)?),
            "subject" => direct.subject = Some(value(&mut line, text)?),
            "kid" => direct.kid = Some(value(&mut line, text)?),
            "topic" => direct.topic = value(&mut line, text)?,
            "service-account" => direct.service_account = Some(value(&mut line, text)?),
            "google" => direct.google = Some(value(&mut line, text)?),
            _ => return Err(format!("unexpected argument '--{name}'")),
        }
    }
    options.check()?;
    Ok(Told::Options(Box::new(options)))
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| String::from("a project's number has only digits"))
}

impl Options {
    /// Options that need others, and that exclude each other.
    fn check(&self) -> Result<(), String> {
        let Direct { wanted, project_number, google, .. } = &self.direct;
        let (broker, elsewhere) = (self.broker.is_some(), self.broker.is_some() || project_number.is_some());
        for (given, name, there, needed) in [
            (!self.root.is_empty(), "--root", elsewhere, "--broker or --project-number"),
            (self.plain, "--plain", broker, "--broker"),
            (self.address.is_some(), "--address", self.bus.is_some(), "--bus or --i2c"),
            (self.lock_chip_for_ever, "--lock-chip-for-ever", self.bus.is_some(), "--bus or --i2c"),
            (project_number.is_some(), "--project-number", *wanted, "--direct"),
            (google.is_some(), "--google", project_number.is_some(), "--project-number"),
        ] {
            if given && !there {
                return Err(format!("{name} can only be used with {needed}"));
            }
        }
        for (both, one, other) in [
            (broker && project_number.is_some(), "--broker", "--project-number"),
            (self.plain && !self.root.is_empty(), "--plain", "--root"),
            (*wanted && broker, "--direct", "--broker"),
            (self.bus.is_some() && self.state.is_some(), "--bus", "--state"),
        ] {
            if both {
                return Err(format!("{one} cannot be used with {other}"));
            }
        }
        Ok(())
    }
}

impl Options {
    /// The id of the key in JWKS and token.
    pub(crate) fn kid(&self) -> &str {
        self.direct.kid.as_deref().unwrap_or(&self.device)
    }

    /// The token's subject.
    pub(crate) fn subject(&self) -> &str {
        self.direct.subject.as_deref().unwrap_or(&self.device)
    }

    /// The pool's provider.
    pub(crate) fn provider(&self) -> &str {
        self.direct.provider.as_deref().unwrap_or(&self.device)
    }

    /// Who the device is for Google, checked.
    pub(crate) fn identity<'a>(&'a self, direct: &'a Direct) -> Result<Identity<'a>, Failure> {
        let number = direct.project_number.unwrap_or(MOCK_NUMBER);
        let identity = Provider::new(number, &direct.pool, self.provider())
            .and_then(|provider| Identity::new(provider, &direct.issuer, self.subject(), self.kid()));
        let identity = identity.and_then(|identity| match &direct.audience {
            Some(audience) => identity.with_audience(audience),
            None => Ok(identity),
        });
        identity.map_err(of_google)
    }

    /// Where it publishes, checked.
    pub(crate) fn topic<'a>(&'a self, direct: &'a Direct) -> Result<Topic<'a>, Failure> {
        Topic::new(&self.project, &direct.topic).map_err(of_google)
    }

    /// The service account, checked.
    pub(crate) fn impersonation<'a>(&self, direct: &'a Direct) -> Result<Option<Impersonation<'a>>, Failure> {
        let account = direct.service_account.as_deref().map(ServiceAccount::new).transpose();
        let account = account.map_err(of_google)?;
        Ok(account.map(|account| Impersonation { account, scope: Scope::PUBSUB, lifetime: Lifetime::HOUR }))
    }

    /// The device's name, checked.
    pub(crate) fn device(&self) -> Result<Device<'_>, Failure> {
        Device::new(&self.project, &self.region, &self.registry, &self.device).map_err(|error| {
            Failure::new(
                "the device's name can't be used",
                error,
                "change --project, --region, --registry or --device",
            )
        })
    }
}

fn of_google(error: FieldError) -> Failure {
    Failure::new(
        "the device's names at Google can't be used",
        error,
        "change --project, --project-number, --pool, --provider, --issuer, --audience, --subject, --kid, --topic or \
         --service-account",
    )
}

fn lifetime(text: &str) -> Result<Lifetime, String> {
    Lifetime::from_secs(span(text)?.as_secs()).map_err(|error| error.to_string())
}
