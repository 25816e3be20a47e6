//! ESP32-S3, as on the DevKitC-1: neighbouring pins; its own LED is not a plain one.

super::board! {
    name: "ESP32-S3-DevKitC-1",
    sda: GPIO8,
    scl: GPIO9,
    led: GPIO4,
    console_rx: GPIO44,
    bus_khz: 100,
    wake: ZeroByte,
    heap_kib: 64 + 96,
}
