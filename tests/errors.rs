//! Every error of the driver is a [`core::error::Error`] that can be boxed and sent, says something, and gives what it
//! wraps as its source.

use atecc608::config::build::{BuildError, Purpose, UnknownPurpose};
use atecc608::config::plan::{CommitError, PlanError};
use atecc608::config::{ConfigError, ConfigZone, Mismatch, preset};
use atecc608::formats::jwt::{JwtError, SignJwtError};
use atecc608::wire::frame::{self, Damaged, TooLong};
use atecc608::wire::{Opcode, Request};
use atecc608::x509::trust::TrustError;
use atecc608::x509::{
    self, ChipError, CompressedError, Definition, InvalidText, IssueError, KeyPlace, ProvisionError,
    SerialSource, SlotPlace, Template, TemplateError,
};
use atecc608::{
    Address, Argument, BufferTooSmall, Error, ErrorKind, InvalidAddress, InvalidPublicKey, InvalidSlot,
    PublicKey, PublicKeySlot, Slot, SlotTooSmall, Status,
};
use embedded_hal::i2c::ErrorKind as Bus;
use std::error::Error as AnyError;
use std::{collections::BTreeSet, fs, path::Path};

type Provision = ProvisionError<Bus, Error<Bus>>;

/// An error, and what it wraps.
struct Example {
    name: &'static str,
    error: Box<dyn AnyError + Send + Sync>,
    source: Option<String>,
}

fn example<E: AnyError + Send + Sync + 'static>(error: E, source: Option<&dyn AnyError>) -> Example {
    let name = std::any::type_name::<E>().split('<').next().unwrap().rsplit("::").next().unwrap();
    Example { name, error: Box::new(error), source: source.map(ToString::to_string) }
}

fn examples() -> Vec<Example> {
    let status = Status::Execution;
    let chip: Error<Bus> = Error::new(Opcode::Sign, ErrorKind::Status(status));
    let small = BufferTooSmall::new(100);
    let zone = ConfigZone::from_bytes(preset::FACTORY);
    let mut other = zone;
    other.set_byte(20, 1);
    let mismatch = Mismatch::new(&zone, &other);
    let config: ConfigError<Bus> = ConfigError::Chip(chip);
    let too_long = [0; 200];
    let request = Request::with_data(Opcode::Write, 0, 0, [&too_long, &[], &[]]);
    let mut locked = zone;
    locked.set_byte(87, 0);
    let text = InvalidText::Length { found: 0, least: 1, most: 64 };
    let (verified, dates) = (x509::Error::NotVerified, CompressedError::TermYears(128));
    let template = TemplateError::NoSerial;
    let fixed = Template::new(&[], 0, 0, SerialSource::PublicKeyHash);
    let key = KeyPlace::Private(Slot::S0);
    let misfit = Definition::new(&fixed, SlotPlace::S9, KeyPlace::Stored(SlotPlace::S9), key)
        .check(&zone)
        .unwrap_err();
    vec![
        example(status, None),
        example(Argument::TooLong, None),
        example(chip, Some(&status)),
        example(
            Error::<Bus>::without_command(ErrorKind::Argument(Argument::Alignment)),
            Some(&Argument::Alignment),
        ),
        example(Error::<Bus>::new(Opcode::Read, ErrorKind::Bus(Bus::Bus)), None),
        example(ErrorKind::<Bus>::Status(status), Some(&status)),
        example(ErrorKind::<Bus>::WrongChip([0x50, 0]), None),
        example(small, None),
        example(mismatch.clone(), None),
        example(config.clone(), Some(&chip)),
        example(ConfigError::<Bus>::Mismatch(mismatch.clone()), Some(&mismatch)),
        example(ConfigError::<Bus>::AlreadyLocked, None),
        example(BuildError::TooFewUses, None),
        example("no purpose".parse::<Purpose>().unwrap_err() as UnknownPurpose, None),
        example(atecc608::config::plan::Plan::new(&locked, &zone).unwrap_err() as PlanError, None),
        example(CommitError::Config(config.clone()), Some(&config)),
        example(CommitError::<Bus>::Findings { errors: 1 }, None),
        example(JwtError::from(small), Some(&small)),
        example(JwtError::Claims, None),
        example(SignJwtError::<Bus>::Jwt(small.into()), Some(&JwtError::from(small))),
        example(SignJwtError::Chip(chip), Some(&chip)),
        example(Address::try_from(0xC0).unwrap_err() as InvalidAddress, None),
        example(Slot::try_from(16).unwrap_err() as InvalidSlot, None),
        example(PublicKeySlot::try_from(Slot::S7).unwrap_err() as SlotTooSmall, None),
        example(request.emit(&mut frame::Buffer::new()).unwrap_err() as TooLong, None),
        example(frame::payload(&[]).unwrap_err() as Damaged, None),
        example(text, None),
        example(x509::Error::DnsName(text), Some(&text)),
        example(x509::Error::BufferTooSmall(small), Some(&small)),
        example(x509::Error::Compressed(dates), Some(&dates)),
        example(x509::Error::Template(template), Some(&template)),
        example(x509::Error::Blank(SlotPlace::S10), None),
        example(dates, None),
        example(template, None),
        example(ChipError::<Bus>::X509(verified), Some(&verified)),
        example(ChipError::Chip(chip), Some(&chip)),
        example(IssueError::<Error<Bus>>::X509(verified), Some(&verified)),
        example(IssueError::Signer(chip), Some(&chip)),
        example(TrustError::<Bus>::X509(verified), Some(&verified)),
        example(TrustError::<Bus>::NotTrust(None), None),
        example(TrustError::Chip(chip), Some(&chip)),
        example(misfit, None),
        example(Provision::Unfit(misfit), Some(&misfit)),
        example(Provision::X509(verified), Some(&verified)),
        example(Provision::Signer(chip), Some(&chip)),
        example(Provision::Commit(CommitError::Config(config.clone())), Some(&CommitError::Config(config))),
        example(Provision::Locked(ChipError::Chip(chip)), Some(&ChipError::Chip(chip))),
        example(PublicKey::try_from(p256::Sec1Point::identity()).unwrap_err() as InvalidPublicKey, None),
    ]
}

#[test]
fn each_says_something_and_gives_its_source() {
    for Example { name, error, source } in examples() {
        assert!(error.to_string().len() > 10, "{name}: {error}");
        assert_eq!(error.source().map(ToString::to_string), source, "{name}: {error}");
    }
}

/// A program finds the chip's status however deep it is.
#[test]
fn the_status_is_at_the_end_of_the_chain() {
    let chip: Error<Bus> = Error::new(Opcode::Lock, ErrorKind::Status(Status::Execution));
    let error = CommitError::Config(ConfigError::Chip(chip));
    let mut last: &(dyn AnyError + 'static) = &error;
    while let Some(source) = last.source() {
        last = source;
    }
    assert_eq!(last.downcast_ref(), Some(&Status::Execution));
}

/// None is left out above: the names are those in the sources.
#[test]
fn these_are_all() {
    let listed: BTreeSet<String> = examples().iter().map(|example| example.name.to_owned()).collect();
    let (mut implemented, mut named) = (BTreeSet::new(), BTreeSet::new());
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |text| {
        // The generated half has the same.
        let text = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
        for line in text.lines() {
            let word = |text: &str| -> String { text.chars().take_while(|c| c.is_alphanumeric()).collect() };
            if let Some((_, name)) = line.split_once("core::error::Error for ") {
                implemented.insert(word(name));
            }
            for keyword in ["pub enum ", "pub struct "] {
                let Some(name) = line.trim_start().strip_prefix(keyword).map(word) else { continue };
                let wrong = ["Error", "Mismatch", "TooLong", "TooSmall", "Damaged"];
                let wrong = wrong.iter().any(|end| name.ends_with(end))
                    || ["Invalid", "Unknown"].iter().any(|start| name.starts_with(start));
                if wrong {
                    named.insert(name);
                }
            }
        }
    });
    // Of the writer of JSON, which nobody sees.
    implemented.remove("Refused");
    assert_eq!(listed, implemented);
    assert!(named.is_subset(&implemented), "no errors: {:?}", named.difference(&implemented));
}

fn sources(folder: &Path, each: &mut impl FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, each);
        } else {
            each(&fs::read_to_string(path).unwrap());
        }
    }
}
