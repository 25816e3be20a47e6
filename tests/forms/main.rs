//! Configurations as people post them: read in every form, with what is wrong with the table as a
//! whole first. The reader itself is a module of `examples/config`.

mod command;
#[allow(dead_code, reason = "the program uses what the tests here do not")]
#[path = "../../examples/config"]
mod example {
    pub(crate) mod forms;
    pub(crate) mod layout;
}
#[path = "../common/examples.rs"]
mod examples;
mod garbage;
mod posted;
mod print;
mod printed;
#[path = "../faults/random.rs"]
#[allow(dead_code, reason = "shared with the fault sweeps")]
mod random;
mod tables;

use example::forms;
