//! What the device measures, into the outbox at an interval that the cloud may set.

use crate::led::Led;
use atecc608_cloud::json;
use atecc608_cloud::mqtt::Inbox;
use cloud_app::Outbox;
use cloud_app::apps::{Controls, Form, Report, Wish};
use core::cell::Cell;
use core::fmt;
use embassy_futures::select::select;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::{Instant, Timer};
use esp_println::println;
use esp32::sensor::Sensor;
use serde::{Deserialize, Serialize};

/// How many messages wait while there is no connection; then the oldest makes way.
const MESSAGES: usize = 32;
/// Longest message, in bytes.
pub const MESSAGE_MAX: usize = 96;
/// Between two messages, in seconds, until the cloud says something else.
const INTERVAL_S: u32 = 60;

/// What waits to be published.
pub type Queue = Outbox<MESSAGES, MESSAGE_MAX>;

#[derive(Serialize)]
struct Measured {
    /// Absent where the SoC has no sensor.
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature_c: Option<i32>,
    uptime_s: u32,
}

/// The device's configuration, as the operator of a bridge writes it.
#[derive(Deserialize)]
struct Wanted {
    interval_s: u32,
}

/// A bridge's command. Others are shown and passed over.
#[derive(Deserialize)]
struct Command<'a> {
    led: &'a str,
}

/// Measures, and does what the cloud says.
pub struct Telemetry {
    queue: Queue,
    led: &'static Led,
    form: Form,
    interval_s: Cell<u32>,
    changed: Signal<NoopRawMutex, ()>,
}

impl core::fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Telemetry").field("queue", &self.queue).finish_non_exhaustive()
    }
}

impl Telemetry {
    /// Nothing measured yet. The state is told in this form.
    #[must_use]
    pub const fn new(led: &'static Led, form: Form) -> Self {
        Self { queue: Queue::new(), led, form, interval_s: Cell::new(INTERVAL_S), changed: Signal::new() }
    }

    /// What waits to be published.
    #[must_use]
    pub const fn queue(&self) -> &Queue {
        &self.queue
    }

    fn put_state(&self) {
        let report = Report {
            version: env!("CARGO_PKG_VERSION"),
            interval_s: self.interval_s.get(),
            led: self.led.is_commanded(),
        };
        let mut buffer = [0; MESSAGE_MAX];
        if let Some(json) = report.write(self.form, &mut buffer) {
            // It fits: the buffer has the queue's size.
            let _ = self.queue.set_state(json);
        }
    }

    fn put_measured(&self, sensor: &Sensor) {
        let measured = Measured {
            temperature_c: sensor.celsius(),
            uptime_s: u32::try_from(Instant::now().as_secs()).unwrap_or(u32::MAX),
        };
        let mut buffer = [0; MESSAGE_MAX];
        if let Some(json) = json(&measured, &mut buffer) {
            self.led.publishing(true);
            // It fits: the buffer has the queue's size.
            let _ = self.queue.publish(None, json);
        }
    }
}

fn json<'b>(value: &impl Serialize, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let length = serde_json_core::to_slice(value, buffer).ok()?;
    buffer.get(..length)
}

/// Measures for ever.
#[embassy_executor::task]
pub async fn measure(telemetry: &'static Telemetry, sensor: Sensor) -> ! {
    if sensor.celsius().is_none() {
        println!("No temperature in the telemetry: esp-hal drives no sensor in this SoC");
    }
    telemetry.put_state();
    loop {
        telemetry.put_measured(&sensor);
        let interval = Timer::after_secs(telemetry.interval_s.get().into());
        // A new interval begins with a message.
        select(interval, telemetry.changed.wait()).await;
    }
}

impl Controls for &Telemetry {
    fn interval_s(&self) -> u32 {
        self.interval_s.get()
    }

    fn led(&self) -> bool {
        self.led.is_commanded()
    }

    fn set(&mut self, interval_s: u32, led: bool) {
        self.led.commanded(led);
        if self.interval_s.replace(interval_s) != interval_s {
            self.changed.signal(());
        }
        self.put_state();
    }

    fn say(&mut self, line: fmt::Arguments<'_>) {
        println!("{line}");
    }
}

impl Inbox for &Telemetry {
    fn config(&mut self, payload: &[u8]) {
        match json::read::<Wanted>(payload) {
            Some(Wanted { interval_s }) => {
                self.obey("Configuration", &Wish { interval_s: Some(interval_s), ..Wish::default() });
            }
            None if payload.is_empty() => {
                println!("Configuration: none set; a message every {} s", self.interval_s.get())
            }
            None => println!("Configuration refused: it is not like {{\"interval_s\":60}}"),
        }
    }

    fn command(&mut self, subfolder: &str, payload: &[u8]) {
        let on = match json::read::<Command<'_>>(payload) {
            Some(Command { led: "on" }) => true,
            Some(Command { led: "off" }) => false,
            _ => {
                println!(
                    "Command {subfolder:?} passed over: {} bytes, not like {{\"led\":\"on\"}}",
                    payload.len()
                );
                return;
            }
        };
        self.obey("Command", &Wish { led: Some(on), ..Wish::default() });
    }
}
