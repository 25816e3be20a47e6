//! Python, with the packages that `interop/requirements.txt` pins.

use crate::cargo;
use crate::process::{Result, Run, command, root};
use crate::tools;
use std::path::PathBuf;
use std::process::Command;

/// An environment with those packages.
pub(crate) struct Python {
    program: PathBuf,
    /// Where it is.
    pub(crate) folder: PathBuf,
}

impl Python {
    /// Makes it if it is not there.
    pub(crate) fn new() -> Result<Python> {
        let folder = cargo::target_directory(root())?.join("interop");
        let python = Python { program: folder.join("bin/python"), folder };
        if !command("python3 -c").arg("import ensurepip").succeeds() {
            tools::install(&["python3-venv"])?;
        }
        if !python.program.exists() {
            command("python3 -m venv").arg(&python.folder).check()?;
        }
        python.pip("install --quiet --only-binary :all: --no-deps -r interop/requirements.txt").check()?;
        Ok(python)
    }

    /// The interpreter.
    pub(crate) fn command(&self) -> Command {
        let mut python = Command::new(&self.program);
        python.current_dir(root()).env("PYTHONDONTWRITEBYTECODE", "1");
        python
    }

    /// The same with packages of its own that go before the others', from these files: wheels, and source with its hash.
    pub(crate) fn beside(&self, name: &str, wheels: &str, source: &str) -> Result<Command> {
        let folder = self.folder.with_file_name(name);
        for (which, file) in [
            ("--only-binary :all:", wheels),
            ("--no-binary :all: --no-build-isolation --require-hashes", source),
        ] {
            let install = format!("install --quiet --upgrade --no-deps {which} -r {file} --target");
            self.pip(&install).arg(&folder).check()?;
        }
        let mut python = self.command();
        python.env("PYTHONPATH", folder);
        Ok(python)
    }

    /// `pip`, with these arguments.
    pub(crate) fn pip(&self, arguments: &str) -> Command {
        let mut pip = self.command();
        pip.args(["-m", "pip", "--disable-pip-version-check"]).args(arguments.split_whitespace());
        pip
    }

    /// The interpreter's path, for other programs.
    pub(crate) fn path(&self) -> &std::path::Path {
        &self.program
    }
}
