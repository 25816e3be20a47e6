//! Files, flags and commands that the pages name.

use serde_json::Value;

use crate::page::{blocks, commands, read, root, run};

const PAGES: [&str; 7] = [
    "clouds.md",
    "clouds/aws.md",
    "clouds/azure.md",
    "clouds/google.md",
    "clouds/mosquitto.md",
    "clouds/emqx.md",
    "clouds/hivemq.md",
];

/// Every command line of a page, with those put together that go on.
fn lines(page: &str) -> Vec<String> {
    let page = read(page);
    let all = [blocks(&page, "sh"), blocks(&page, "sh run")].concat().concat().replace("\\\n", " ");
    all.lines().map(str::to_owned).collect()
}

/// The flags of `cargo run --example mtls` are those of its help.
#[test]
fn flags_of_the_example() {
    let help = std::fs::read_to_string(root().join("examples/mtls/src/cli/help.rs")).unwrap();
    let cli = std::fs::read_to_string(root().join("examples/mtls/src/cli.rs")).unwrap();
    let mut seen = 0;
    for page in PAGES {
        for line in lines(page) {
            let Some((_, arguments)) = line.split_once("--example mtls -- ") else { continue };
            for flag in arguments.split_whitespace().filter_map(|word| word.strip_prefix("--")) {
                let known = help.contains(&format!("--{flag} ")) || cli.contains(&format!("| \"{flag}\""));
                assert!(known, "{page}: mtls has no --{flag}");
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen}");
}

/// What the pages run of other examples is there.
#[test]
fn examples() {
    for page in PAGES {
        for line in lines(page) {
            if let Some((_, rest)) = line.split_once("cargo run --example ") {
                let name = rest.split_whitespace().next().unwrap();
                let found = std::fs::read_dir(root().join("examples")).unwrap().any(|entry| {
                    let path = entry.unwrap().path();
                    let listed = std::fs::read_to_string(path.join("Cargo.toml")).unwrap_or_default();
                    path.file_stem().is_some_and(|stem| stem == name)
                        || listed.contains(&format!("name = \"{name}\""))
                });
                assert!(found, "{page}: there is no example {name}");
            }
        }
    }
}

/// Every file that an `aws` command is given is there by then, and what should be JSON is.
#[tokio::test]
async fn files_of_aws() {
    let folder = tempfile::tempdir().unwrap();
    // Where the page is read from: a clone, and the folder of the CA in it.
    let (examples, link) = (root().join("examples"), folder.path().join("examples"));
    std::os::unix::fs::symlink(examples.canonicalize().unwrap(), link).unwrap();
    run(folder.path(), &commands("clouds.md").concat()).await;
    let here = folder.path().join("ca");
    let mut checked = vec![];
    for line in lines("clouds/aws.md") {
        if line.starts_with("sed ") {
            run(&here, &format!("AWS_REGION=eu-central-1 ACCOUNT=123456789012\n{line}")).await;
        }
        for file in line.split("file://").skip(1) {
            let name = file.split_whitespace().next().unwrap();
            let text =
                std::fs::read_to_string(here.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
            match name.rsplit_once('.').unwrap().1 {
                "json" => {
                    let json: Value = serde_json::from_str(&text).unwrap();
                    for placeholder in ["REGION", "ACCOUNT"] {
                        assert!(!json.to_string().contains(placeholder), "{name}");
                    }
                    // JSON in JSON.
                    if let Some(body) = json["templateBody"].as_str() {
                        serde_json::from_str::<Value>(body).unwrap();
                    }
                }
                "pem" => assert!(text.starts_with("-----BEGIN CERTIFICATE-----\n"), "{name}"),
                other => panic!("{other}"),
            }
            checked.push(name.to_owned());
        }
        // Policies in quotes.
        if let Some((_, policy)) = line.split_once("--assume-role-policy-document") {
            serde_json::from_str::<Value>(policy.trim().trim_matches('\'')).unwrap();
        }
    }
    checked.sort();
    checked.dedup();
    assert_eq!(
        checked,
        [
            "../examples/mtls/aws/fleet-template.json",
            "claim-policy.json",
            "device-policy.json",
            "device.pem",
            "jitp-registration.json",
            "signer.pem"
        ]
    );
}

#[test]
fn sets_of_keys_are_json() {
    let page = read("clouds/hivemq.md");
    let [jwks] = &blocks(&page, "json")[..] else { panic!() };
    assert_eq!(serde_json::from_str::<Value>(jwks).unwrap()["keys"][0]["kid"], "sensor-1");
}

/// Each fault of the list has a test: in the file, by the name.
#[test]
fn tests_of_the_faults() {
    let list = read("clouds/faults.md");
    let mut seen = 0;
    for row in list.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Fault")) {
        let tests = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let mut text = None;
        for name in tests.split('`').skip(1).step_by(2) {
            if name.ends_with(".rs") {
                text = Some(std::fs::read_to_string(root().join(name)).expect(row));
                continue;
            }
            let text = text.as_ref().expect(row);
            let of = |kind: &str| format!("{kind}fn {name}()");
            let found = text.contains(&of("#[test]\n")) || text.contains(&of("]\nasync "));
            assert!(found, "there is no test {name}: {row}");
            seen += 1;
        }
        assert!(text.is_some(), "no test: {row}");
    }
    assert!(seen >= 50, "{seen}");
}
