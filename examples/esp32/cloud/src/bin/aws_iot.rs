//! Stays logged in to AWS IoT Core as a thing with its shadow: telemetry, LED and interval.
#![no_std]
#![no_main]

use atecc608_cloud::aws::Thing;
use atecc608_cloud::aws::endpoint::Port;
use cloud_app::apps::{AwsThing, Form};
use embassy_executor::Spawner;
use esp_backtrace as _;
use esp32::halt;
use esp32::settings::SETTINGS;
use esp32_cloud::mutual::stay;
use esp32_cloud::start::{server, start};

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    let Some(aws) = &SETTINGS.aws else {
        halt("[aws] in config.toml", "there is none; config.example.toml has one");
    };
    let thing = Thing::new(aws.thing).unwrap_or_else(|error| halt("[aws] in config.toml", error));
    let started = start("aws_iot", &[&aws.server], Form::Shadow, spawner).await;
    let application =
        AwsThing::new(thing, started.telemetry).unwrap_or_else(|error| halt("[aws] in config.toml", error));
    let port = if aws.server.port == Port::Https.number() { Port::Https } else { Port::Mqtt };
    stay(started, server(&aws.server), port.protocols(), application).await
}
