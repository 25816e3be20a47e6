//! What a configuration permits: slot by slot, command by command, lock by lock.
//!
//! [`ConfigZone::permission`](super::ConfigZone::permission) answers for one command, [`Permitted`] adds
//! whether what it needs can ever be had, [`Explain`] shows all of it as a table. No chip is
//! needed. The rules are those of `docs/chip-reference.md`; where that says UNVERIFIED, they follow
//! its recommendation, as the simulated chip does, which is compared with them configuration by
//! configuration.

mod action;
mod column;
mod html;
mod needs;
mod permitted;
mod rules;
mod table;
mod unused;

pub use action::{Action, Stage};
pub use html::Html;
pub use needs::Needs;
pub use permitted::Permitted;
pub(crate) use rules::{Ask, COUNTER_MAX, ensure};
pub use table::Explain;
pub(crate) use unused::is_unused;
