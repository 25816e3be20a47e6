//! Where the programs whose instructions are counted call what is not in them: addresses without memory, at which
//! `lab/processor` takes over.

const PROGRAMS: [&str; 3] = ["steps_blocking", "steps_asynch", "steps_peer"];
/// In the order of `lab/processor/src/board.rs`.
const CALLS: [&str; 8] =
    ["bus_write", "bus_read", "bus_wait_ns", "bus_wait_us", "fail", "mark", "signed", "_embassy_time_now"];
/// Near enough for a Thumb branch.
const BASE: usize = 0x70_0000;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // A Thumb function's address is odd.
    let thumb = usize::from(std::env::var("TARGET").is_ok_and(|target| target.starts_with("thumb")));
    for program in PROGRAMS {
        for (place, name) in CALLS.iter().enumerate() {
            let address = BASE + 16 * place + thumb;
            println!("cargo:rustc-link-arg-bin={program}=--defsym={name}={address:#x}");
        }
    }
}
