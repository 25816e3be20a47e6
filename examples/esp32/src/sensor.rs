//! The temperature of the SoC, where it has a sensor that esp-hal drives: ESP32-C3 and ESP32-C6.

#[cfg(any(feature = "esp32c3", feature = "esp32c6"))]
mod chosen {
    use esp_hal::peripherals::TSENS;
    use esp_hal::tsens::{Config, TemperatureSensor};

    /// The sensor, as the SoC has it.
    pub type Part = TSENS<'static>;

    /// The sensor.
    pub struct Sensor(Option<TemperatureSensor<'static>>);

    impl Sensor {
        /// Switches it on.
        #[must_use]
        pub fn new(part: Part) -> Self {
            Self(TemperatureSensor::new(part, Config::default()).ok())
        }

        /// Degrees Celsius inside the SoC, some 10 above the room; it is good to a few degrees.
        #[must_use]
        pub fn celsius(&self) -> Option<i32> {
            self.0.as_ref().map(|sensor| sensor.get_temperature().to_celsius() as i32)
        }
    }
}

#[cfg(not(any(feature = "esp32c3", feature = "esp32c6")))]
mod chosen {
    /// No sensor.
    pub type Part = ();

    /// No sensor.
    pub struct Sensor;

    impl Sensor {
        /// Nothing to switch on.
        #[must_use]
        pub const fn new((): Part) -> Self {
            Self
        }

        /// Nothing to read.
        #[must_use]
        pub const fn celsius(&self) -> Option<i32> {
            None
        }
    }
}

pub use chosen::{Part, Sensor};

impl core::fmt::Debug for Sensor {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Sensor")
    }
}
