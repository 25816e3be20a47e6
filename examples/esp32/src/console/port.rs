//! Where the serial line ends: the UART, or the SoC's own USB port.

#[cfg(all(feature = "uart", feature = "jtag-serial"))]
compile_error!("choose one serial line: for `jtag-serial` give --no-default-features as well");
#[cfg(not(any(feature = "uart", feature = "jtag-serial")))]
compile_error!("choose a serial line: feature `uart` (the default) or `jtag-serial`");
#[cfg(all(feature = "jtag-serial", feature = "esp32"))]
compile_error!("the ESP32 has no USB port of its own: use the feature `uart`");

/// What a look at the port gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Byte {
    /// Nothing has come.
    None,
    /// Something was lost or damaged. USB repeats such by itself.
    #[cfg_attr(feature = "jtag-serial", allow(dead_code))]
    Damaged,
    /// This byte.
    Is(u8),
}

#[cfg(not(feature = "jtag-serial"))]
mod chosen {
    use super::Byte;
    use esp_hal::Blocking;
    use esp_hal::gpio::AnyPin;
    use esp_hal::peripherals::UART0;
    use esp_hal::uart::{Config, ConfigError, UartRx};

    /// What the port needs.
    #[derive(Debug)]
    pub struct Pins {
        /// The UART.
        pub uart: UART0<'static>,
        /// Its receive line. (The transmit line is as the boot loader left it.)
        pub rx: AnyPin<'static>,
    }

    /// Why there is no port.
    pub type Failed = ConfigError;

    /// Bytes from the UART, at 115,200 baud.
    pub(crate) struct Port(UartRx<'static, Blocking>);

    impl Port {
        pub(crate) fn new(Pins { uart, rx }: Pins) -> Result<Self, Failed> {
            Ok(Self(UartRx::new(uart, Config::default())?.with_rx(rx)))
        }

        pub(crate) fn read(&mut self) -> Byte {
            let mut byte = [0];
            match self.0.read_buffered(&mut byte) {
                Ok(0) => Byte::None,
                Ok(_) => Byte::Is(byte[0]),
                Err(_) => Byte::Damaged,
            }
        }
    }
}

#[cfg(feature = "jtag-serial")]
mod chosen {
    use super::Byte;
    use esp_hal::Blocking;
    use esp_hal::peripherals::USB_DEVICE;
    use esp_hal::usb::usb_serial_jtag::UsbSerialJtag;

    /// What the port needs.
    #[derive(Debug)]
    pub struct Pins {
        /// The USB port.
        pub usb: USB_DEVICE<'static>,
    }

    /// Why there is no port: it always is. Not a type without values, or rustc warns that what handles it never runs.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Failed;

    impl core::fmt::Display for Failed {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("no USB port")
        }
    }

    /// Bytes from the USB port.
    pub(crate) struct Port(UsbSerialJtag<'static, Blocking>);

    impl Port {
        pub(crate) fn new(Pins { usb }: Pins) -> Result<Self, Failed> {
            Ok(Self(UsbSerialJtag::new(usb)))
        }

        pub(crate) fn read(&mut self) -> Byte {
            self.0.read_byte().map_or(Byte::None, Byte::Is)
        }
    }
}

impl core::fmt::Debug for Port {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Port")
    }
}

pub(crate) use chosen::Port;
pub use chosen::{Failed, Pins};
