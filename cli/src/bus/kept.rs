//! Where the chip of `--bus sim` is kept, and what else of this program lasts.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Kind};

/// A file of this program. The folder is made; `help` is said if it can't be.
pub(crate) fn state_file(name: &str, help: &str) -> Result<PathBuf, Failure> {
    let folder = folder(env::var_os("XDG_STATE_HOME"), env::var_os("HOME")).ok_or_else(|| {
        let cause = "neither XDG_STATE_HOME, which has to be absolute, nor HOME says where";
        Failure::new(Kind::Usage, format!("the file {name} was looked for"), cause, help)
    })?;
    fs::create_dir_all(&folder).map_err(|error| {
        Failure::new(Kind::File, format!("the folder {} was made", folder.display()), error, help)
    })?;
    Ok(folder.join(name))
}

/// By the XDG Base Directory Specification: a path that is not absolute is ignored, an empty variable is none.
fn folder(state: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let state = state.filter(|state| Path::new(state).is_absolute()).map(PathBuf::from);
    let home = || Some(Path::new(&home.filter(|home| !home.is_empty())?).join(".local/state"));
    Some(state.or_else(home)?.join("atecc608"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_where_the_specification_has_it() {
        let folder = |state: &str, home: &str| folder(Some(state.into()), Some(home.into()));
        assert_eq!(folder("/state", "/ada"), Some("/state/atecc608".into()));
        for ignored in ["", "state", "./state"] {
            assert_eq!(folder(ignored, "/ada"), Some("/ada/.local/state/atecc608".into()));
        }
        assert_eq!(folder("", ""), None);
        assert_eq!(super::folder(None, None), None);
    }
}
