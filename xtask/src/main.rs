//! What the project does to itself. `cargo xtask` says what there is; `cargo xtask ci --list` names the steps of CI.

mod api;
mod benches;
mod blocking;
mod cargo;
mod ci;
mod defects;
mod elf;
mod emulated;
mod faults;
mod firmware;
mod footprint;
mod fork;
mod fuzz;
mod image_size;
mod interop;
mod links;
mod locks;
mod main_job;
mod msrv;
mod process;
mod python;
mod supply;
mod text;
mod token;
mod tool;
mod tools;
mod xtensa;

use process::Result;

/// A command of `cargo xtask`.
struct Task {
    name: &'static str,
    arguments: &'static str,
    what: &'static str,
    run: fn(&[String]) -> Result,
}

const TASKS: &[Task] = &[
    Task { name: "ci", arguments: "[--list] [STEP...]", what: "CI, or some of its steps", run: ci::main },
    Task {
        name: "blocking",
        arguments: "",
        what: "writes src/driver/blocking from src/driver/asynch",
        run: blocking::main,
    },
    Task {
        name: "api",
        arguments: "[--update [--breaking]]",
        what: "compares the public API with docs/api, or writes that",
        run: api::main,
    },
    Task { name: "locks", arguments: "", what: "brings every lock file up to date", run: locks::main },
    Task {
        name: "fork",
        arguments: "",
        what: "embedded-tls/ is upstream's source with its patches",
        run: fork::main,
    },
    Task { name: "links", arguments: "", what: "looks up every link of the documentation", run: links::main },
    Task {
        name: "faults",
        arguments: "[all | N]",
        what: "the fault tests with their figures: every point, or one in N",
        run: faults::main,
    },
    Task {
        name: "fuzz",
        arguments: "[SECONDS | minimise | coverage] [TARGET...]",
        what: "fuzzes; makes the corpora small; says what they reach",
        run: fuzz::main,
    },
    Task {
        name: "defects",
        arguments: "faults | fuzz [NAME...]",
        what: "seeds defects and demands that the tests or the fuzzer find them",
        run: defects::main,
    },
    Task {
        name: "footprint",
        arguments: "[--update | --steps]",
        what: "no panics, flash, stack; --steps builds what lab/processor counts",
        run: footprint::main,
    },
    Task {
        name: "benches",
        arguments: "[--update] [--vendor-flash]",
        what: "everything of benches/README.md",
        run: benches::main,
    },
    Task {
        name: "supply",
        arguments: "",
        what: "licences, sources, advisories of dependencies",
        run: supply::main,
    },
    Task { name: "msrv", arguments: "", what: "the oldest Rust that is promised", run: msrv::main },
    Task {
        name: "firmware",
        arguments: "",
        what: "examples/esp32 for every chip, and its images",
        run: firmware::main,
    },
    Task {
        name: "xtensa",
        arguments: "CHIP [ARGUMENT...]",
        what: "examples/esp32 for an ESP32 or ESP32-S3, without Espressif's toolchain",
        run: xtensa::main,
    },
    Task {
        name: "image-size",
        arguments: "BUDGET PARTITION ELF...",
        what: "sizes of flash images",
        run: image_size::main,
    },
    Task { name: "emulated", arguments: "", what: "firmware on the emulated ESP32-C3", run: emulated::main },
    Task {
        name: "interop",
        arguments: "[--update]",
        what: "programs of others on the simulator",
        run: interop::main,
    },
    Task {
        name: "main-job",
        arguments: "",
        what: "the README's run command, checked by openssl",
        run: main_job::main,
    },
    Task {
        name: "static",
        arguments: "[TRIPLE...]",
        what: "the command atecc as a program that needs no library",
        run: tool::programs,
    },
    Task { name: "deb", arguments: "[TRIPLE...]", what: "the same as Debian packages", run: tool::packages },
    Task {
        name: "release-tool",
        arguments: "",
        what: "programs and Debian packages of atecc for all machines",
        run: tool::packages,
    },
];

fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((task, rest)) = arguments
        .split_first()
        .and_then(|(name, rest)| Some((TASKS.iter().find(|task| task.name == name)?, rest)))
    else {
        for Task { name, arguments, what, .. } in TASKS {
            println!("{:<58} {what}", format!("cargo xtask {name} {arguments}"));
        }
        let asked = arguments.is_empty() || ["help", "--help", "-h"].contains(&arguments[0].as_str());
        return if asked { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::from(2) };
    };
    match (task.run)(rest) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {}: {error}", task.name);
            std::process::ExitCode::FAILURE
        }
    }
}
