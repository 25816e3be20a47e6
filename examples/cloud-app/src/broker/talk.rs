//! An application's topics, over a connection that is logged in.

use super::failure::of_client;
use super::{Application, Draft, Topic};
use crate::event::Observer;
use crate::online::{Sent, Talk, Unsendable};
use crate::trouble::Trouble;
use atecc608_cloud::mqtt::{Client, ClientError, FilterError, Messages, QoS, Skipped, TopicError};
use embedded_io_async::{Read, Write};

pub(super) struct BrokerTalk<'o, 's, T, A> {
    pub(super) client: Client<'s, T>,
    pub(super) application: &'o mut A,
    pub(super) topic: Topic,
}

/// Hands on what comes.
struct Incoming<'o, A>(&'o mut A);

impl<A: Application> Messages for Incoming<'_, A> {
    fn message(&mut self, topic: &str, payload: &[u8]) {
        self.0.message(topic, payload);
    }
}

impl<T: Read + Write, A: Application> Talk for BrokerTalk<'_, '_, T, A> {
    type Error = ClientError<T::Error>;

    fn trouble<O: Observer>(error: &Self::Error, observer: &mut O) -> Trouble {
        of_client(error, observer)
    }

    async fn subscribe(&mut self) -> Result<(), Self::Error> {
        let mut index = 0;
        loop {
            self.topic.clear();
            if !self.application.subscription(index, &mut self.topic) {
                break;
            }
            let filter = self.topic.check().map_err(|unsendable| {
                let len = match unsendable {
                    Unsendable::TooLong { length, .. } => length,
                    _ => 0,
                };
                ClientError::Filters(FilterError::Filter { index, error: TopicError::TooLong { len } })
            })?;
            self.client.subscribe(&[filter], &mut Incoming(self.application)).await?;
            index += 1;
        }
        self.application.connected(self.client.session_present());
        Ok(())
    }

    async fn arrival(&mut self) -> Result<(), Self::Error> {
        self.client.arrival().await
    }

    async fn receive(&mut self) -> Result<(), Self::Error> {
        self.client.receive(&mut Incoming(self.application)).await
    }

    async fn ping(&mut self) -> Result<(), Self::Error> {
        self.client.ping(&mut Incoming(self.application)).await
    }

    async fn publish_own(&mut self, scratch: &mut [u8]) -> Result<Option<Sent>, Self::Error> {
        let mut draft = Draft::new(&mut self.topic, scratch);
        if !self.application.next(&mut draft) {
            return Ok(None);
        }
        let (qos, retain) = (draft.qos, draft.retain);
        let (topic, payload) = match draft.check() {
            Ok(message) => message,
            Err(unsendable) => return Ok(Some(Err(unsendable))),
        };
        publish(&mut self.client, topic, qos, retain, payload, self.application).await.map(Some)
    }

    async fn publish_state(&mut self, payload: &[u8]) -> Result<Sent, Self::Error> {
        self.topic.clear();
        self.application.state_topic(&mut self.topic);
        let topic = match self.topic.check() {
            Ok(topic) => topic,
            Err(unsendable) => return Ok(Err(unsendable)),
        };
        let retain = self.application.retain_state();
        publish(&mut self.client, topic, QoS::AtLeastOnce, retain, payload, self.application).await
    }

    async fn publish_telemetry(
        &mut self,
        subfolder: Option<&'static str>,
        payload: &[u8],
    ) -> Result<Sent, Self::Error> {
        self.topic.clear();
        self.application.telemetry_topic(subfolder, &mut self.topic);
        let topic = match self.topic.check() {
            Ok(topic) => topic,
            Err(unsendable) => return Ok(Err(unsendable)),
        };
        publish(&mut self.client, topic, QoS::AtLeastOnce, false, payload, self.application).await
    }

    fn take_skipped(&mut self) -> Option<Skipped> {
        self.client.take_skipped()
    }

    fn wants_renewal(&self) -> bool {
        self.application.wants_renewal()
    }

    async fn disconnect(self) -> Result<(), Self::Error> {
        self.client.disconnect().await.map(|_| ())
    }
}

/// Publishes; what can never be sent is told apart from a connection that failed.
async fn publish<T: Read + Write, A: Application>(
    client: &mut Client<'_, T>,
    topic: &str,
    qos: QoS,
    retain: bool,
    payload: &[u8],
    application: &mut A,
) -> Result<Sent, ClientError<T::Error>> {
    let mut incoming = Incoming(application);
    let sent = if retain {
        client.publish_retained(topic, qos, payload, &mut incoming).await
    } else {
        client.publish(topic, qos, payload, &mut incoming).await
    };
    match sent {
        Ok(()) => Ok(Ok(payload.len())),
        Err(ClientError::Topic(error)) => Ok(Err(Unsendable::Topic(error))),
        Err(ClientError::TransmitBuffer) => Ok(Err(Unsendable::TransmitBuffer)),
        Err(error) => Err(error),
    }
}
