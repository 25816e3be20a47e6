//! CI, step by step. `.github/workflows/ci.yml` runs the same steps, each as a job.

use crate::process::{Result, Run, command, root};
use crate::{
    api, benches, cargo, emulated, firmware, fork, fuzz, interop, links, locks, main_job, msrv, supply, tool,
    tools,
};
use std::time::Instant;

/// A part of CI that runs on its own.
struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result,
}

/// In the order in which they run: what fails soonest comes first.
const STEPS: &[Step] = &[
    Step { name: "format", what: "rustfmt, everywhere", run: format },
    Step { name: "locks", what: "every lock file is current", run: locks::check },
    Step { name: "clippy", what: "of everything that users build", run: clippy },
    Step { name: "links", what: "links of the documentation", run: || links::main(&[]) },
    Step { name: "tests", what: "the README's test command", run: tests },
    Step { name: "no-rsa", what: "the cloud as firmware has it, without RSA or with its own", run: no_rsa },
    Step { name: "broker", what: "tests with a broker of Debian's", run: broker },
    Step { name: "lab", what: "the emulator; what of secrets is left in memory, and in time", run: lab },
    Step { name: "docs", what: "documentation without a warning", run: docs },
    Step {
        name: "no-std",
        what: "bare-metal builds, every feature on its own and all together",
        run: no_std,
    },
    Step { name: "msrv", what: "the oldest Rust that is promised", run: || msrv::main(&[]) },
    Step {
        name: "supply",
        what: "licences, sources, checksums, advisories of dependencies",
        run: || supply::main(&[]),
    },
    Step {
        name: "fork",
        what: "embedded-tls/ is upstream's source with its patches",
        run: || fork::main(&[]),
    },
    Step { name: "api", what: "the public API beside docs/api", run: || api::main(&[]) },
    Step { name: "package", what: "what is published, packed and built", run: package },
    Step {
        name: "main-job",
        what: "run as the README says, of few crates, checked by openssl",
        run: || main_job::main(&[]),
    },
    Step {
        name: "tool",
        what: "the command atecc: installed, a static program, a Debian package",
        run: tool::check,
    },
    Step { name: "interop", what: "programs of others against the simulator", run: || interop::main(&[]) },
    Step { name: "firmware", what: "every ESP32 program for every chip", run: || firmware::main(&[]) },
    Step { name: "emulated", what: "firmware on an emulated chip", run: || emulated::main(&[]) },
    Step {
        name: "benches",
        what: "beside the peers: flash, static RAM, no panics, stack, bus time, instructions, energy",
        run: || benches::main(&[]),
    },
    Step { name: "fuzz", what: "every target for some seconds", run: || fuzz::main(&["4".to_owned()]) },
];

/// Runs all steps, or those that are named.
pub(crate) fn main(arguments: &[String]) -> Result {
    if arguments.iter().any(|argument| argument == "--list") {
        for Step { name, what, .. } in STEPS {
            println!("{name:<10} {what}");
        }
        return Ok(());
    }
    let known = |name: &String| {
        STEPS.iter().find(|step| step.name == name).ok_or(format!("no step {name}; `cargo xtask ci --list`"))
    };
    let named = arguments.iter().map(known).collect::<std::result::Result<Vec<_>, _>>()?;
    let steps = if named.is_empty() { STEPS.iter().collect() } else { named };
    let start = Instant::now();
    for Step { name, what, run } in steps {
        println!("\n== {name}: {what} ({} s)", start.elapsed().as_secs());
        run().map_err(|error| format!("{name}: {error}\nthis step alone: cargo xtask ci {name}"))?;
    }
    println!("\n== done ({} s)", start.elapsed().as_secs());
    Ok(())
}

/// The workspaces beside the root's.
const LAB: &str = "--manifest-path lab/Cargo.toml --target-dir target";
/// For the driver without a host.
const TARGETS: [&str; 2] = ["thumbv6m-none-eabi", "riscv32imc-unknown-none-elf"];

fn format() -> Result {
    for manifest in [
        "Cargo.toml",
        "lab/Cargo.toml",
        "lab/residue/firmware/Cargo.toml",
        "fuzz/Cargo.toml",
        "benches/footprint/Cargo.toml",
    ] {
        command("cargo fmt --all --check --manifest-path").arg(manifest).check()?;
    }
    Ok(())
}

fn clippy() -> Result {
    for arguments in [
        "--workspace --all-targets",
        "-p atecc608 --lib --all-features",
        "-p atecc608-cloud -p cloud-app -p mock-servers --all-features --all-targets",
    ] {
        command(&format!("cargo clippy --locked {arguments} -- -D warnings")).check()?;
    }
    Ok(())
}

/// With GnuTLS as a second oracle for certificates, which users need not have.
fn tests() -> Result {
    tools::debian(&["certtool"], &["gnutls-bin"])?;
    command("cargo test --locked --workspace").env("ATECC608_TESTS_GNUTLS", "required").check()
}

/// The host has RSA by ring; firmware has not, or has it by the crate `rsa`: what is said about that, and that it works.
fn no_rsa() -> Result {
    for arguments in [
        "-p atecc608-cloud --test tls",
        "-p atecc608-cloud --features rsa --test tls chain::",
        "-p cloud-app --test servers dialer::",
    ] {
        command(&format!("cargo test --locked {arguments}")).check()?;
    }
    Ok(())
}

fn broker() -> Result {
    tools::debian(&["mosquitto", "mosquitto_sub"], &["mosquitto", "mosquitto-clients"])?;
    command("cargo test --locked -p cloud-app --features mosquitto --test servers mosquitto::").check()?;
    command("cargo test --locked -p mock-clouds --features mosquitto --test broker real::").check()?;
    command("cargo test --locked -p mock-clouds --features mosquitto --test documents mosquitto::")
        .check()?;
    command("cargo test --locked -p mtls --features mosquitto --test mtls mosquitto::").check()
}

fn lab() -> Result {
    tools::target("riscv32imc-unknown-none-elf")?;
    let clippy =
        format!("cargo clippy --locked {LAB} --workspace --all-targets --all-features -- -D warnings");
    command(&clippy).check()?;
    command(&format!("cargo test --locked {LAB} --workspace --all-features")).check()
}

fn docs() -> Result {
    let mut doc = command("cargo doc --locked --workspace --no-deps --all-features");
    doc.env("RUSTDOCFLAGS", "-D warnings").check()
}

fn no_std() -> Result {
    let mut ways: Vec<String> = vec![String::new(), "--all-features".to_owned()];
    ways.extend(cargo::features("atecc608")?.iter().map(|name| format!("--features {name}")));
    // Pairs that share code.
    let pairs = [
        "p256-014,p256-013",
        "rand_core-010,rand_core-06",
        "pem,jwk,jwt",
        "host,p256-014,rand_core-010,pem,jwt,serde",
    ];
    ways.extend(pairs.map(|features| format!("--features {features}")));
    let cargo = |verb: &str, way: &str, target: &str| {
        let line = format!(
            "cargo {verb} --quiet --locked -p atecc608 --lib --no-default-features {way} --target {target}"
        );
        command(&line).env("RUSTFLAGS", "-D warnings").check()
    };
    for triple in TARGETS {
        tools::target(triple)?;
        for way in &ways {
            cargo("build", way, triple)?;
        }
        let cloud = |package: &str, features: &str, flags: &str| {
            let line = format!("cargo build --quiet --locked -p {package} {features} --target {triple}");
            command(&line).env("RUSTFLAGS", format!("-D warnings {flags}")).check()
        };
        for features in [
            "token",
            "mqtt",
            "federation",
            "aws",
            "azure",
            "identity",
            "tls",
            "p384",
            "aws,azure,federation,identity,mqtt,p384,tls",
        ] {
            cloud("atecc608-cloud", &format!("--features {features}"), "")?;
        }
        // Compare-and-swap is the firmware's to provide.
        for features in ["rsa", "federation,mqtt,p384,rsa,tls"] {
            let flags = "--cfg portable_atomic_unsafe_assume_single_core";
            cloud("atecc608-cloud", &format!("--features {features}"), flags)?;
        }
        cloud("cloud-app", "", "")?;
    }
    // `defmt` needs a linker script of a firmware, so on the host it is only checked.
    let host = cargo::host()?;
    for way in &ways {
        cargo("check", way, &host)?;
    }
    println!("{} sets of features for {}", ways.len(), TARGETS.join(", "));
    Ok(())
}

fn package() -> Result {
    // Not in the workspace, so it is taken for what is published: those that depend on it are built with this one.
    let fork = "embedded-tls";
    let target = cargo::target_directory(root())?;
    let mut package = command("cargo package --allow-dirty --quiet --manifest-path");
    package.arg(format!("{fork}/Cargo.toml")).arg("--target-dir").arg(target).check()?;
    let patch = format!("patch.crates-io.atecc608-embedded-tls.path={fork:?}");
    // All at once, as they depend on each other.
    let packages = "-p atecc608 -p atecc608-cli -p atecc608-config -p atecc608-cloud -p atecc608-doctor \
                    -p atecc608-fleet -p atecc608-linux -p atecc608-sim-preload -p atecc608-sim";
    let mut package = command(&format!("cargo package --locked --allow-dirty --quiet {packages}"));
    package.arg("--config").arg(&patch).check()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of a list in the workflow: `step:`, and below it lines with `- `.
    fn listed(workflow: &str) -> Vec<&str> {
        let mut lines = workflow.lines().skip_while(|line| line.trim() != "step:").skip(1);
        let items = lines.by_ref().map_while(|line| line.trim().strip_prefix("- "));
        items.collect()
    }

    #[test]
    fn the_workflow_has_each_step_once() {
        let workflow = std::fs::read_to_string(root().join(".github/workflows/ci.yml")).unwrap();
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        assert_eq!(listed(&workflow), names);
        assert_eq!(workflow.matches("step:").count(), 1);
        assert_eq!(workflow.matches("bash .ci/run ${{ matrix.step }}").count(), 1);
        // A list that lacks one, or has one twice, is another.
        assert_eq!(listed("matrix:\n  step:\n    - a\n    - b\n  other:\n    - c\n"), ["a", "b"]);
    }

    #[test]
    fn names_are_unique_and_no_options() {
        for (index, step) in STEPS.iter().enumerate() {
            assert!(STEPS[..index].iter().all(|other| other.name != step.name), "{}", step.name);
            assert!(
                step.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
                    && !step.name.starts_with('-')
            );
        }
        assert!(main(&["nothing".to_owned()]).is_err());
    }
}
