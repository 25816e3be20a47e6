//! The driver's certificates as lines of JSON: a request a line in, an answer a line out, either `{"ok": ...}` or
//! `{"error": "..."}`. `interop/vendor/driver.py` is the other end. The chip, for requests that need one, is given by
//! `--i2c DEVICE --address N`.

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
