//! The I2C adapters of this machine, and what is known of their kinds.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::machine::{self, Machine};

/// An I2C adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Adapter {
    /// Its device file.
    pub device: PathBuf,
    /// What it calls itself.
    pub name: Option<String>,
    /// Its speed, if the device tree or the kernel driver gives it.
    pub hz: Option<u32>,
}

/// What an adapter is by its name, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Model {
    Cp2112,
    Cp2615,
    Mcp2221,
    /// Of a mainboard: knows SMBus commands only.
    SmBus,
    /// The wires of a monitor's plug.
    Display,
    Other,
}

/// How the kernel drivers call their adapters (Linux 6.1), by how the name begins.
const NAMES: [(&str, Model); 12] = [
    ("CP2112", Model::Cp2112),
    ("CP2615", Model::Cp2615),
    ("MCP2221", Model::Mcp2221),
    ("SMBus", Model::SmBus),
    ("i915 gmbus", Model::Display),
    ("AMDGPU", Model::Display),
    ("Radeon", Model::Display),
    ("NVIDIA", Model::Display),
    ("nvkm", Model::Display),
    ("DPDDC", Model::Display),
    // HDMI of a Raspberry Pi 4, and of a Raspberry Pi 5.
    ("fef0", Model::Display),
    ("107d50", Model::Display),
];

/// The adapters of this machine that have a device file, by its number.
#[must_use]
pub fn adapters() -> Vec<Adapter> {
    let machine = Machine::this();
    machine.devices().into_iter().map(|(_, device)| Adapter::on(&machine, &device)).collect()
}

impl Adapter {
    /// One with this device file and name, for tests of what chooses among several.
    #[must_use]
    pub fn new(device: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self { device: device.into(), name: Some(name.into()), hz: None }
    }

    pub(crate) fn of(device: &Path) -> Self {
        Self::on(&Machine::this(), device)
    }

    pub(crate) fn on(machine: &Machine, device: &Path) -> Self {
        let number = machine::number(device);
        let name = number.and_then(|number| machine.name(number));
        let mut adapter = Self { device: device.to_owned(), name, hz: None };
        adapter.hz = match adapter.model() {
            Model::Mcp2221 => Some(machine.mcp2221_khz().unwrap_or(400) * 1_000),
            _ => number.and_then(|number| machine.hz(number)),
        };
        adapter
    }

    fn model(&self) -> Model {
        let known = |name: &String| NAMES.iter().find(|(begins, _)| name.starts_with(begins));
        self.name.as_ref().and_then(known).map_or(Model::Other, |(_, model)| *model)
    }

    /// Whether a chip can be on it, as far as the name tells: it is none of a mainboard's SMBus or of a monitor's plug.
    #[must_use]
    pub fn can_have_chips(&self) -> bool {
        !matches!(self.model(), Model::SmBus | Model::Display)
    }

    /// The longest write that it is known to take, if that is less than the chip's commands may need.
    #[must_use]
    pub fn max_write(&self) -> Option<usize> {
        match self.model() {
            Model::Cp2112 => Some(61),
            Model::Cp2615 => Some(54),
            _ => None,
        }
    }

    /// How it is slowed down to the 100 kHz at which a zero byte wakes the chip.
    pub(crate) fn slower(&self) -> &'static str {
        match self.model() {
            Model::Mcp2221 => {
                "Load the adapter's driver with 100 kHz: `sudo modprobe -r hid_mcp2221 && sudo modprobe hid_mcp2221 \
                 i2c_clk_freq=100`; for good, write `options hid_mcp2221 i2c_clk_freq=100` into a file in \
                 /etc/modprobe.d"
            }
            _ => {
                "Write dtparam=i2c_arm_baudrate=100000 into /boot/firmware/config.txt (elsewhere: clock-frequency in the \
                 device tree) and restart"
            }
        }
    }
}

impl fmt::Display for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{}, {name}", self.device.display()),
            None => write!(f, "{}", self.device.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn adapters_are_known_by_their_names() {
        let root = tempfile::tempdir().unwrap();
        let machine = Machine::at(root.path());
        let adapter = |name: &str| {
            let folder = root.path().join("sys/bus/i2c/devices/i2c-7");
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("name"), format!("{name}\n")).unwrap();
            Adapter::on(&machine, Path::new("/dev/i2c-7"))
        };
        for (name, has_chips, max_write, hz) in [
            ("bcm2835 (i2c@7e804000)", true, None, None),
            ("Synopsys DesignWare I2C adapter", true, None, None),
            ("CP2112 SMBus Bridge on hidraw0", true, Some(61), None),
            ("CP2615 I2C adapter", true, Some(54), None),
            ("MCP2221 usb-i2c bridge", true, None, Some(400_000)),
            ("SMBus I801 adapter at f000", false, None, None),
            ("i915 gmbus dpb", false, None, None),
            ("fef04500.i2c", false, None, None),
        ] {
            let adapter = adapter(name);
            assert_eq!(adapter.can_have_chips(), has_chips, "{name}");
            assert_eq!((adapter.max_write(), adapter.hz), (max_write, hz), "{name}");
        }
        let parameter = root.path().join("sys/module/hid_mcp2221/parameters");
        fs::create_dir_all(&parameter).unwrap();
        fs::write(parameter.join("i2c_clk_freq"), "100\n").unwrap();
        let slow = adapter("MCP2221 usb-i2c bridge");
        assert_eq!(slow.hz, Some(100_000));
        assert!(slow.slower().contains("modprobe hid_mcp2221 i2c_clk_freq=100"));
        assert!(adapter("bcm2835").slower().contains("config.txt"));
        assert!(Adapter::on(&machine, Path::new("/dev/other")).can_have_chips());
    }
}
