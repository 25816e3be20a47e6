//! Who stands for a report.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use atecc608_doctor::report::{Report, STATEMENT};

use super::file;
use crate::app::App;
use crate::failure::{Failure, Kind};

/// Signs it off, if somebody does.
pub(super) fn off(app: &App, report: Report, by: Option<&str>, written: bool) -> Result<Report, Failure> {
    if let Some(by) = by {
        return Ok(report.signed_off(Some(by.to_owned())));
    }
    if !written || app.json() {
        return Ok(report);
    }
    if !io::stdin().is_terminal() {
        app.note("the report is not signed off: --signed-by NAME does that, with '' without a name");
        return Ok(report);
    }
    let mut stderr = anstream::stderr();
    let _ = write!(
        stderr,
        "\nTo sign the report off: \"{STATEMENT}\"\nType your name or handle, or `-` for none; \
         nothing leaves it unsigned: "
    );
    let _ = stderr.flush();
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    let line = line.trim();
    Ok(match (read, line) {
        (Err(_), _) | (_, "") => report,
        (_, "-") => report.signed_off(None),
        (_, name) => report.signed_off(Some(name.to_owned())),
    })
}

/// Shows a report, and says whether it is as it was signed off.
pub(super) fn check(app: &mut App, path: &Path) -> Result<(), Failure> {
    let report = file::read(path)?;
    app.answer(&report)?;
    report.unchanged().map_err(|changed| Failure::new(Kind::No, changed, "", ""))
}
