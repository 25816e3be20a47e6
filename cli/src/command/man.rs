//! `atecc man`.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_mangen::Man as Page;
use serde::Serialize;

use crate::app::App;
use crate::cli::Cli;
use crate::failure::{Failure, Kind};
use crate::files;

/// The manual, a page for each command. [changes nothing]
///
/// `atecc man DIR`, then `man DIR/atecc-key-new.1`.
#[derive(Debug, Args)]
pub struct Man {
    /// The folder for the pages, which is made; without it the first page goes to standard output.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    folder: String,
    pages: Vec<String>,
    written: bool,
}

/// The answer without a folder.
#[derive(Debug, Serialize)]
struct First {
    page: String,
}

impl fmt::Display for First {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.page)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let would = if self.written { "" } else { " would be written" };
        write!(f, "{} pages in {}{would}", self.pages.len(), self.folder)
    }
}

impl Man {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let mut program = Cli::command().disable_help_subcommand(true);
        program.build();
        let Some(folder) = &self.folder else {
            let page = rendered(&program)?;
            return match app.json() {
                true => app.answer(&First { page: String::from_utf8_lossy(&page).into_owned() }),
                false => app.bytes(&page),
            };
        };
        let written = !app.dry_run();
        if written {
            fs::create_dir_all(folder).map_err(|error| {
                let tried = format!("the folder {} was made", folder.display());
                Failure::new(Kind::File, tried, error, "name a folder that can be made")
            })?;
        }
        let mut pages = Vec::new();
        let mut left = vec![program];
        while let Some(command) = left.pop() {
            let name = format!("{}.1", command.get_display_name().unwrap_or_else(|| command.get_name()));
            if written {
                files::write(&folder.join(&name), &rendered(&command)?)?;
            }
            pages.push(name);
            left.extend(command.get_subcommands().filter(|inner| !inner.is_hide_set()).cloned());
        }
        pages.sort();
        app.answer(&Answer { folder: folder.display().to_string(), pages, written })
    }
}

fn rendered(command: &clap::Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    Page::new(command.clone()).render(&mut page).map_err(|error| {
        Failure::new(Kind::File, "a page of the manual was written", error, "report this")
    })?;
    Ok(page)
}
