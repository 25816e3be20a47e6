//! What is said to one cloud, or to one broker.

use super::topic::Topic;
use crate::online::Unsendable;
use atecc608_cloud::mqtt::{Login, QoS};
use core::fmt;

/// What is said to one cloud, or to one broker: plain data in, plain data out, and nothing that waits.
///
/// After each login the filters are subscribed and [`connected`](Self::connected) is called. From then on
/// [`next`](Self::next) is asked for what the application has to say, before the [`Outbox`](crate::Outbox) is: after the
/// login, after each message, and whenever something was published.
///
/// A shadow (AWS) or twin (Azure): the reported state is [`Outbox::set_state`](crate::Outbox::set_state), which is
/// published after each login and whenever it changes; a delta comes in [`message`](Self::message), is applied there,
/// and the new state goes to the outbox.
///
/// ```
/// use atecc608_cloud::mqtt::{Login, QoS, Will};
/// use cloud_app::{Application, Draft, Outbox, Topic};
///
/// struct Lamp<'a> { id: &'a str, outbox: &'a Outbox<8, 64>, online: bool }
///
/// impl Application for Lamp<'_> {
///     fn login(&self) -> Login<'_> {
///         let will = Will { topic: "lamps/lamp-1/online", payload: b"0", qos: QoS::AtLeastOnce, retain: true };
///         Login { will: Some(will), ..Login::new(self.id) }
///     }
///
///     fn subscription(&self, index: usize, filter: &mut Topic) -> bool {
///         filter.set(format_args!("lamps/{}/set", self.id));
///         index == 0
///     }
///
///     fn telemetry_topic(&self, _: Option<&str>, topic: &mut Topic) {
///         topic.set(format_args!("lamps/{}/telemetry", self.id));
///     }
///
///     fn state_topic(&self, topic: &mut Topic) {
///         topic.set(format_args!("lamps/{}/state", self.id));
///     }
///
///     fn message(&mut self, _topic: &str, payload: &[u8]) {
///         let _ = self.outbox.set_state(payload);
///     }
///
///     fn connected(&mut self, _: bool) {
///         self.online = false;
///     }
///
///     fn next(&mut self, draft: &mut Draft<'_>) -> bool {
///         if self.online {
///             return false;
///         }
///         self.online = true;
///         draft.topic().set(format_args!("lamps/{}/online", self.id));
///         draft.retain = true;
///         draft.set_payload(b"1");
///         true
///     }
/// }
/// ```
pub trait Application {
    /// Client id, user name, will, keep-alive interval. A password of [`Credentials`](crate::Credentials) is added.
    fn login(&self) -> Login<'_>;

    /// Writes the filter with this index, from 0 on; false if there is none. Each is subscribed at QoS 1; a broker that
    /// refuses one is not stayed at.
    fn subscription(&self, index: usize, filter: &mut Topic) -> bool;

    /// Writes where telemetry goes: what [`Outbox::publish`](crate::Outbox::publish) took, with its subfolder.
    fn telemetry_topic(&self, subfolder: Option<&str>, topic: &mut Topic);

    /// Writes where the device's state goes: what [`Outbox::set_state`](crate::Outbox::set_state) took.
    fn state_topic(&self, topic: &mut Topic);

    /// Whether the broker keeps the state for those who subscribe later. AWS and Event Grid want no.
    fn retain_state(&self) -> bool {
        false
    }

    /// A message of the broker's. It may come twice.
    fn message(&mut self, topic: &str, payload: &[u8]);

    /// The device is logged in and subscribed. What was asked or answered over an earlier connection is void; with
    /// `session_present` the broker has kept messages of it.
    fn connected(&mut self, session_present: bool) {
        let _ = session_present;
    }

    /// Writes the next message that the application has to say by itself: a question to the cloud, the answer to a
    /// message. False if there is none. It counts as said: if the connection breaks meanwhile it is not said again,
    /// as [`connected`](Self::connected) begins anew.
    fn next(&mut self, draft: &mut Draft<'_>) -> bool {
        let _ = draft;
        false
    }

    /// Whether the connection is to be opened anew: there is a new certificate, or another client id. It is asked
    /// whenever something came, went or was pinged, and the device logs out if so, but not before the connection has
    /// lasted for [`Timing::stable_ms`](crate::Timing).
    fn wants_renewal(&self) -> bool {
        false
    }
}

/// A message that an application writes. It begins empty, at QoS 1, not retained.
#[derive(Debug)]
pub struct Draft<'b> {
    /// How it is published.
    pub qos: QoS,
    /// Whether the broker keeps it for those who subscribe later.
    pub retain: bool,
    topic: &'b mut Topic,
    payload: &'b mut [u8],
    length: usize,
}

impl<'b> Draft<'b> {
    pub(super) fn new(topic: &'b mut Topic, payload: &'b mut [u8]) -> Self {
        topic.clear();
        Self { qos: QoS::AtLeastOnce, retain: false, topic, payload, length: 0 }
    }

    /// Where it goes.
    pub const fn topic(&mut self) -> &mut Topic {
        self.topic
    }

    /// Room for the payload: as much as for one message of the outbox. [`set_length`](Self::set_length) says how much
    /// of it counts.
    pub const fn payload_mut(&mut self) -> &mut [u8] {
        self.payload
    }

    /// So many bytes of the room are the payload. With more than there is room for, the message is not sent, and that
    /// is told.
    pub const fn set_length(&mut self, length: usize) {
        self.length = length;
    }

    /// The whole payload, in place of what there was. One that is too long is not sent, and that is told.
    pub fn set_payload(&mut self, payload: &[u8]) {
        self.length = payload.len();
        if let Some(room) = self.payload.get_mut(..payload.len()) {
            room.copy_from_slice(payload);
        }
    }

    /// What is to be sent, if it fits.
    pub(super) fn check(&self) -> Result<(&str, &[u8]), Unsendable> {
        let payload = self
            .payload
            .get(..self.length)
            .ok_or(Unsendable::TooLong { length: self.length, capacity: self.payload.len() })?;
        Ok((self.topic.check()?, payload))
    }
}

/// Text is appended to the payload.
impl fmt::Write for Draft<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length.saturating_add(text.len());
        if let Some(room) = self.payload.get_mut(self.length..end) {
            room.copy_from_slice(text.as_bytes());
        }
        // To the end, so that the length is known.
        self.length = end;
        Ok(())
    }
}
