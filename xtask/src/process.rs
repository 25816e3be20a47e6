//! Other programs, from the repository's root.

use std::path::Path;
use std::process::{Command, Stdio};

/// Whatever goes wrong ends the task.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is in the repository")
}

/// A command, given as words between spaces; more arguments are added by the caller.
pub(crate) fn command(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().expect("a program"));
    command.args(words).current_dir(root());
    command
}

/// What is done with a command.
pub(crate) trait Run {
    /// Runs it; anything but success is an error.
    fn check(&mut self) -> Result;
    /// The same, and what it prints.
    fn text(&mut self) -> Result<String>;
    /// Whether it succeeds, in silence.
    fn succeeds(&mut self) -> bool;
    /// Whether it succeeds, and what it prints on both channels.
    fn both(&mut self) -> Result<(bool, String)>;
}

fn failed(command: &Command, status: std::process::ExitStatus) -> String {
    format!("{}: {status}", line(command))
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

impl Run for Command {
    fn check(&mut self) -> Result {
        let status = self.status().map_err(|error| format!("{}: {error}", line(self)))?;
        if status.success() { Ok(()) } else { Err(failed(self, status).into()) }
    }

    fn text(&mut self) -> Result<String> {
        let output =
            self.stderr(Stdio::inherit()).output().map_err(|error| format!("{}: {error}", line(self)))?;
        if !output.status.success() {
            return Err(format!(
                "{}\n{}",
                failed(self, output.status),
                String::from_utf8_lossy(&output.stdout)
            )
            .into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    fn succeeds(&mut self) -> bool {
        self.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    fn both(&mut self) -> Result<(bool, String)> {
        let (mut reader, writer) = std::io::pipe()?;
        let mut child = self
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .spawn()
            .map_err(|error| format!("{}: {error}", line(self)))?;
        // The command holds the pipe's other end, too.
        self.stdout(Stdio::null()).stderr(Stdio::null());
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut reader, &mut bytes)?;
        Ok((child.wait()?.success(), String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// Whether a program is there.
pub(crate) fn exists(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Debian keeps servers where users do not look.
    let mut folders = std::env::split_paths(&path).chain([Path::new("/usr/sbin").to_path_buf()]);
    folders.any(|folder| folder.join(program).is_file())
}

/// The paths of all files that Git has or would take, relative to the root.
pub(crate) fn files() -> Result<Vec<String>> {
    let listed = command("git ls-files -z -c -o --exclude-standard").text()?;
    let names = listed.split('\0').filter(|name| !name.is_empty() && root().join(name).is_file());
    Ok(names.map(str::to_owned).collect())
}
