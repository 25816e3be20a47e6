//! Profile, keys and clock that are the same each time.

use std::fs;
use std::path::{Path, PathBuf};

use atecc608::x509::DateTime;
use atecc608_cli::command::provision::Publisher;
use atecc608_cli::command::provision::profile::Profile;
use atecc608_cli::command::provision::station::{self, FileStation};
use atecc608_fleet::key_file;
use p256::ecdsa::SigningKey;

const PROFILE: &str = r#"
name = "sensor"
keys = [0]

[configuration]
preset = "x509"

[[contents]]
slot = 8
file = "lot"

[certificates]
folder = "ca"
organization = "Test"

[manifest]
folder = "ca"
part_number = "SENSOR-1"
provisioner = "Test"

[label]
text = "{SERIAL} {key_id} {certificate_sha256}\n"
"#;

/// What stands in slot 8 of each chip.
pub(crate) const LOT: &[u8] = b"lot 7";

/// A folder with all that a bench has.
pub(crate) struct Workshop {
    pub(crate) folder: PathBuf,
}

impl Workshop {
    /// A new one, with the same keys each time.
    pub(crate) fn new(folder: &Path) -> Self {
        fs::create_dir_all(folder.join("ca")).unwrap();
        fs::write(folder.join("profile.toml"), PROFILE).unwrap();
        fs::write(folder.join("lot"), LOT).unwrap();
        for (number, name) in (1..).zip(["root", "signer", "manifest-signer"]) {
            let key = SigningKey::from_slice(&[number; 32]).unwrap();
            let pem = key_file::to_pem(&key).unwrap();
            fs::write(folder.join(format!("ca/{name}.key.pem")), pem.as_bytes()).unwrap();
        }
        Self { folder: folder.to_owned() }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn profile(&self) -> Profile {
        Profile::read(&self.file("profile.toml")).unwrap()
    }

    pub(crate) fn station(&self) -> FileStation {
        station::open(&self.profile(), &self.file("report.jsonl"), "bench 1", "somebody", clock).unwrap()
    }

    pub(crate) fn publisher(&self) -> Publisher {
        let (manifest, labels) = (self.file("manifest.json"), self.file("labels.txt"));
        Publisher::new(&self.profile(), Some(&manifest), Some(&labels)).unwrap()
    }
}

/// Nothing here depends on the time of day.
fn clock() -> DateTime {
    DateTime::new(2026, 11, 30, 12, 34, 56).unwrap()
}
