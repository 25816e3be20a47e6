//! What the environment says.

use std::env;
use std::net::SocketAddr;
use std::sync::OnceLock;

use crate::adapter::Adapter;

pub(crate) struct Settings {
    pub(crate) server: SocketAddr,
    /// The device's path.
    path: Vec<u8>,
    pub(crate) virtual_time: bool,
    /// The adapter and its kernel driver, or what is wrong with their description.
    pub(crate) adapter: Result<Adapter, String>,
}

/// The settings of this process; `None` means that the library stays out of everything.
pub(crate) fn get() -> Option<&'static Settings> {
    static SETTINGS: OnceLock<Option<Settings>> = OnceLock::new();
    SETTINGS.get_or_init(read).as_ref()
}

fn read() -> Option<Settings> {
    let server = env::var("ATECC608_SIM_SERVER").ok()?.parse().ok()?;
    let bus = env::var("ATECC608_SIM_BUS").unwrap_or_else(|_| String::from("1"));
    let virtual_time = env::var_os("ATECC608_SIM_TIME").is_none_or(|time| time != "real");
    let path = format!("/dev/i2c-{bus}").into_bytes();
    Some(Settings { server, path, virtual_time, adapter: Adapter::from_environment() })
}

/// The adapter of the simulated bus; one whose description can't be understood is no device.
pub(crate) fn adapter() -> Result<&'static Adapter, libc::c_int> {
    get().and_then(|settings| settings.adapter.as_ref().ok()).ok_or(libc::ENODEV)
}

/// Whether `path` is the simulated bus. Looks at the settings for paths of I2C buses only.
pub(crate) fn is_bus(path: &[u8]) -> bool {
    path.starts_with(b"/dev/i2c-") && get().is_some_and(|settings| settings.path == path)
}
