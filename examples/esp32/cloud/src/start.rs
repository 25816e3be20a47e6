//! From reset to a device that can log in: the order matters, and is the same for all logins.

use crate::element::{self, Chip};
use crate::led::Led;
use crate::log::Log;
use crate::net::{self, Memory, Pinned, Sockets};
use crate::telemetry::{self, Telemetry};
use atecc608::Slot;
use atecc608_cloud::tls::{Buffers, Entropy, RECEIVE_BUFFER, TRANSMIT_BUFFER};
use cloud_app::apps::Form;
use cloud_app::{Server, TimeKeeper, TlsDialer, UnixClock};
use embassy_executor::Spawner;
use embassy_net::Stack;
use esp_hal::clock::CpuClock;
use esp_hal::rng::Trng;
use esp_hal::timer::timg::TimerGroup;
use esp_println::println;
use esp32::sensor::Sensor;
use esp32::settings::{BUILD_TIME, SETTINGS, Server as Wanted};
use esp32::{board, chip, halt};
use static_cell::{ConstStaticCell, StaticCell};

/// How often to ask for the time, in seconds.
const TIME_S: u32 = 4 * 3600;

/// What a login works with.
pub struct Started {
    /// Opens connections to the servers.
    pub dial: TlsDialer<'static, Sockets, Pinned, Entropy>,
    /// The secure element, which has a key.
    pub chip: Chip,
    /// The slot of the key that signs.
    pub slot: Slot,
    /// Measures into its outbox.
    pub telemetry: &'static Telemetry,
    /// Prints what happens.
    pub log: Log,
    /// The time, not known yet.
    pub time: TimeKeeper<'static>,
    /// Differs from device to device and from start to start.
    pub seed: u64,
    /// The network stack.
    pub stack: Stack<'static>,
}

impl core::fmt::Debug for Started {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Started").finish_non_exhaustive()
    }
}

/// Starts everything, and returns when there is a chip with a key. `servers` are those with TLS; the device's state is
/// told in this form.
pub async fn start(name: &str, servers: &[&'static Wanted], form: Form, spawner: Spawner) -> Started {
    static LED: StaticCell<Led> = StaticCell::new();
    static TELEMETRY: StaticCell<Telemetry> = StaticCell::new();
    static TCP: ConstStaticCell<Memory> = ConstStaticCell::new(Memory::new());
    static RECEIVE: ConstStaticCell<[u8; RECEIVE_BUFFER]> = ConstStaticCell::new([0; RECEIVE_BUFFER]);
    static TRANSMIT: ConstStaticCell<[u8; TRANSMIT_BUFFER]> = ConstStaticCell::new([0; TRANSMIT_BUFFER]);

    let soc = esp_hal::init(esp_hal::Config::default().with_cpu_clock(CpuClock::max()));
    let parts = board::take(soc);
    println!("\n{name}: {}, built at {BUILD_TIME} s since 1970", board::NAME);
    // What the boot loader needed is free now; the radio takes most of both.
    esp_alloc::heap_allocator!(#[esp_hal::ram(reclaimed)] size: board::HEAP_RECLAIMED);
    esp_alloc::heap_allocator!(size: board::HEAP);
    esp_rtos::start(TimerGroup::new(parts.timer).timer0, parts.interrupt);

    let led = LED.init(Led::new(parts.led));
    let telemetry = TELEMETRY.init(Telemetry::new(led, form));
    let (stack, random) = net::start(parts.radio, &SETTINGS.wifi, spawner)
        .unwrap_or_else(|error| halt("the network did not start", error));
    match telemetry::measure(telemetry, Sensor::new(parts.sensor)) {
        Ok(task) => spawner.spawn(task),
        Err(error) => halt("the telemetry did not start", error),
    }

    let bus = chip::bus(parts.i2c, parts.sda, parts.scl).unwrap_or_else(|error| halt("the I2C bus", error));
    let (chip, slot, from_chip) = element::ready(bus.into_async()).await;
    let entropy = mix(&random, &from_chip).unwrap_or_else(|error| halt("random numbers", error));
    let pinned = Pinned::new(servers).unwrap_or_else(|error| halt("pinned roots in config.toml", error));
    let buffers = Buffers { receive: RECEIVE.take(), transmit: TRANSMIT.take() };
    let dial = TlsDialer::new(Sockets::new(stack, TCP.take()), pinned, entropy, buffers);
    let time = TimeKeeper::new(server(&SETTINGS.time), UnixClock::new(BUILD_TIME), TIME_S);
    let mut seed = [0; 8];
    random.read(&mut seed);
    Started { dial, chip, slot, telemetry, log: Log::new(led), time, seed: u64::from_le_bytes(seed), stack }
}

/// Random numbers that are good if either source is.
fn mix(random: &Trng, from_chip: &[u8; 32]) -> Result<Entropy, atecc608_cloud::tls::BadSource> {
    let mut from_soc = [0; 32];
    random.read(&mut from_soc);
    Entropy::new(&from_soc, from_chip)
}

/// A server of the settings, as the application names it.
#[must_use]
pub fn server(wanted: &'static Wanted) -> Server<'static> {
    match wanted.address {
        Some(address) => Server::at(wanted.host, wanted.port, address.into()),
        None => Server::new(wanted.host, wanted.port),
    }
}
