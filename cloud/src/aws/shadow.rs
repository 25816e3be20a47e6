//! Shadows: what a thing reports of itself, and what is desired of it.
//!
//! A device subscribes to [`Shadow::filters`], publishes what it has to report to [`Shadow::update`], and asks with an empty message
//! to [`Shadow::get`] what was desired while it was away; what is desired from then on comes as [`Answer::Delta`]. Written from
//! "Device Shadow MQTT topics" and "Device Shadow service documents".
//!
//! ```
//! use atecc608_cloud::aws::shadow::{Answer, Delta, Shadow, Update, Versions};
//! use atecc608_cloud::aws::Thing;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize)]
//! struct Reported { led: bool }
//! #[derive(Deserialize)]
//! struct Desired { led: Option<bool> }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let shadow = Shadow::classic(Thing::new("sensor-1")?);
//! let mut buffer = [0; 128];
//! let payload = Update::reported(&Reported { led: false }).with_token("boot-1").write(&mut buffer)?;
//! assert_eq!(payload, br#"{"state":{"reported":{"led":false}},"clientToken":"boot-1"}"#);
//!
//! // What comes, in `Messages::message`.
//! let (topic, payload) = ("$aws/things/sensor-1/shadow/update/delta", br#"{"state":{"led":true},"version":7}"#);
//! let mut versions = Versions::new();
//! if shadow.answer(topic) == Some(Answer::Delta) {
//!     let delta: Delta<'_, Desired> = Delta::read(payload)?;
//!     if versions.is_new(delta.version) {
//!         assert_eq!(delta.state.led, Some(true));
//!     }
//! }
//! # Ok(()) }
//! ```

mod document;
mod error;
mod topics;
mod update;

pub use document::{Accepted, Delta, Document, State, Versions};
pub use error::{DocumentError, Rejected};
pub use topics::{Answer, SHADOW_TOPIC_MAX, Shadow};
pub use update::Update;

/// Longest document, in bytes. Metadata, which AWS adds, does not count.
pub const DOCUMENT_MAX: usize = 8 * 1024;
/// Deepest document: levels of objects and arrays, `state` among them ("Device Shadow error messages"; other pages have 8).
pub const DEPTH_MAX: usize = 6;
/// Longest client token, in bytes.
pub const TOKEN_MAX: usize = 64;
