//! Configurations as people post them: read in every form, and judged with what is wrong with the table as a
//! whole first. The reader itself is a module of `examples/config`.

#[allow(dead_code, reason = "the program uses what the tests here do not")]
#[path = "../../examples/config"]
mod example {
    pub(crate) mod forms;
}
mod garbage;
mod posted;
mod print;
mod printed;
#[path = "../faults/random.rs"]
#[allow(dead_code, reason = "shared with the fault sweeps")]
mod random;

use example::forms;
