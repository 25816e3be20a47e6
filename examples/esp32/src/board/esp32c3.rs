//! ESP32-C3, as on the DevKitM-1: neighbouring pins that no strapping or flash uses.

super::board! {
    name: "ESP32-C3-DevKitM-1",
    sda: GPIO5,
    scl: GPIO6,
    led: GPIO7,
    console_rx: GPIO20,
    bus_khz: 100,
    wake: ZeroByte,
    heap_kib: 64 + 96,
}
