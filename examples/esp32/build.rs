//! Writes `config.toml` as Rust constants and gives the linker esp-hal's script.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

const CONFIG: &str = "config.toml";

fn main() {
    println!("cargo:rustc-link-arg-bins=-Tlinkall.x");
    println!("cargo:rerun-if-changed={CONFIG}");
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    match settings::load(Path::new(CONFIG)) {
        Ok(settings) => {
            for file in settings.certificate_files() {
                println!("cargo:rerun-if-changed={}", file.display());
            }
            let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
            std::fs::write(out.join("settings.rs"), settings.constants(build_time()))
                .expect("OUT_DIR can be written to");
        }
        Err(fault) => {
            println!("cargo::error={fault}");
            std::process::exit(1);
        }
    }
}

/// Now, or what a reproducible build says.
fn build_time() -> u64 {
    match std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok()) {
        Some(seconds) => seconds,
        None => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
    }
}
