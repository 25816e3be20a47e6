//! The boards: one file a chip, with pins and bus speed. Everything else is common.

#[cfg(feature = "esp32")]
mod esp32;
#[cfg(feature = "esp32c3")]
mod esp32c3;
#[cfg(feature = "esp32c6")]
mod esp32c6;
#[cfg(feature = "esp32s3")]
mod esp32s3;

#[cfg(feature = "esp32")]
use esp32 as chosen;
#[cfg(feature = "esp32c3")]
use esp32c3 as chosen;
#[cfg(feature = "esp32c6")]
use esp32c6 as chosen;
#[cfg(feature = "esp32s3")]
use esp32s3 as chosen;

pub use chosen::{HEAP, HEAP_RECLAIMED, LED, NAME, Parts, WAKE, WAKE_ASYNC, WIRING, Wake, WakeAsync, take};

/// Writes what a board file stands for: pins by name and by type.
macro_rules! board {
    (
        name: $name:literal,
        sda: $sda:ident,
        scl: $scl:ident,
        led: $led:ident,
        console_rx: $rx:ident,
        bus_khz: $khz:literal,
        wake: $wake:ident,
        heap_kib: $reclaimed:literal + $heap:literal,
    ) => {
        use esp_hal::gpio::{AnyPin, Pin};
        use esp_hal::peripherals::{self, Peripherals};

        /// The board's name.
        pub const NAME: &str = $name;

        /// How the secure element is wired.
        pub const WIRING: operator::Wiring =
            operator::Wiring { sda: stringify!($sda), scl: stringify!($scl), khz: $khz };

        /// So much of the heap is what the boot loader needed, in bytes: all that there is of it on an ESP32, whose
        /// other memory also holds the stack.
        pub const HEAP_RECLAIMED: usize = $reclaimed * 1024;

        /// And so much is the program's own, in bytes.
        pub const HEAP: usize = $heap * 1024;

        /// The pin of the LED.
        pub const LED: &str = stringify!($led);

        /// How the secure element is woken.
        pub type Wake = atecc608::blocking::$wake;

        /// How the secure element is woken.
        pub const WAKE: Wake = atecc608::blocking::$wake;

        /// The same for the async driver.
        pub type WakeAsync = atecc608::asynch::$wake;

        /// The same for the async driver.
        pub const WAKE_ASYNC: WakeAsync = atecc608::asynch::$wake;

        /// The parts of the SoC that the firmware uses.
        #[derive(Debug)]
        pub struct Parts {
            /// The I2C controller.
            pub i2c: peripherals::I2C0<'static>,
            /// Its data line.
            pub sda: AnyPin<'static>,
            /// Its clock line.
            pub scl: AnyPin<'static>,
            /// An LED to ground.
            pub led: AnyPin<'static>,
            /// The serial port.
            pub serial: crate::console::Pins,
            /// The temperature sensor.
            pub sensor: crate::sensor::Part,
            /// The scheduler's timer.
            pub timer: peripherals::TIMG0<'static>,
            /// The scheduler's interrupt.
            pub interrupt: peripherals::FROM_CPU_INTR0<'static>,
            /// The radio.
            pub radio: peripherals::WIFI<'static>,
        }

        /// Sorts the SoC's parts.
        #[must_use]
        pub fn take(soc: Peripherals) -> Parts {
            Parts {
                i2c: soc.I2C0,
                sda: soc.$sda.degrade(),
                scl: soc.$scl.degrade(),
                led: soc.$led.degrade(),
                #[cfg(not(feature = "jtag-serial"))]
                serial: crate::console::Pins { uart: soc.UART0, rx: soc.$rx.degrade() },
                #[cfg(feature = "jtag-serial")]
                serial: crate::console::Pins { usb: soc.USB_DEVICE },
                #[cfg(any(feature = "esp32c3", feature = "esp32c6"))]
                sensor: soc.TSENS,
                #[cfg(not(any(feature = "esp32c3", feature = "esp32c6")))]
                sensor: (),
                timer: soc.TIMG0,
                interrupt: soc.FROM_CPU_INTR0,
                radio: soc.WIFI,
            }
        }
    };
}
use board;
