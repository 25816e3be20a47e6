//! A folder with a chip, the program and OpenSSL.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::RwLock;

use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608_linux::{Failure, SharedChip};
use serde_json::Value;
use tempfile::TempDir;

/// The bus of the chip in the folder.
pub(crate) const CHIP: &str = "sim:./chip";

/// A program that is being started has, for a moment, what the thread beside it has open: the lock of a chip, for one.
static STARTS: RwLock<()> = RwLock::new(());

pub(crate) struct Bench {
    folder: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With a chip whose configuration is locked; `fill` has it between the locks; then all is locked.
    pub(crate) fn with_chip(
        configuration: impl FnOnce(&ConfigZone) -> ConfigZone,
        fill: impl FnOnce(&Self),
    ) -> Self {
        let bench = Self::new();
        bench.chip(|chip| {
            let zone = configuration(&chip.read_config()?);
            chip.write_config(&zone)?;
            Ok(chip.lock_config(&zone, NoMoreConfigWrites)?)
        });
        fill(&bench);
        bench.chip(|chip| Ok(chip.lock_data_unchecked(NoMoreFreeDataWrites)?));
        bench
    }

    /// Something done to the chip without the program.
    pub(crate) fn chip<T>(&self, work: impl FnOnce(&mut atecc608_linux::Chip) -> Result<T, Failure>) -> T {
        let _nothing_starts = STARTS.write();
        let location = format!("sim:{}", self.path("chip").display());
        SharedChip::open(&location, None).unwrap().with(work).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn run(&self, program: impl AsRef<Path>, line: &str) -> Output {
        let mut command = Command::new(program.as_ref());
        command.args(line.split_whitespace()).current_dir(self.folder.path()).env_remove("ATECC608_BUS");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = {
            let _beside_no_chip = STARTS.read();
            command.spawn().unwrap()
        };
        started.wait_with_output().unwrap()
    }

    /// The program with these options, which has to succeed; what it prints.
    pub(crate) fn atecc(&self, bus: &str, line: &str) -> Vec<u8> {
        let Output { status, stdout, stderr } =
            self.run(env!("CARGO_BIN_EXE_atecc"), &format!("--bus {bus} {line}"));
        assert!(status.success(), "atecc {line}: {}", String::from_utf8_lossy(&stderr));
        stdout
    }

    /// The same; the result of its JSON.
    pub(crate) fn json(&self, bus: &str, line: &str) -> Value {
        let mut object: Value = serde_json::from_slice(&self.atecc(bus, &format!("--json {line}"))).unwrap();
        object["result"].take()
    }

    /// The exit status, and what it says on standard error.
    pub(crate) fn fails(&self, bus: &str, line: &str) -> (i32, String) {
        let output = self.run(env!("CARGO_BIN_EXE_atecc"), &format!("--bus {bus} {line}"));
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// OpenSSL, which has to succeed; what it prints.
    pub(crate) fn openssl(&self, line: &str) -> String {
        let Output { status, stdout, stderr } = self.run("openssl", line);
        assert!(status.success(), "openssl {line}: {}", String::from_utf8_lossy(&stderr));
        String::from_utf8_lossy(&stdout).into_owned()
    }

    /// OpenSSL, which has to refuse.
    pub(crate) fn openssl_refuses(&self, line: &str) {
        assert!(!self.run("openssl", line).status.success(), "openssl {line}");
    }
}

/// As an option has it.
pub(crate) fn number(slot: Slot) -> String {
    slot.number().to_string()
}
