//! How many instructions an operation takes outside of the bus and of waiting: `processor PROGRAM...` with programs of
//! `benches/footprint` (`steps_*`) for riscv32imc or thumbv6m; `cargo xtask benches` builds and gives them. A line of JSON for
//! each operation.

mod arm;
mod board;
mod cpu;
mod program;
mod riscv;

use board::Board;
use bus_floor::Start;
use program::{Architecture, Program};
use serde_json::json;
use std::path::Path;

/// The function in the programs, the operation's name in the tables, and the chip it starts from.
const STEPS: [(&str, &str, Start); 12] = [
    ("step_info", "info", Start::Provisioned),
    ("step_serial_number", "serial number", Start::Provisioned),
    ("step_read_config", "read config", Start::Provisioned),
    ("step_write_config", "write config", Start::Blank),
    ("step_generate_key", "generate key", Start::Provisioned),
    ("step_sign_digest", "sign digest", Start::Provisioned),
    ("step_verify", "verify", Start::Provisioned),
    ("step_sha256", "SHA-256 of 1 KiB", Start::Provisioned),
    ("step_encrypted_read", "encrypted read", Start::Provisioned),
    ("step_provisioning", "whole provisioning", Start::Blank),
    ("step_token_host_hashes", "token, host hashes", Start::Provisioned),
    ("step_token_chip_hashes", "token, chip hashes", Start::Provisioned),
];

fn main() {
    for path in std::env::args().skip(1) {
        let program = Program::read(Path::new(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        for (function, name, start) in STEPS {
            let Some(entry) = program.function(function) else { continue };
            let mut board = Board::new(start, program.crc.clone());
            match program.architecture {
                Architecture::Arm => board.run(&mut arm::Arm::new(&program), entry),
                Architecture::RiscV => board.run(&mut riscv::RiscV::new(&program), entry),
            }
            let counts = board.counts;
            assert!(counts.all > counts.crc && counts.crc > 0, "{path}, {function}: {counts:?}");
            println!(
                "{}",
                json!({"kind": "processor", "program": program.name, "target": program.architecture.target(),
                    "name": name, "instructions": counts.all, "crc": counts.crc, "calls": counts.calls})
            );
        }
    }
}
