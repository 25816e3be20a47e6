//! ESP32, as on the DevKitC and the many 30-pin boards: their usual I2C pins and their blue LED.

super::board! {
    name: "ESP32-DevKitC",
    sda: GPIO21,
    scl: GPIO22,
    led: GPIO2,
    console_rx: GPIO3,
    bus_khz: 100,
    wake: ZeroByte,
    heap_kib: 96 + 64,
}
