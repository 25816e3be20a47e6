//! What the examples of the five jobs share: simulated chips, the firmware vendor's server, and attacks that must fail.

mod interposer;
mod vendor;

use std::fmt::{Debug, Display};

use atecc608::blocking::Atecc608;
use atecc608::config::{ConfigZone, lint::Severity};
use atecc608::{Error, ErrorKind, Status, config::ConfigError};
use atecc608_sim::hal::{I2cError, SimDelay, SimI2c};
use atecc608_sim::{Bus, Chip};
use p256::elliptic_curve::Generate;

pub use interposer::Interposer;
pub use vendor::Vendor;

/// The driver on the simulated bus.
pub type Driver = Atecc608<SimI2c, SimDelay>;
/// Whatever went wrong.
pub type Failure = Box<dyn std::error::Error>;

/// A blank chip on a bus of its own. Each is another one.
pub fn blank_chip() -> (Bus, Driver) {
    let bus = Bus::new();
    bus.add(Chip::blank(u64::generate()));
    let driver = Atecc608::new(bus.i2c(), bus.delay());
    (bus, driver)
}

/// What locking a configuration on this chip would mean, looked at before it is done. Anything that lint finds
/// above a notice ends the example.
pub fn checked(
    whose: &str,
    chip: &mut Driver,
    config: impl Fn(&ConfigZone) -> ConfigZone,
) -> Result<(), Failure> {
    let wanted = config(&chip.read_config()?);
    let plan = chip.plan(&wanted)?;
    if let Some(finding) = plan.findings().find(|finding| finding.severity > Severity::Notice) {
        return Err(finding.to_string().into());
    }
    let findings = plan.findings().to_string();
    let counts = findings.lines().last().unwrap_or("");
    println!("checked: {whose} configuration, {} bytes to write; lint: {counts}", plan.changes().count());
    Ok(())
}

/// An error that says no, as opposed to one that says nothing: a chip that does not answer has refused
/// nothing.
pub trait Refusal: Display {
    /// Whether it does.
    fn is_refusal(&self) -> bool;
}

impl Refusal for Error<I2cError> {
    fn is_refusal(&self) -> bool {
        let said_no = matches!(self.status(), Some(Status::Miscompare | Status::Execution));
        said_no || self.kind == ErrorKind::Forged
    }
}

impl Refusal for ConfigError<I2cError> {
    fn is_refusal(&self) -> bool {
        match self {
            ConfigError::Chip(error) => error.is_refusal(),
            other => matches!(other, ConfigError::NotWritable { .. } | ConfigError::AlreadyLocked),
        }
    }
}

/// A server's.
impl Refusal for String {
    fn is_refusal(&self) -> bool {
        true
    }
}

/// The attack must have failed, by refusal; says how.
pub fn refused<T: Debug, E: Refusal>(attack: &str, result: Result<T, E>) -> Result<(), Failure> {
    match result {
        Err(error) if error.is_refusal() => {
            println!("refused: {attack} ({error})");
            Ok(())
        }
        Err(error) => Err(format!("{attack}: no refusal, but {error}").into()),
        Ok(_) => Err(format!("ATTACK SUCCEEDED: {attack}").into()),
    }
}
