//! What `/dev` and `/sys` say about I2C buses.

use std::fs;
use std::path::{Path, PathBuf};

/// Where to look.
pub(crate) struct Machine {
    dev: PathBuf,
    /// The buses and what is on them.
    sys: PathBuf,
    /// The parameters of kernel drivers.
    modules: PathBuf,
    /// What the kernel is.
    kernel: PathBuf,
}

/// The kernel of this machine: name, release, architecture.
#[must_use]
pub fn kernel() -> Option<String> {
    Machine::this().kernel()
}

/// The N of `/dev/i2c-N`.
pub(crate) fn number(device: &Path) -> Option<u32> {
    device.file_name()?.to_str()?.strip_prefix("i2c-")?.parse().ok()
}

impl Machine {
    /// The one that this program runs on.
    pub(crate) fn this() -> Self {
        Self::at(Path::new("/"))
    }

    /// One whose files are below this folder.
    pub(crate) fn at(root: &Path) -> Self {
        Self {
            dev: root.join("dev"),
            sys: root.join("sys/bus/i2c/devices"),
            modules: root.join("sys/module"),
            kernel: root.join("proc/sys/kernel"),
        }
    }

    /// The kernel: its name, release and architecture, as `uname -srm` has them.
    pub(crate) fn kernel(&self) -> Option<String> {
        let read = |name: &str| fs::read_to_string(self.kernel.join(name)).ok();
        let (name, release) = (read("ostype")?, read("osrelease")?);
        Some(format!("{} {} {}", name.trim(), release.trim(), std::env::consts::ARCH))
    }

    /// The device files of all buses, with their numbers, which they are sorted by.
    pub(crate) fn devices(&self) -> Vec<(u32, PathBuf)> {
        let entries = fs::read_dir(&self.dev).into_iter().flatten().flatten();
        let mut buses: Vec<_> =
            entries.filter_map(|entry| Some((number(&entry.path())?, entry.path()))).collect();
        buses.sort();
        buses
    }

    /// The device files of all buses, each with its adapter's name.
    pub(crate) fn buses(&self) -> Vec<String> {
        let described = self.devices().into_iter().map(|(number, path)| match self.name(number) {
            Some(name) => format!("{} ({name})", path.display()),
            None => path.display().to_string(),
        });
        described.collect()
    }

    /// What the adapter of bus N calls itself.
    pub(crate) fn name(&self, number: u32) -> Option<String> {
        let name = fs::read_to_string(self.sys.join(format!("i2c-{number}/name"))).ok()?;
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    }

    /// The speed that the device tree gives bus N, in Hz.
    pub(crate) fn hz(&self, number: u32) -> Option<u32> {
        let cell = fs::read(self.sys.join(format!("i2c-{number}/of_node/clock-frequency"))).ok()?;
        Some(u32::from_be_bytes(cell.try_into().ok()?))
    }

    /// The speed that the driver of the MCP2221 was loaded with, in kHz.
    pub(crate) fn mcp2221_khz(&self) -> Option<u32> {
        fs::read_to_string(self.modules.join("hid_mcp2221/parameters/i2c_clk_freq")).ok()?.trim().parse().ok()
    }

    /// The kernel driver that is bound to an address of bus N.
    pub(crate) fn driver(&self, number: u32, address: u8) -> Option<String> {
        let driver = fs::read_link(self.sys.join(format!("{number}-{address:04x}/driver"))).ok()?;
        Some(driver.file_name()?.to_str()?.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raspberry_pi_is_described() {
        let root = tempfile::tempdir().unwrap();
        let machine = Machine::at(root.path());
        assert_eq!(machine.buses(), [""; 0]);

        fs::create_dir_all(&machine.dev).unwrap();
        for file in ["i2c-20", "i2c-1", "i2c", "i2c-x", "null"] {
            fs::write(machine.dev.join(file), "").unwrap();
        }
        fs::create_dir_all(machine.sys.join("i2c-1/of_node")).unwrap();
        fs::write(machine.sys.join("i2c-1/name"), "bcm2835 (i2c@7e804000)\n").unwrap();
        fs::write(machine.sys.join("i2c-1/of_node/clock-frequency"), [0, 6, 0x1A, 0x80]).unwrap();
        fs::create_dir_all(machine.sys.join("1-0060")).unwrap();
        std::os::unix::fs::symlink("../../drivers/atmel-ecc", machine.sys.join("1-0060/driver")).unwrap();

        assert_eq!(machine.kernel(), None);
        fs::create_dir_all(&machine.kernel).unwrap();
        fs::write(machine.kernel.join("ostype"), "Linux\n").unwrap();
        fs::write(machine.kernel.join("osrelease"), "6.12.34+rpt-rpi-v8\n").unwrap();
        let kernel = format!("Linux 6.12.34+rpt-rpi-v8 {}", std::env::consts::ARCH);
        assert_eq!(machine.kernel(), Some(kernel));

        let dev = machine.dev.display();
        assert_eq!(
            machine.buses(),
            [format!("{dev}/i2c-1 (bcm2835 (i2c@7e804000))"), format!("{dev}/i2c-20")]
        );
        assert_eq!(machine.hz(1), Some(400_000));
        assert_eq!(machine.driver(1, 0x60).as_deref(), Some("atmel-ecc"));
        assert_eq!((machine.name(20), machine.hz(20), machine.driver(1, 0x35)), (None, None, None));
        assert_eq!(number(Path::new("/dev/i2c-12")), Some(12));
        assert_eq!(number(Path::new("/dev/null")), None);
    }
}
