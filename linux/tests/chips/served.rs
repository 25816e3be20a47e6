//! A simulated bus for several processes, which this test looks at.

use std::net::TcpListener;
use std::path::Path;
use std::thread;
use std::time::Duration;

use atecc608_linux::SharedChip;
use atecc608_sim::Bus;
use atecc608_sim::preset::Preset;
use atecc608_sim::server::{self, Options};
use tempfile::TempDir;

use crate::program::{Running, Start};

pub(crate) struct Served {
    pub(crate) bus: Bus,
    /// `HOST:PORT`.
    pub(crate) place: String,
    /// For locks.
    pub(crate) folder: TempDir,
}

impl Served {
    /// A chip with keys, at 0x35.
    pub(crate) fn new() -> Self {
        Self::with(Options::new())
    }

    pub(crate) fn with(options: Options) -> Self {
        let bus = Bus::new();
        bus.add(Preset::TngTls.chip(1));
        bus.restart_trace(1 << 20);
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let place = listener.local_addr().unwrap().to_string();
        thread::spawn({
            let bus = bus.clone();
            move || server::serve(listener, bus, options)
        });
        Self { bus, place, folder: tempfile::tempdir().unwrap() }
    }

    /// In this process, by `tcp:`.
    pub(crate) fn chip(&self) -> SharedChip {
        let options = atecc608_linux::Options::new().locks(self.locks());
        let address = atecc608::Address::from_7bit(0x35).unwrap();
        options.address(address).open(&format!("tcp:{}", self.place)).unwrap()
    }

    pub(crate) fn locks(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn lock(&self) -> std::path::PathBuf {
        self.locks().join(format!("atecc608-{}-35", self.place.replace(':', "-")))
    }

    /// A process that uses it by `tcp:`.
    pub(crate) fn program(&self) -> Running {
        self.program_with(self.locks(), Duration::from_secs(60))
    }

    pub(crate) fn program_with(&self, locks: &Path, wait: Duration) -> Running {
        Start { location: &format!("tcp:{}", self.place), address: Some(0x35), locks, wait }.run()
    }
}
