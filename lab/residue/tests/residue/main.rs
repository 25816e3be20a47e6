//! What operations with secrets leave behind on an emulated processor, and what their time depends on.

mod constant_time;
mod firmware;
mod memory;
