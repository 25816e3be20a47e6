//! The network: Wi-Fi, addresses, connections.

mod lease;
mod pinned;
mod sockets;
mod wifi;

pub use pinned::Pinned;
pub use sockets::{Memory, Sockets};

use core::fmt;
use embassy_executor::{SpawnError, Spawner};
use embassy_net::{Config, Runner, Stack, StackResources};
use esp_hal::peripherals::WIFI;
use esp_hal::rng::{Trng, TrngError};
use esp_radio::wifi::{ControllerConfig, Interface, WifiController, WifiError};
use esp32::settings::Wifi;
use static_cell::StaticCell;

/// DHCP, DNS, one connection, one datagram socket; and one of these may still be closing.
const SOCKETS: usize = 6;

/// Why there is no network at all: not even one to wait for.
#[derive(Debug)]
pub enum Failed {
    /// The radio did not start.
    Radio(WifiError),
    /// The SoC's random number generator did not start with the radio.
    Random(TrngError),
    /// A task is running already.
    Task(SpawnError),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Radio(error) => write!(f, "the radio did not start: {error}"),
            Self::Random(_) => f.write_str("the SoC has no source of randomness"),
            Self::Task(error) => write!(f, "a task did not start: {error}"),
        }
    }
}

/// Starts the radio and the network stack and keeps both going in tasks of their own, which say what they
/// do on the serial line. The random numbers are good from then on.
///
/// # Errors
/// [`Failed`], if the hardware does not start.
pub fn start(
    radio: WIFI<'static>,
    network: &'static Wifi,
    spawner: Spawner,
) -> Result<(Stack<'static>, Trng), Failed> {
    static RESOURCES: StaticCell<StackResources<SOCKETS>> = StaticCell::new();
    let mut controller = WifiController::new(radio, ControllerConfig::default()).map_err(Failed::Radio)?;
    controller.set_config(&wifi::config(network)).map_err(Failed::Radio)?;
    let random = Trng::try_new().map_err(Failed::Random)?;
    let mut seed = [0; 8];
    random.read(&mut seed);
    let resources = RESOURCES.init(StackResources::new());
    let (stack, runner) = embassy_net::new(
        Interface::station(),
        Config::dhcpv4(Default::default()),
        resources,
        u64::from_le_bytes(seed),
    );
    spawner.spawn(run(runner).map_err(Failed::Task)?);
    spawner.spawn(wifi::keep_connected(controller, network.network).map_err(Failed::Task)?);
    spawner.spawn(lease::watch(stack).map_err(Failed::Task)?);
    Ok((stack, random))
}

#[embassy_executor::task]
async fn run(mut runner: Runner<'static, Interface>) -> ! {
    runner.run().await
}
