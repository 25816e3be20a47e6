//! What the server sends, handed to the application.

/// Takes what the server sends to a [`Client`](super::Client). A call may bring any number of messages; at QoS 1 the
/// server hears that a message arrived after the method has returned, so a message may come again, but is not lost.
pub trait Messages {
    /// A message.
    fn message(&mut self, topic: &str, payload: &[u8]);

    /// Whether a message of this topic can be meant for this client; of one that can't, the connection ends with
    /// [`ClientError::ForeignTopic`](super::ClientError::ForeignTopic). Without this method all are.
    fn accepts(&self, topic: &str) -> bool {
        let _ = topic;
        true
    }
}

/// Takes no notice.
impl Messages for () {
    fn message(&mut self, _: &str, _: &[u8]) {}
}

impl<M: Messages + ?Sized> Messages for &mut M {
    fn message(&mut self, topic: &str, payload: &[u8]) {
        M::message(self, topic, payload);
    }

    fn accepts(&self, topic: &str) -> bool {
        M::accepts(self, topic)
    }
}
