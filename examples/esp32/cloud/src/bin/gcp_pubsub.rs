//! Logs in to Google Cloud itself, by Workload Identity Federation, and publishes telemetry at Pub/Sub.
#![no_std]
#![no_main]

use atecc608_cloud::federation::{FieldError, Impersonation, Scope, ServiceAccount, Topic};
use atecc608_cloud::token::{ChipSigner, Lifetime};
use cloud_app::apps::Form;
use cloud_app::{Direct, DirectConfig, DirectParts};
use embassy_executor::Spawner;
use esp_backtrace as _;
use esp32::halt;
use esp32::settings::SETTINGS;
use esp32_cloud::online::{online, while_online};
use esp32_cloud::start::{Started, server, start};
use esp32_cloud::ticks::Ticks;
use static_cell::ConstStaticCell;

esp_bootloader_esp_idf::esp_app_desc!();

/// Room for an access token: Google's have 1 to 2 KB today, and may have 12.
const ACCESS: usize = 4096;

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    static TOKEN: ConstStaticCell<[u8; ACCESS]> = ConstStaticCell::new([0; ACCESS]);
    static WORK: ConstStaticCell<[u8; ACCESS]> = ConstStaticCell::new([0; ACCESS]);

    let config = config().unwrap_or_else(|error| halt("[federation] in config.toml", error));
    let servers = [&SETTINGS.sts, &SETTINGS.iamcredentials, &SETTINGS.pubsub];
    let started = start("gcp_pubsub", &servers, Form::Plain, spawner).await;
    let Started { dial, mut chip, slot, telemetry, log, time, seed, stack } = started;
    let parts = DirectParts {
        dial,
        clock: Ticks,
        signer: ChipSigner::new(&mut chip, slot),
        observer: log,
        outbox: telemetry.queue(),
        access: TOKEN.take(),
        work: WORK.take(),
        seed,
    };
    let mut direct = Direct::new(config, time, parts);
    loop {
        online(stack, seed).await;
        while_online(stack, direct.round()).await;
    }
}

/// Who the device is, and where it publishes.
fn config() -> Result<DirectConfig<'static>, FieldError> {
    let federation = &SETTINGS.federation;
    let topic = Topic::new(SETTINGS.device.project, federation.topic)?;
    let mut config = DirectConfig::new(federation.identity()?, topic);
    config.token_service = server(&SETTINGS.sts);
    config.credentials_service = server(&SETTINGS.iamcredentials);
    config.pubsub = server(&SETTINGS.pubsub);
    if let Some(account) = federation.service_account {
        let account = ServiceAccount::new(account)?;
        config.impersonation =
            Some(Impersonation { account, scope: Scope::PUBSUB, lifetime: Lifetime::HOUR });
    }
    Ok(config)
}
