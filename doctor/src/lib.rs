#![doc = include_str!("../README.md")]
//! # Layout
//!
//! A [`probe::Probe`] asks one question of a [`patient::Patient`], the chip on a [`line::Line`] with what may be done to
//! it ([`guard`]). [`probes`] has them all. [`run`] asks those that fit chip and level, and makes the [`report`].

pub mod guard;
pub mod level;
pub mod line;
mod message;
pub mod patient;
pub mod plan;
pub mod probe;
pub mod probes;
pub mod record;
pub mod report;
pub mod run;
pub mod settled;
