//! Programs of others against the simulator, unchanged, through the preload library (interop/README.md).

use crate::cargo;
use crate::process::{Result, Run, command, root};
use crate::python::Python;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

/// See above. `--update` writes the table of certificate calls into the README.
pub(crate) fn main(arguments: &[String]) -> Result {
    let python = Python::new()?;
    let sources = python.folder.join("source");
    if sources.exists() {
        fs::remove_dir_all(&sources)?;
    }
    python
        .pip("download --quiet --no-deps --no-binary :all: --no-build-isolation --require-hashes -r interop/adafruit/source.txt -d")
        .arg(&sources)
        .check()?;
    let archive = fs::read_dir(&sources)?.next().ok_or("no source distribution")??.path();
    command("cargo build --quiet --locked -p atecc608-sim").check()?;
    command("cargo build --quiet --locked --example gcp_jwt").check()?;
    command("cargo build --quiet --locked -p interop-driver").check()?;
    let target = cargo::target_directory(root())?;
    let simulator = target.join("debug/atecc608-sim");
    let on_chip = |chip: &str, script: &str| -> Command {
        let mut command = Command::new(&simulator);
        command.current_dir(root()).env("PYTHONDONTWRITEBYTECODE", "1");
        command.arg("run").args(chip.split_whitespace()).arg("--").arg(python.path()).arg(script);
        command
    };

    println!("Adafruit's driver:");
    on_chip("--seed 1", "interop/adafruit/check.py").check()?;
    println!("\nIts own simple test, on a blank chip and on one that is locked:");
    for chip in ["--seed 1", "--preset helium"] {
        on_chip(chip, "interop/adafruit/simple.py").arg(&archive).check()?;
    }
    println!("\nMicrochip's library, on the parts that Microchip provisions:");
    on_chip("--preset tngtls", "interop/vendor/trust.py").arg("0x6A").check()?;
    on_chip("--preset tflxtls", "interop/vendor/trust.py").arg("0x6C").check()?;
    // Briefly with every error that kernel drivers have for a missing acknowledge.
    for nack in ["enxio", "eremoteio", "eio", "etimedout"] {
        println!("\nA missing acknowledge is {nack}; Adafruit's driver; one chip, two drivers:");
        let chip = format!("--seed 1 --nack {nack}");
        let said = on_chip(&chip, "interop/adafruit/check.py").text()?;
        println!("{}", said.lines().last().unwrap_or_default());
        on_chip(&chip, "interop/vendor/handover.py").arg(target.join("debug/examples/gcp_jwt")).check()?;
    }
    println!("\nIts functions for certificates, and the guide's table of them:");
    python.command().arg("interop/vendor/table.py").check()?;
    println!("\nMicrochip's library where something is in its way:");
    python.command().arg("interop/vendor/conditions.py").arg(&simulator).check()?;
    println!("\nCertificates by Microchip's library and by the driver:");
    let programs = [&simulator, &target.join("debug/interop-driver")];
    python.command().arg("interop/vendor/certificates.py").args(programs).args(arguments).check()?;
    // In full as on a Raspberry Pi.
    println!("\nMicrochip's library:");
    let arguments: [OsString; 3] = [simulator.clone().into(), "--nack".into(), "eremoteio".into()];
    python.command().arg("interop/vendor/run.py").args(arguments).check()?;
    clouds(&python, &target)
}

/// Clients of the clouds, unchanged, against the mock clouds (interop/clouds).
fn clouds(python: &Python, target: &Path) -> Result {
    command("cargo build --quiet --locked -p mock-clouds --bin mock-cloud").check()?;
    let mock = target.join("debug/mock-cloud");
    println!("\nAWS's SDK and paho-mqtt at the mock AWS:");
    python.command().arg("interop/clouds/aws.py").arg(&mock).check()?;
    registering(python, target)?;
    println!("\nGoogle's library for logins at the mock Google:");
    python.command().arg("interop/clouds/google_federation.py").arg(&mock).check()?;
    azure(python, target, &mock)
}

/// The script that registers a manifest's devices at AWS, with a program that stands for AWS's CLI.
fn registering(python: &Python, target: &Path) -> Result {
    command("cargo build --quiet --locked --example fleet").check()?;
    command("cargo build --quiet --locked -p atecc608-fleet --example manifest").check()?;
    println!("\nDevices of a manifest registered at AWS:");
    let programs = ["fleet", "manifest"].map(|name| target.join("debug/examples").join(name));
    python.command().arg("interop/clouds/aws_register.py").args(programs).check()
}

/// Microsoft's SDK, which has another paho-mqtt than the rest; tokens and keys beside those of the driver.
fn azure(python: &Python, target: &Path, mock: &Path) -> Result {
    println!("\nMicrosoft's SDK at the mock Azure:");
    let (wheels, source) = ("interop/clouds/azure.txt", "interop/clouds/azure_source.txt");
    let mut sdk = python.beside("interop-azure", wheels, source)?;
    sdk.arg("interop/clouds/azure_sdk.py").arg(mock).arg(target.join("debug/interop-driver")).check()?;
    println!("\npaho-mqtt at the mock Azure:");
    python.command().arg("interop/clouds/azure_paho.py").arg(mock).check()
}
