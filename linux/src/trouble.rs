//! What went wrong between the program and the chip, as a person reads it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::adapter::Adapter;

/// Faster buses do not wake the chip with a zero byte (chip reference 1.3).
const FASTEST_WAKE_HZ: u32 = 133_000;

/// Something that the kernel said, with what is known of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// There is no such device file.
    NoSuchBus {
        /// The one that was asked for.
        device: PathBuf,
        /// Those that are there, each with its adapter's name.
        others: Vec<String>,
    },
    /// This user may not open the device file.
    NoPermission {
        /// The device file.
        device: PathBuf,
    },
    /// The adapter behind the device file is gone.
    Gone {
        /// The device file.
        device: PathBuf,
        /// The kernel's error.
        errno: i32,
    },
    /// The file is no I2C bus.
    NoBus {
        /// The file.
        device: PathBuf,
        /// The kernel's error.
        errno: i32,
    },
    /// A kernel driver has the chip.
    Busy {
        /// The device file.
        device: PathBuf,
        /// The N of `/dev/i2c-N`.
        number: Option<u32>,
        /// The chip's 7-bit address.
        address: u8,
        /// The kernel driver.
        driver: Option<String>,
    },
    /// The adapter refuses a write for its length.
    TooLong {
        /// The adapter.
        adapter: Adapter,
        /// Length of the write.
        bytes: usize,
        /// The longest that it took.
        longest: usize,
        /// The kernel's error.
        errno: i32,
    },
    /// The adapter may have cut a write short.
    Cut {
        /// The adapter.
        adapter: Adapter,
        /// Length of the write.
        bytes: usize,
        /// The longest that was answered.
        longest: usize,
    },
    /// The adapter takes a command in pieces only, and the chip did not answer it.
    NotJoined {
        /// The adapter.
        adapter: Adapter,
        /// Length of the command.
        bytes: usize,
        /// The longest piece.
        limit: usize,
    },
    /// The adapter refuses the address that wakes the chip.
    NoWake {
        /// The adapter.
        adapter: Adapter,
        /// The kernel's error.
        errno: i32,
        /// The address that was tried instead.
        other: Option<u8>,
        /// The chip's 7-bit address.
        address: u8,
    },
    /// Another master, or a line that is held low.
    ArbitrationLost {
        /// The adapter.
        adapter: Adapter,
    },
    /// Nobody acknowledges the address.
    Silent {
        /// The adapter.
        adapter: Adapter,
        /// The kernel's error.
        errno: i32,
        /// The chip's 7-bit address.
        address: u8,
    },
}

/// As kernel sources and manuals have it.
pub(crate) fn errno_name(errno: i32) -> String {
    let name = match errno {
        libc::EACCES => "EACCES",
        libc::EAGAIN => "EAGAIN",
        libc::EBUSY => "EBUSY",
        libc::EINVAL => "EINVAL",
        libc::EIO => "EIO",
        libc::ENODEV => "ENODEV",
        libc::ENOENT => "ENOENT",
        libc::ENOTTY => "ENOTTY",
        libc::ENXIO => "ENXIO",
        libc::EOPNOTSUPP => "EOPNOTSUPP",
        libc::EPERM => "EPERM",
        libc::EREMOTEIO => "EREMOTEIO",
        libc::ETIMEDOUT => "ETIMEDOUT",
        errno => return io::Error::from_raw_os_error(errno).to_string(),
    };
    format!("{name}, {errno}")
}

/// Cause and help in one line.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.cause(), self.advice())
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    /// What is the case.
    #[must_use]
    pub fn cause(&self) -> String {
        match self {
            Self::NoSuchBus { device, others } => match &others[..] {
                [] => format!("there is no {}, nor any other I2C bus in /dev (ENOENT)", device.display()),
                others => format!("there is no {} (ENOENT), but {}", device.display(), others.join(" and ")),
            },
            Self::NoPermission { device } => {
                format!("this user may not open {} (EACCES)", device.display())
            }
            Self::Gone { device, errno } => {
                format!("there is no adapter behind {} any more ({})", device.display(), errno_name(*errno))
            }
            Self::NoBus { device, errno } => {
                format!("{} can't be used as an I2C bus ({})", device.display(), errno_name(*errno))
            }
            Self::Busy { device, address, driver, .. } => {
                let driver = driver.as_ref().map(|name| format!(", {name},")).unwrap_or_default();
                format!("a kernel driver{driver} holds {address:#04x} on {} (EBUSY)", device.display())
            }
            Self::TooLong { adapter, bytes, longest, errno } => format!(
                "the adapter ({adapter}) refuses to write {bytes} bytes at once ({}); the longest write that it \
                 took had {longest}",
                errno_name(*errno)
            ),
            Self::Cut { adapter, bytes, longest } => format!(
                "the chip answered commands of up to {longest} bytes, but not the one of {bytes}: the adapter \
                 ({adapter}) perhaps drops the end of long writes without saying so"
            ),
            Self::NotJoined { adapter, bytes, limit } => format!(
                "the chip did not answer a command of {bytes} bytes, which went in pieces because the adapter \
                 ({adapter}) takes {limit} at once: perhaps it does not join them"
            ),
            Self::NoWake { adapter, errno, other, address } => {
                let tried = match other {
                    Some(other) => format!("a pulse by way of {other:#04x} did not wake a chip"),
                    None => String::from("it refused the others that make a pulse as well"),
                };
                format!(
                    "the adapter ({adapter}) refuses address 0x00, which wakes the chip ({}); {tried}, and \
                     nobody answers at {address:#04x}",
                    errno_name(*errno)
                )
            }
            Self::ArbitrationLost { adapter } => format!(
                "another master, or a line that is held low, is in the way (arbitration lost on {adapter}; EAGAIN)"
            ),
            Self::Silent { adapter, errno, address } => format!(
                "nobody acknowledges {address:#04x} on {adapter}; the kernel says {}, {}",
                errno_name(*errno),
                missing_acknowledge(*errno)
            ),
        }
    }

    /// What helps.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::NoSuchBus { others, .. } if others.is_empty() => {
                "switch I2C on: `sudo raspi-config nonint do_i2c 0`, or dtparam=i2c_arm=on in \
                 /boot/firmware/config.txt and a restart; on other machines `sudo modprobe i2c-dev`. Then see \
                 `ls /dev/i2c-*`"
                    .into()
            }
            Self::NoSuchBus { .. } => {
                "take one of these; pins 3 and 5 of a Raspberry Pi are /dev/i2c-1, which `sudo raspi-config \
                 nonint do_i2c 0` or dtparam=i2c_arm=on in /boot/firmware/config.txt switches on"
                    .into()
            }
            Self::NoPermission { device } => format!(
                "join the group i2c with `sudo usermod -aG i2c $USER`, then log out and in again; if `ls -l {}` \
                 shows another group or none, a udev rule has to give it one",
                device.display()
            ),
            Self::Gone { .. } => {
                "plug the adapter in again, and look with `ls /dev/i2c-*` whether its number is another one now"
                    .into()
            }
            Self::NoBus { .. } => {
                "name the device file of an I2C bus; `ls /dev/i2c-*` lists them".into()
            }
            Self::Busy { number, address, driver, .. } => release(*number, *address, driver.as_deref()),
            Self::TooLong { .. } => {
                "use an adapter that takes more, or say how much this one takes (Options::max_write), so that long commands \
                 go in pieces. The limit is that of the adapter: 61 bytes for a CP2112, 54 for a CP2615. With 40 bytes (Nonce) a key can be made and tokens be signed; ECDH and encrypted writes \
                 take 72, a verification with a given key 136"
                    .into()
            }
            Self::Cut { .. } => {
                "try another adapter, or a newer firmware for this one: a command for this chip has up to 136 \
                 bytes, of which an Arduino's Wire library for instance keeps 32. Where the limit is known, long \
                 commands can go in pieces (Options::max_write). If it is not that, see to supply and pull-ups"
                    .into()
            }
            Self::NotJoined { .. } => {
                "use an adapter that takes the whole. The chip's data sheet says in one place that it joins pieces and \
                 in another that it does not (chip reference 9.1, D28): please tell which chip this is"
                    .into()
            }
            Self::NoWake { .. } => {
                "wake the chip otherwise: an address whose byte has six zero bits in a row will do, on a bus of \
                 100 kHz or slower; a GPIO on SDA does it at any speed (the driver's SdaPulse); or use another \
                 adapter. See to wiring, supply and address as well"
                    .into()
            }
            Self::ArbitrationLost { .. } => {
                "see that nothing else drives the bus, and that SDA and SCL are high when it is idle; a chip that \
                 holds SDA lets go when its supply is switched off and on, and so does the bus of a Raspberry Pi 5"
                    .into()
            }
            Self::Silent { adapter, .. } => silent(adapter),
        }
    }
}

/// What else the number can mean.
fn missing_acknowledge(errno: i32) -> &'static str {
    match errno {
        libc::EREMOTEIO => {
            "which is a missing acknowledge on a Raspberry Pi and with many other kernel drivers"
        }
        libc::ENXIO => "which is a missing acknowledge",
        libc::ETIMEDOUT => {
            "which is a missing acknowledge with a CP2112, and with other adapters a line that is held low"
        }
        libc::EIO => {
            "which is a missing acknowledge with some kernel drivers (imx-lpi2c, FT260), and with others any \
             failure on the bus"
        }
        _ => "which no kernel driver known here says of a missing acknowledge",
    }
}

fn silent(adapter: &Adapter) -> String {
    let check = "check the address (0x60 as a rule, Trust&GO 0x35, TrustFLEX 0x36), SDA (pin 3 of a Raspberry Pi), SCL \
                 (pin 5), ground, supply and pull-ups, and whether it is the right bus. If `i2cdetect` does not show the chip, that proves nothing: it sleeps";
    match adapter.hz {
        Some(hz) if hz > FASTEST_WAKE_HZ => format!(
            "slow the bus down: it runs at {} kHz, and the zero byte that wakes the chip is long enough up to 133. \
             {}. If it is not that: {check}",
            hz / 1000,
            adapter.slower()
        ),
        Some(_) => check.into(),
        None => format!("{check}. The bus must run at 100 kHz"),
    }
}

/// How to take an address away from a kernel driver.
fn release(number: Option<u32>, address: u8, driver: Option<&str>) -> String {
    let number = number.map_or("N".into(), |number| number.to_string());
    let client = format!("{number}-{address:04x}");
    let unload = match driver {
        Some(driver @ ("atmel-ecc" | "atmel-sha204a")) => {
            format!("unload it: `sudo modprobe -r {driver}`")
        }
        Some(driver) => format!("unbind it: `echo {client} | sudo tee /sys/bus/i2c/drivers/{driver}/unbind`"),
        None => format!(
            "see whose it is with `ls -l /sys/bus/i2c/devices/{client}/driver` and unload it; for this chip it is \
             atmel-ecc: `sudo modprobe -r atmel-ecc`"
        ),
    };
    format!(
        "{unload}; for good, take the overlay or node that names the chip (atmel,atecc508a) out of the device tree, \
         or write `blacklist atmel-ecc` into a file in /etc/modprobe.d. Two drivers at one chip spoil each \
         other's commands, so the bus is not opened by force"
    )
}
