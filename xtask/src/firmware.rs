//! The firmware of examples/esp32: every binary for every chip and serial line, built and linked, and the sizes of the
//! images.

use crate::process::{Result, Run, command, root};
use crate::{image_size, tools, xtensa};
use std::fs;
use std::process::Command;

/// The app partition that espflash 4.7 makes on 4 MB of flash, the least that these boards have.
const PARTITION: u32 = 4_128_768;
/// Ours: one of the two slots of Arduino's standard layout of 4 MB, so that boards laid out for updates over the air
/// take these images, too, and growth is noticed.
const BUDGET: u32 = 1_310_720;
/// What the logins by certificate may have on the ESP32-C3 and C6: a slot of 1 MiB.
const MUTUAL_BUDGET: u32 = 1_048_576;
const MUTUAL: [&str; 2] = ["mqtt_mtls", "aws_iot"];
/// esp-hal's words to an ESP32 that is older than asked for; the compiler leaves them out if none is.
const TOO_OLD: &[u8] = b"hardware revision is older";

fn cargo(line: &str) -> Command {
    let mut cargo = command("cargo");
    cargo.args(line.split_whitespace()).current_dir(root().join("examples/esp32"));
    cargo
}

fn step(what: &str) {
    println!("\n-- {what}");
}

/// See above.
pub(crate) fn main(_: &[String]) -> Result {
    let firmware = root().join("examples/esp32");
    for triple in ["riscv32imc-unknown-none-elf", "riscv32imac-unknown-none-elf"] {
        tools::target(triple)?;
    }
    if !firmware.join("config.toml").exists() {
        fs::copy(firmware.join("config.example.toml"), firmware.join("config.toml"))?;
    }
    let binaries = binaries()?;
    let sizes = |folder: &str| {
        let folder = firmware.join("target").join(folder).join("release");
        let paths: Vec<_> = binaries.iter().map(|binary| folder.join(binary)).collect();
        image_size::table(BUDGET, PARTITION, &paths)
    };

    step("format");
    cargo("fmt --all --check").check()?;
    step(
        "what scan, provision, sign and csr do, on the simulated chip; what is said about a wrong config.toml",
    );
    cargo("test --quiet --locked -p operator -p settings").check()?;

    // One for each board's kind of serial line. The UART's comes last: its binaries stay, for what runs them. The
    // README's commands.
    for (chip, core) in [("esp32c3", "riscv32imc"), ("esp32c6", "riscv32imac")] {
        for line in ["-usb", ""] {
            step(&format!("build and link: cargo build-{chip}{line}"));
            cargo(&format!("build-{chip}{line} --quiet --locked")).check()?;
            sizes(&format!("{core}-unknown-none-elf"))?;
            let folder = firmware.join(format!("target/{core}-unknown-none-elf/release"));
            image_size::table(MUTUAL_BUDGET, PARTITION, &MUTUAL.map(|binary| folder.join(binary)))?;
        }
    }

    step("clippy for esp32c3");
    for what in [
        "--release --target riscv32imc-unknown-none-elf --features esp32c3",
        "-p operator -p settings --all-targets",
    ] {
        cargo(&format!("clippy --quiet --locked {what} -- -D warnings")).check()?;
    }

    // Without Espressif's toolchain, by what rustup and Debian have. If one of them is missing this fails.
    for (chip, more) in
        [("esp32s3", "--no-default-features --features jtag-serial"), ("esp32s3", ""), ("esp32", "")]
    {
        step(&format!("generate Xtensa code and link: {chip} {more}"));
        let words = format!("{chip} {more} --quiet");
        xtensa::main(&words.split_whitespace().map(str::to_owned).collect::<Vec<_>>())?;
        sizes(&format!("xtensa/xtensa-{chip}-none-elf"))?;
    }

    step("an ESP32 of any revision starts");
    for binary in &binaries {
        let program = firmware.join("target/xtensa/xtensa-esp32-none-elf/release").join(binary);
        if fs::read(&program)?.windows(TOO_OLD.len()).any(|part| part == TOO_OLD) {
            return Err(format!("{binary} stops on an ESP32 before revision 3.0").into());
        }
    }
    println!("none of the programs asks for a revision");
    Ok(())
}

/// The programs that are flashed: those of the folder's own package first.
fn binaries() -> Result<Vec<String>> {
    let metadata = crate::cargo::metadata(&root().join("examples/esp32"), "--no-deps")?;
    let mut packages: Vec<_> = metadata["packages"].as_array().ok_or("no packages")?.iter().collect();
    packages.sort_by_key(|package| package["manifest_path"].as_str().map(str::len));
    let targets = packages.iter().filter_map(|package| package["targets"].as_array()).flatten();
    let binaries = targets.filter(|target| target["kind"][0] == "bin");
    Ok(binaries.filter_map(|target| Some(target["name"].as_str()?.to_owned())).collect())
}

#[test]
fn every_program_is_built() {
    let binaries = binaries().unwrap();
    assert_eq!(binaries[..4], ["scan", "provision", "sign", "csr"]);
    assert!(MUTUAL.iter().all(|binary| binaries.iter().any(|own| own == binary)));
    let sources = crate::process::files().unwrap();
    let sources =
        sources.iter().filter(|file| file.starts_with("examples/esp32/") && file.contains("/src/bin/"));
    assert_eq!(
        sources.filter(|file| file.ends_with(".rs") && file.matches('/').count() <= 5).count(),
        binaries.len()
    );
}
