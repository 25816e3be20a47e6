//! `run`: the server and a program that finds the bus at `/dev/i2c-N`, by way of the preload library.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus};
use std::sync::mpsc;
use std::thread;

use atecc608_sim::server;
use clap::Args;

use crate::adapter_options::AdapterOptions;
use crate::chip_options::ChipOptions;

/// The file name that Cargo gives the library of the package `atecc608-sim-preload`.
const LIBRARY: &str = "libatecc608_sim_preload.so";

#[derive(Args)]
pub(crate) struct Run {
    /// The N of /dev/i2c-N; other buses stay what they are.
    #[arg(long, value_name = "N", default_value_t = 1)]
    bus: u32,

    /// The preload library, if it is not beside this program.
    #[arg(long, value_name = "FILE")]
    preload: Option<PathBuf>,

    #[command(flatten)]
    chip: ChipOptions,

    #[command(flatten)]
    adapter: AdapterOptions,

    /// The program and its arguments, after `--`.
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    program: Vec<OsString>,
}

/// Runs the program to its end, and ends as it does.
pub(crate) fn run(options: Run) -> Result<ExitCode, Box<dyn Error>> {
    let mut preload = match options.preload {
        Some(path) => {
            path.canonicalize().map_err(|error| format!("cannot use {}: {error}", path.display()))?
        }
        None => find_library()?,
    }
    .into_os_string();
    // Others that the caller wants loaded stay in force, behind this one.
    if let Some(others) = env::var_os("LD_PRELOAD").filter(|others| !others.is_empty()) {
        preload.push(":");
        preload.push(others);
    }
    let time = if options.chip.real_time { "real" } else { "virtual" };
    let (bus, hooks) = options.chip.start()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let (failed, failure) = mpsc::channel();
    thread::spawn(move || failed.send(server::serve(listener, bus, hooks)));

    let [program, arguments @ ..] = &options.program[..] else { return Err("no program".into()) };
    let status = Command::new(program)
        .args(arguments)
        .env("LD_PRELOAD", preload)
        .env("ATECC608_SIM_SERVER", address.to_string())
        .env("ATECC608_SIM_BUS", options.bus.to_string())
        .env("ATECC608_SIM_TIME", time)
        .envs(options.adapter.environment())
        .status()
        .map_err(|error| format!("cannot run {}: {error}", program.display()))?;
    // A server that has failed leaves the program with I/O errors, which it may have taken lightly.
    match failure.try_recv() {
        Ok(error) => Err(error.into()),
        Err(_) => Ok(exit_code(status)),
    }
}

/// The library is where Cargo puts it: beside the program, or in `deps` when it was built as a dependency. If both
/// are there, one is left from an earlier build.
fn find_library() -> Result<PathBuf, Box<dyn Error>> {
    let program = env::current_exe()?;
    let folder = program.parent().ok_or("this program has no folder")?;
    let found = [folder.join(LIBRARY), folder.join("deps").join(LIBRARY)].into_iter().filter_map(|path| {
        let built = path.metadata().and_then(|file| file.modified()).ok()?;
        Some((built, path))
    });
    found.max_by_key(|(built, _)| *built).map(|(_, path)| path).ok_or_else(|| {
        format!(
            "there is no {LIBRARY} in {}: build it with `cargo build -p atecc608-sim-preload`, and name it with \
             --preload if it is elsewhere",
            folder.display()
        )
        .into()
    })
}

/// A shell's way of telling how a program ended: its exit code, or 128 and the signal that ended it.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}
