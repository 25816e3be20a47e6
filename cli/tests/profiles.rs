//! The profiles of `docs/profiles.md`, each tried on a chip.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use atecc608_fleet::chain::Roots;
use atecc608_fleet::export;
use atecc608_fleet::manifest::{Manifest, SigningCertificate};
use serde_json::Value;

/// The TOML blocks of the page, in their order.
fn profiles() -> Vec<String> {
    let page = include_str!("../docs/profiles.md");
    let blocks = page.split("```toml\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

/// A folder with this profile and the files that the page's profiles name.
fn folder(profile: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files: [(&str, &[u8]); 4] = [
        ("profile.toml", profile.as_bytes()),
        ("storage.key", &[0x4B; 32]),
        ("calibration.bin", &[0x0C; 36]),
        ("lot.txt", b"lot 7\n"),
    ];
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn atecc(folder: &Path, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_atecc"))
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("XDG_STATE_HOME")
        .env_remove("ATECC608_BUS")
        .output()
        .unwrap()
}

fn json(ran: &Output) -> Value {
    assert!(ran.status.success(), "{ran:?}");
    serde_json::from_slice::<Value>(&ran.stdout).unwrap()["result"].take()
}

const PROVISION: &str =
    "--bus sim --json --yes-serial sim provision --profile profile.toml --report report.jsonl";

#[test]
fn each_makes_a_device() {
    let profiles = profiles();
    assert_eq!(profiles.len(), 3);
    for (profile, (keys, certificate, manifest)) in
        profiles.iter().zip([(1, false, false), (1, true, true), (2, false, true)])
    {
        let folder = folder(profile);
        let file = |name: &str| folder.path().join(name);
        let arguments = if manifest {
            format!("{PROVISION} --manifest m.json --labels labels/")
        } else {
            PROVISION.to_owned()
        };
        // First what would be done, which does nothing.
        let plan = json(&atecc(folder.path(), &format!("--dry-run {arguments}")));
        assert_eq!(plan["misfit"], Value::Null, "{plan}");
        assert!(!file("report.jsonl").exists() && !file("ca").exists());
        let done = json(&atecc(folder.path(), &arguments));
        assert_eq!((done["outcome"].as_str(), done["keys"].as_array().unwrap().len()), (Some("done"), keys));
        assert_eq!(done["certificate_sha256"].is_string(), certificate);
        let info = json(&atecc(folder.path(), "--bus sim --json info"));
        assert_eq!(info["serial"], done["serial"]);
        let again = json(&atecc(folder.path(), &arguments));
        assert_eq!((again["outcome"].as_str(), &again["keys"]), (Some("seen"), &done["keys"]));
        if !manifest {
            continue;
        }
        let der = |name: &str| export::certificate_der(&fs::read_to_string(file(name)).unwrap()).unwrap();
        let mut roots = Roots::new();
        if certificate {
            roots.add(&der("ca/root.pem")).unwrap();
        }
        let signer = SigningCertificate::from_der(&der("ca/manifest-signer.pem")).unwrap();
        let manifest = Manifest::parse(&fs::read(file("m.json")).unwrap()).unwrap();
        let devices = manifest.verify(&[signer], &roots).unwrap();
        let [device] = devices.all() else { panic!("{devices:?}") };
        let told = device.keys.iter().map(|key| (u64::from(key.slot), key.public_key.key_id().to_string()));
        let keys = done["keys"].as_array().unwrap().iter();
        let keys =
            keys.map(|key| (key["slot"].as_u64().unwrap(), key["key_id"].as_str().unwrap().to_owned()));
        assert_eq!(told.collect::<Vec<_>>(), keys.collect::<Vec<_>>());
        let serial = done["serial"].as_str().unwrap();
        let label = fs::read_to_string(file(&format!("labels/{serial}.txt"))).unwrap();
        let label = label.to_lowercase();
        assert!(label.contains(serial), "{label}");
        let id = if certificate { &done["certificate_sha256"] } else { &done["keys"][0]["key_id"] };
        assert!(label.contains(id.as_str().unwrap()), "{label}");
    }
}

/// What is wrong is said with its line, and with what is allowed.
#[test]
fn errors_have_their_line() {
    let gateway = &profiles()[0];
    let sensor = &profiles()[2];
    let line = |text: &str, part: &str| 1 + text.lines().position(|line| line.contains(part)).unwrap();
    for (text, line, said) in [
        (
            gateway.replace("keys", "key"),
            2,
            "unknown field `key`, expected one of `name`, `configuration`, `keys`",
        ),
        (gateway.replace("\"gcp\"", "\"gpc\""), 4, "no preset \"gpc\"; there are factory, tngtls"),
        (gateway.replace("[0]", "[0, 16]"), 2, "no slot 16: 0 to 15"),
        (gateway.replace("[0]", "[8]"), 2, "no key can be made in slot 8"),
        (gateway.replace("[0]", "[0, 0]"), 2, "slot 0 is named twice"),
        (format!("{gateway}[locks]\nconfig = false\n"), 7, "write data = false, too"),
        (format!("{gateway}[locks]\nconfig = false\ndata = false\n"), 7, "makes no keys"),
        (format!("{gateway}bytes = {{ 16 = 0 }}\n"), 4, "lint refuses the configuration"),
        (format!("{gateway}[certificates]\nfolder = \"ca\"\n"), 6, "name folder and organization"),
        (
            format!("{gateway}[certificates]\nfolder = \"ca\"\norganization = \"X\"\n"),
            6,
            "certificates take slots 10, 11 and 12",
        ),
        (format!("{gateway}[label]\ntext = \"{{serial}} {{colour}}\"\n"), 6, "the label has no {colour}"),
        (sensor.replace("lot.txt", "lost.txt"), line(sensor, "slot = 8") - 1, "lost.txt can't be read"),
        (sensor.replace("slot = 8", "slot = 0"), line(sensor, "slot = 8") - 1, "slot 0 is named twice"),
        (
            sensor.replace("encrypted_by = 4", "encrypted_by = 8"),
            line(sensor, "slot = 6") - 1,
            "32 bytes for slot 8",
        ),
        (sensor.replace("slots = [1]", "slots = [0]"), line(sensor, "slots = [1]"), "slot 0 can't be locked"),
        (sensor.replace("8 = \"data\"", "8 = \"date\""), line(sensor, "slots]"), "\"date\""),
    ] {
        let folder = folder(&text);
        let ran = atecc(folder.path(), PROVISION);
        let stderr = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(2), "{text}\n{stderr}");
        assert!(stderr.contains(said), "{text}\n{stderr}");
        assert!(stderr.contains(&format!("line {line}")), "line {line} of\n{text}\n{stderr}");
        assert!(!folder.path().join("report.jsonl").exists(), "{text}");
    }
}
