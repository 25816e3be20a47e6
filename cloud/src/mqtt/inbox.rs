//! What the server sends, handed to the application.

/// Takes what the server sends. A call to [`Session`](super::Session) may bring any number of messages; at
/// QoS 1 the server hears that a message arrived after the method has returned, so a message may come
/// again, but is not lost.
pub trait Inbox {
    /// The device's configuration: sent after subscribing, and whenever it changes.
    fn config(&mut self, payload: &[u8]);

    /// A command, with the part of the topic behind `commands/`, which may be empty.
    fn command(&mut self, subfolder: &str, payload: &[u8]);
}

/// Takes no notice.
impl Inbox for () {
    fn config(&mut self, _: &[u8]) {}

    fn command(&mut self, _: &str, _: &[u8]) {}
}

impl<T: Inbox + ?Sized> Inbox for &mut T {
    fn config(&mut self, payload: &[u8]) {
        T::config(self, payload);
    }

    fn command(&mut self, subfolder: &str, payload: &[u8]) {
        T::command(self, subfolder, payload);
    }
}
