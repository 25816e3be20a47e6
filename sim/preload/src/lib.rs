#![doc = include_str!("../README.md")]
#![cfg(target_os = "linux")]

mod adapter;
mod calls;
mod file;
mod ioctl;
mod link;
mod real;
mod settings;
mod sleeps;
