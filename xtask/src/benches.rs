//! Everything of benches/README.md, the peers' rows measured in the same run; its tables at the end. Fails if they are
//! not what is written there; `--update` writes them. `--vendor-flash` measures cryptoauthlib's flash as well, for which
//! it installs a C compiler (800 MB).

use crate::process::{Result, Run, command, root};
use crate::python::Python;
use crate::{cargo, tools};

/// See above.
pub(crate) fn main(arguments: &[String]) -> Result {
    let python = Python::new()?;
    if arguments.iter().any(|argument| argument == "--vendor-flash") {
        tools::debian(&["arm-none-eabi-gcc"], &["gcc-arm-none-eabi", "libnewlib-arm-none-eabi"])?;
    }
    command("cargo build --quiet --locked -p atecc608-sim").check()?;
    let simulator = cargo::target_directory(root())?.join("debug/atecc608-sim");
    python.command().arg("benches/report/main.py").arg(simulator).args(arguments).check()
}
