//! A device at any MQTT broker.

use super::{Controls, Wish};
use crate::{Application, Draft, Topic};
use atecc608_cloud::mqtt::{Login, TopicFilter, Will};

/// By what a broker knows a device, and where the device publishes and listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names<'a> {
    /// Client id, user name, password, will.
    pub login: Login<'a>,
    /// Where telemetry goes.
    pub telemetry: &'a str,
    /// Where the device's state goes.
    pub state: &'a str,
    /// Where commands come from: a topic or a filter; `None`: nothing is subscribed.
    pub commands: Option<&'a str>,
    /// What is published to the will's topic after each login, retained if the will is.
    pub birth: Option<&'a [u8]>,
}

/// Telemetry and state go to topics of one's own, commands come from another: [`Wish`]es.
#[derive(Debug)]
pub struct Topics<'a, C> {
    names: Names<'a>,
    controls: C,
    /// It is to be said that the device is there.
    announce: bool,
}

impl<'a, C: Controls> Topics<'a, C> {
    /// For this device.
    pub const fn new(names: Names<'a>, controls: C) -> Self {
        Self { names, controls, announce: false }
    }
}

impl<C: Controls> Application for Topics<'_, C> {
    fn login(&self) -> Login<'_> {
        self.names.login
    }

    fn subscription(&self, index: usize, filter: &mut Topic) -> bool {
        match self.names.commands {
            Some(commands) if index == 0 => {
                filter.set(format_args!("{commands}"));
                true
            }
            _ => false,
        }
    }

    fn telemetry_topic(&self, subfolder: Option<&str>, topic: &mut Topic) {
        match subfolder {
            None => topic.set(format_args!("{}", self.names.telemetry)),
            Some(subfolder) => topic.set(format_args!("{}/{subfolder}", self.names.telemetry)),
        }
    }

    fn state_topic(&self, topic: &mut Topic) {
        topic.set(format_args!("{}", self.names.state));
    }

    fn message(&mut self, topic: &str, payload: &[u8]) {
        // A broker that keeps a session may send what an earlier firmware subscribed to.
        let wanted = self.names.commands.and_then(|commands| TopicFilter::new(commands).ok());
        if !wanted.is_some_and(|filter| filter.matches(topic)) {
            self.controls.say(format_args!("A message to {topic:?} was not asked for, and is passed over"));
            return;
        }
        match Wish::read(payload) {
            Some(wish) => self.controls.obey("Command", &wish),
            None => self.controls.say(format_args!(
                "Command passed over: {} bytes, not like {}",
                payload.len(),
                Wish::EXAMPLE
            )),
        }
    }

    fn connected(&mut self, _: bool) {
        self.announce = true;
    }

    fn next(&mut self, draft: &mut Draft<'_>) -> bool {
        let announce = core::mem::take(&mut self.announce);
        let (true, Some(birth), Some(Will { topic, retain, qos, .. })) =
            (announce, self.names.birth, self.names.login.will)
        else {
            return false;
        };
        draft.topic().set(format_args!("{topic}"));
        draft.set_payload(birth);
        (draft.retain, draft.qos) = (retain, qos);
        true
    }
}
