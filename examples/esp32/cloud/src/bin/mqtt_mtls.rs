//! Stays logged in to an MQTT broker that knows the device by its certificate: mosquitto, Azure Event Grid, any.
#![no_std]
#![no_main]

use atecc608_cloud::mqtt::{Login, QoS, Will};
use cloud_app::apps::{Form, Names, Topics};
use embassy_executor::Spawner;
use esp_backtrace as _;
use esp32::halt;
use esp32::settings::{Mqtt, SETTINGS};
use esp32_cloud::mutual::stay;
use esp32_cloud::start::{server, start};

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    let Some(mqtt) = &SETTINGS.mqtt else {
        halt("[mqtt] in config.toml", "there is none; config.example.toml has one");
    };
    let started = start("mqtt_mtls", &[&mqtt.server], Form::Plain, spawner).await;
    let application = Topics::new(names(mqtt), started.telemetry);
    stay(started, server(&mqtt.server), mqtt.alpn, application).await
}

fn names(mqtt: &'static Mqtt) -> Names<'static> {
    let will = mqtt.will.as_ref().map(|will| Will {
        topic: will.topic,
        payload: will.payload.as_bytes(),
        qos: QoS::AtLeastOnce,
        retain: will.retain,
    });
    let login = Login {
        user_name: mqtt.user_name,
        password: mqtt.password.map(str::as_bytes),
        will,
        ..Login::new(mqtt.client_id)
    };
    let birth = mqtt.will.as_ref().and_then(|will| will.birth).map(str::as_bytes);
    Names { login, telemetry: mqtt.telemetry, state: mqtt.state, commands: mqtt.commands, birth }
}
