//! Stays logged in to an IoT Core style MQTT bridge: publishes telemetry, takes configuration and commands.
#![no_std]
#![no_main]

use atecc608_cloud::token::ChipSigner;
use cloud_app::apps::Form;
use cloud_app::{Bridge, BridgeConfig, Parts};
use embassy_executor::Spawner;
use esp_backtrace as _;
use esp32::halt;
use esp32::settings::SETTINGS;
use esp32_cloud::online::{online, while_online};
use esp32_cloud::start::{Started, server, start};
use esp32_cloud::ticks::Ticks;
use static_cell::ConstStaticCell;

esp_bootloader_esp_idf::esp_app_desc!();

/// Longest configuration or command, topic included, in bytes.
const RECEIVE: usize = 2048;

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    static MESSAGE: ConstStaticCell<[u8; RECEIVE]> = ConstStaticCell::new([0; RECEIVE]);

    let device = SETTINGS.device.device().unwrap_or_else(|error| halt("[device] in config.toml", error));
    let started = start("gcp_mqtt", &[&SETTINGS.bridge], Form::Plain, spawner).await;
    let Started { dial, mut chip, slot, telemetry, log, time, seed, stack } = started;
    let config = BridgeConfig::new(device, server(&SETTINGS.bridge));
    let parts = Parts {
        dial,
        clock: Ticks,
        signer: ChipSigner::new(&mut chip, slot),
        inbox: telemetry,
        observer: log,
        outbox: telemetry.queue(),
        receive: MESSAGE.take(),
        seed,
    };
    let mut bridge = Bridge::new(config, time, parts);
    loop {
        online(stack, seed).await;
        while_online(stack, bridge.round()).await;
    }
}
