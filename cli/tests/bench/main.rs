//! A bench of simulated chips: in virtual time with everything that goes wrong, and the program itself, killed.
#![cfg(target_os = "linux")]

mod checked;
mod program;
mod run;
mod tray;
mod workshop;
