//! The station that a profile asks for.

use std::path::Path;

use atecc608::x509::DateTime;
use atecc608_fleet::report::{Report, ReportError};
use atecc608_fleet::station::{OpenError, Station, Way};
use p256::ecdsa::SigningKey;

use super::authority;
use super::profile::Profile;
use crate::failure::{Failure, Kind};

/// A station with its keys in files.
pub type FileStation = Station<SigningKey, SigningKey>;

/// Opens it. Keys and certificates that are missing are made, where the profile names a folder.
///
/// # Errors
///
/// What the profile names can't be used, or the report can't be written.
pub fn open(
    profile: &Profile,
    report: &Path,
    station: &str,
    operator: &str,
    clock: fn() -> DateTime,
) -> Result<FileStation, Failure> {
    let recipe = profile.recipe()?;
    let report = Report::open(report).map_err(|error| of_report(&error))?;
    let issued = report.chips().any(|(_, history)| history.issued.is_some());
    let issuer = authority::issuer(profile, issued, clock())?;
    let manifest = authority::manifest_signer(profile, clock())?;
    let about = authority::about(profile, station, operator);
    let station = FileStation::by(report, recipe, issuer, manifest, about, clock);
    let station = station.map_err(|error| match error {
        OpenError::Report(error) => of_report(&error),
        error => Failure::new(Kind::Usage, "the station was opened", error, "change the profile"),
    })?;
    let request = profile.certificates().is_some_and(|certificates| certificates.request);
    Ok(station.with_way(if request { Way::Request } else { Way::Direct }))
}

/// The report can't be written or read.
pub(super) fn of_report(error: &ReportError) -> Failure {
    let (tried, help) = match error {
        ReportError::InUse(_) => {
            ("the report was opened", "wait until the other run with this --report ends")
        }
        ReportError::Damaged { .. } => (
            "the report was read",
            "put a copy of the report back, if there is one, or take another --report",
        ),
        _ => (
            "the report was written",
            "make room on the disk, then run it again with the same --report: it goes on where the report ends",
        ),
    };
    Failure::new(Kind::File, tried, error, help)
}
