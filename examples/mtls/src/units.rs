//! The tests inside of the program's modules.

#![allow(dead_code, reason = "the program uses what the tests here do not")]

mod state;
