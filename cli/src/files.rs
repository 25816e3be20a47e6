//! Files as commands take and give them; `-` is standard input or output.

use std::fmt;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use serde::Serialize;

use crate::app::App;
use crate::failure::{Failure, Kind};

/// All of a file.
///
/// # Errors
///
/// [`Kind::File`].
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let result = if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    result.map_err(|error| {
        Failure::new(
            Kind::File,
            format!("{} was read", path.display()),
            error,
            "name a file that can be read",
        )
    })
}

/// Writes a file, or standard output.
///
/// # Errors
///
/// [`Kind::File`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let result =
        if path == Path::new("-") { io::stdout().lock().write_all(bytes) } else { fs::write(path, bytes) };
    result.map_err(|error| {
        Failure::new(
            Kind::File,
            format!("{} was written", path.display()),
            error,
            "name a file that can be written",
        )
    })
}

/// Writes a file that the user named, and says so; with `--dry-run` says so only.
///
/// # Errors
///
/// [`Kind::File`].
pub(crate) fn leave(app: &App, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if app.dry_run() {
        app.note(format_args!("{} would be written", path.display()));
        return Ok(());
    }
    write(path, bytes)?;
    app.note(format_args!("{} written", path.display()));
    Ok(())
}

/// Whether two paths name the same file, which need not exist yet.
pub(crate) fn are_one(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let there = || Some(fs::canonicalize(folder).ok()?.join(path.file_name()?));
        fs::canonicalize(path).ok().or_else(there).unwrap_or_else(|| path.to_owned())
    };
    whole(one) == whole(other)
}

/// What a command is about, as bytes: into the file, if one is named; else to standard output. With `--json` what is
/// told of them is the answer.
///
/// # Errors
///
/// [`Kind::File`].
pub(crate) fn give(
    app: &mut App,
    to: Option<&Path>,
    bytes: &[u8],
    told: &impl Serialize,
) -> Result<(), Failure> {
    let to = to.filter(|path| *path != Path::new("-"));
    if let Some(path) = to {
        leave(app, path, bytes)?;
    }
    if app.json() {
        return app.answer(&Told(told));
    }
    if to.is_none() { app.bytes(bytes) } else { Ok(()) }
}

/// Only for JSON.
#[derive(Serialize)]
#[serde(transparent)]
struct Told<'a, T>(&'a T);

impl<T> fmt::Display for Told<'_, T> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}
