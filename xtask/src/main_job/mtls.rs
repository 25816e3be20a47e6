//! The demo of mutual TLS: at each cloud twice with one chip; openssl verifies the device's certificates.

use crate::process::{Result, Run, command};
use serde_json::Value;
use std::fs;
use std::path::Path;

const RUN: &str = "cargo run --quiet --locked --example mtls";

/// Each cloud, as it is called.
const CLOUDS: [&[&str]; 6] = [
    &["aws"],
    &["azure"],
    &["azure", "--service", "hub"],
    &["azure", "--service", "dps"],
    &["google"],
    &["mosquitto"],
];

/// See above.
pub(super) fn run(folder: &Path) -> Result {
    command(RUN).check()?;
    for cloud in CLOUDS {
        let name = cloud.join(" ");
        let chip = folder.join(cloud.join(""));
        let run = || -> Result<Value> {
            let place = format!("sim:{}", chip.display());
            let text = command(RUN).args(["--", "--json", "--i2c", &place, "--cloud"]).args(cloud).text()?;
            Ok(serde_json::from_str(&text)?)
        };
        let (first, second) = (run()?, run()?);
        for report in [&first, &second] {
            check(report, cloud[0], folder).map_err(|error| format!("mtls --cloud {name}: {error}"))?;
        }
        let demands = [
            (first["device_pem"] == second["device_pem"], "the second run has another certificate"),
            (first["chip"]["locked_now"] == true, "the first run locked nothing"),
            (second["chip"]["locked_now"] == false, "the second run locked again"),
        ];
        if let Some((_, trouble)) = demands.into_iter().find(|(good, _)| !good) {
            return Err(format!("mtls --cloud {name}: {trouble}").into());
        }
        println!("mtls --cloud {name}: twice, TLS {}", second["tls_version"]);
    }
    println!("openssl verifies the devices' certificates up to their roots");
    Ok(())
}

fn check(report: &Value, cloud: &str, folder: &Path) -> Result {
    let text = |name: &str| report[name].as_str().ok_or(format!("{name} is missing"));
    for (name, file) in [("device_pem", "device.pem"), ("chain_pem", "chain.pem"), ("root_pem", "root.pem")] {
        fs::write(folder.join(file), text(name)?)?;
    }
    let verify =
        "openssl verify -x509_strict -purpose sslclient -CAfile root.pem -untrusted chain.pem device.pem";
    command(verify).current_dir(folder).text()?;
    let count = |name: &str| report[name].as_array().map_or(0, Vec::len);
    let demands = [
        (report["cloud"] == cloud, "another cloud"),
        (["1.2", "1.3"].contains(&text("tls_version")?), "no version of TLS"),
        (count("published") >= 2, "too little was published"),
        (count("received") == 1, "not one change was received"),
        (report["state"]["led"] == "on", "the change was not acted upon"),
        (report["signatures"].as_u64() >= Some(1), "the chip has signed nothing"),
    ];
    match demands.into_iter().find(|(good, _)| !good) {
        Some((_, trouble)) => Err(format!("{trouble}: {report}").into()),
        None => Ok(()),
    }
}
