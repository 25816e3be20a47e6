//! The driver's certificates, and tokens for Azure, as lines of JSON: a request a line in, an answer a line out, which is `{"ok": ...}`,
//! `{"refused": "..."}` or `{"misuse": "..."}`. `interop/vendor/driver.py` is the other end. The chip is given by
//! `--i2c DEVICE --address N`; it is left alone until a request needs it.

#[cfg(target_os = "linux")]
mod program;

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    program::run()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    panic!("the simulator serves programs on Linux only");
}
