//! Files as commands take and give them; `-` is standard input or output.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

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
