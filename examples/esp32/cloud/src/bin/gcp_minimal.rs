//! From a chip with a key to a message in the cloud, step by step in one file.
//!
//! Each step is done once, and the first failure ends the program. `gcp_mqtt` does the same for months.
#![no_std]
#![no_main]

use atecc608::Slot;
use atecc608::asynch::Atecc608;
use atecc608::formats::jwt::Header;
use atecc608_cloud::mqtt::{KeepAlive, Session, TOKEN_MAX, TRANSMIT_BUFFER as MQTT_BUFFER};
use atecc608_cloud::tls::{self, Buffers, Entropy, RECEIVE_BUFFER, Roots, Settings, TRANSMIT_BUFFER};
use embassy_executor::Spawner;
use embassy_net::dns::DnsQueryType;
use embassy_net::tcp::TcpSocket;
use embassy_net::udp::{PacketMetadata, UdpSocket};
use embassy_net::{Config, Runner, Stack, StackResources};
use embassy_time::{Delay, Timer};
use esp_backtrace as _;
use esp_hal::i2c::master::{Config as I2cConfig, I2c};
use esp_hal::rng::Trng;
use esp_hal::time::Rate;
use esp_hal::timer::timg::TimerGroup;
use esp_println::println;
use esp_radio::wifi::sta::StationConfig;
use esp_radio::wifi::{self, AuthenticationMethodConfig, ControllerConfig, Interface, WifiController};
use esp32::settings::SETTINGS;
use esp32::{board, halt};
use static_cell::{ConstStaticCell, StaticCell};

esp_bootloader_esp_idf::esp_app_desc!();

/// What the token says: made when, good until when, for which project.
#[derive(serde::Serialize)]
struct Claims {
    iat: u64,
    exp: u64,
    aud: &'static str,
}

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    static RESOURCES: StaticCell<StackResources<4>> = StaticCell::new();
    static TLS_RECEIVE: ConstStaticCell<[u8; RECEIVE_BUFFER]> = ConstStaticCell::new([0; RECEIVE_BUFFER]);

    // 1. The board: pins, memory, scheduler.
    let parts = board::take(esp_hal::init(esp_hal::Config::default()));
    esp_alloc::heap_allocator!(#[esp_hal::ram(reclaimed)] size: 64 * 1024);
    esp_alloc::heap_allocator!(size: 96 * 1024);
    esp_rtos::start(TimerGroup::new(parts.timer).timer0, parts.interrupt);

    // 2. Wi-Fi, and an address from DHCP. The names and the password are those of config.toml.
    let password = SETTINGS.wifi.password.try_into().expect("the password has at most 64 characters");
    let station = StationConfig::default()
        .with_ssid(SETTINGS.wifi.network.try_into().expect("the network's name has at most 32 characters"))
        .with_authentication(AuthenticationMethodConfig::Wpa2Personal(password));
    let mut radio = WifiController::new(parts.radio, ControllerConfig::default()).expect("the radio starts");
    radio.set_config(&wifi::Config::Station(station)).expect("the network can be set");
    let random = Trng::try_new().expect("with the radio on there are random numbers");
    let (mut seed, mut from_soc) = ([0; 8], [0; 32]);
    random.read(&mut seed);
    random.read(&mut from_soc);
    let resources = RESOURCES.init(StackResources::new());
    let dhcp = Config::dhcpv4(Default::default());
    let (stack, runner) = embassy_net::new(Interface::station(), dhcp, resources, u64::from_le_bytes(seed));
    spawner.spawn(network(runner).expect("this task is started once"));
    radio.connect_async().await.unwrap_or_else(|error| halt("Wi-Fi", error));
    stack.wait_config_up().await;
    println!("On the network {}", SETTINGS.wifi.network);

    // 3. The secure element, on the I2C bus. `provision` has made a key in slot 0.
    let i2c = I2c::new(parts.i2c, I2cConfig::default().with_frequency(Rate::from_khz(100)));
    let i2c = i2c.expect("the bus can be 100 kHz fast").with_sda(parts.sda).with_scl(parts.scl).into_async();
    let mut chip = Atecc608::new(i2c, Delay);
    let serial = chip.serial_number().await.unwrap_or_else(|error| halt("the chip's serial number", error));
    let from_chip = chip.random().await.unwrap_or_else(|error| halt("the chip's random numbers", error));
    println!("Secure element {serial}");

    // 4. The time, for the token and for the server's certificate.
    let now = unix_time(stack).await;
    println!("It is {now} s since 1970");

    // 5. A token that is good for an hour. The key never leaves the chip.
    let claims = Claims { iat: now, exp: now + 3600, aud: SETTINGS.device.project };
    let mut token = [0; TOKEN_MAX];
    let token = chip.sign_jwt(Slot::S0, &Header::ES256, &claims, &mut token).await;
    let token = token.unwrap_or_else(|error| halt("the token", error));

    // 6. TLS to the server, if it proves its name by a chain to one of the pinned roots.
    let server = &SETTINGS.bridge;
    let (mut receive, mut transmit) = ([0; 4096], [0; 2048]);
    let mut socket = TcpSocket::new(stack, &mut receive, &mut transmit);
    let addresses = stack.dns_query(server.host, DnsQueryType::A).await.expect("DNS knows the server");
    socket.connect((addresses[0], server.port)).await.expect("the server takes connections");
    let mut roots = Roots::new();
    server.roots.iter().for_each(|der| roots.add(der).unwrap_or_else(|error| halt("a pinned root", error)));
    let mut random =
        Entropy::new(&from_soc, &from_chip).unwrap_or_else(|error| halt("random numbers", error));
    let mut transmit = [0; TRANSMIT_BUFFER];
    let buffers = Buffers { receive: TLS_RECEIVE.take(), transmit: &mut transmit };
    let secured = tls::connect(socket, Settings::new(server.host, &roots, now), buffers, &mut random).await;
    let secured = secured.unwrap_or_else(|error| halt("TLS", error));
    println!("{} has shown these certificates:\n{}", server.host, secured.chain());

    // 7. MQTT: log in with the token, publish, log out.
    let device = SETTINGS.device.device().unwrap_or_else(|error| halt("[device] in config.toml", error));
    let (mut receive, mut transmit) = ([0; 256], [0; MQTT_BUFFER]);
    let login =
        Session::connect(secured, device, token, KeepAlive::DEFAULT, &mut receive, &mut transmit).await;
    let mut session = login.unwrap_or_else(|error| halt("the login", error));
    let published = session.publish_telemetry(None, b"{\"hello\":\"cloud\"}", &mut ()).await;
    published.unwrap_or_else(|error| halt("publishing", error));
    println!("Published");
    let secured = session.disconnect().await.unwrap_or_else(|error| halt("the logout", error));
    secured.close().await.unwrap_or_else(|error| halt("the end of TLS", error));
    loop {
        Timer::after_secs(3600).await;
    }
}

/// Keeps the network stack going.
#[embassy_executor::task]
async fn network(mut runner: Runner<'static, Interface>) -> ! {
    runner.run().await
}

/// Asks a time server (RFC 4330): Unix time, in seconds. `gcp_mqtt` is more careful about what it believes.
async fn unix_time(stack: Stack<'_>) -> u64 {
    let (mut rx_meta, mut rx, mut tx_meta, mut tx) =
        ([PacketMetadata::EMPTY; 1], [0; 64], [PacketMetadata::EMPTY; 1], [0; 64]);
    let mut socket = UdpSocket::new(stack, &mut rx_meta, &mut rx, &mut tx_meta, &mut tx);
    socket.bind(0).expect("a port is free");
    let server =
        stack.dns_query(SETTINGS.time.host, DnsQueryType::A).await.expect("DNS knows the time server");
    let mut packet = [0; 48];
    // Version 4, from a client.
    packet[0] = 0x23;
    socket.send_to(&packet, (server[0], SETTINGS.time.port)).await.expect("the question can be sent");
    socket.recv_from(&mut packet).await.expect("the answer has 48 bytes");
    // Seconds since 1900, in four bytes; 70 years and 17 leap days later is 1970.
    let since_1900 = u32::from_be_bytes([packet[40], packet[41], packet[42], packet[43]]);
    u64::from(since_1900) - 2_208_988_800
}
