//! ESP32-C6, as on the DevKitC-1: neighbouring pins; its own LED is not a plain one.

super::board! {
    name: "ESP32-C6-DevKitC-1",
    sda: GPIO6,
    scl: GPIO7,
    led: GPIO10,
    console_rx: GPIO17,
    bus_khz: 100,
    wake: ZeroByte,
    heap_kib: 64 + 96,
}
