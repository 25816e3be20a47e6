//! What the firmware's binaries share: board, serial line, settings. No radio, no scheduler.

#![no_std]

#[cfg(not(any(feature = "esp32", feature = "esp32c3", feature = "esp32c6", feature = "esp32s3")))]
compile_error!(
    "no chip is chosen: build with one of --features esp32, esp32c3, esp32c6, esp32s3, or with an alias of \
     .cargo/config.toml such as `cargo build-esp32c3`"
);
#[cfg(any(
    all(feature = "esp32", any(feature = "esp32c3", feature = "esp32c6", feature = "esp32s3")),
    all(feature = "esp32c3", any(feature = "esp32c6", feature = "esp32s3")),
    all(feature = "esp32c6", feature = "esp32s3"),
))]
compile_error!(
    "more than one chip is chosen: give just one of the features esp32, esp32c3, esp32c6, esp32s3"
);

// The allocator: without memory, unless the binary gives it some.
use esp_alloc as _;

pub mod board;
pub mod chip;
pub mod console;
mod halt;
pub mod sensor;
pub mod settings;

pub use halt::halt;
