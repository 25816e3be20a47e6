//! A record of what happened on the bus: for people as text, for logic-analyser viewers as VCD.

mod event;
mod record;
mod text;
mod vcd;

pub use event::{Entry, Event};
pub(crate) use record::Recorder;
pub use record::Trace;
