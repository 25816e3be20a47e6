//! A thing at AWS IoT Core, with its shadow.

use super::{Controls, Wish};
use crate::{Application, Draft, Topic};
use atecc608_cloud::aws::limits::{self, LimitError};
use atecc608_cloud::aws::shadow::{Answer, Delta, Document, Rejected, Versions};
use atecc608_cloud::aws::{Shadow, Thing};
use atecc608_cloud::mqtt::{Login, QoS, Text, Will};
use serde::Deserialize;

/// A thing with its classic shadow. Its client id is the thing's name.
///
/// | Topic | |
/// |---|---|
/// | `devices/THING/telemetry` | telemetry, as the policy `device-policy.json` of the example `mtls` permits |
/// | `devices/THING/online` | `true` after each login, `false` as the will; retained |
/// | the shadow's `update` | the state: a [`Report`](super::Report) in the form [`Shadow`](super::Form::Shadow), by the outbox |
/// | the shadow's `get` | asked after each login: what was desired while the device was away |
/// | the shadow's `update/delta` | what is desired from then on: a [`Wish`] |
///
/// What is refused stays desired. The device reports only what it has changed, so that a wish that can't be
/// fulfilled is not sent to and fro without end.
#[derive(Debug)]
pub struct AwsThing<'a, C> {
    shadow: Shadow<'a>,
    /// The will's topic.
    online: Text<{ limits::TOPIC_MAX }>,
    controls: C,
    versions: Versions,
    /// What is still to be said on this connection.
    due: Due,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Online,
    Get,
    Nothing,
}

/// What was reported is of no interest.
#[derive(Deserialize)]
struct Anything {}

impl<'a, C: Controls> AwsThing<'a, C> {
    /// For this thing.
    ///
    /// # Errors
    /// [`LimitError`]; none with a name that is one.
    pub fn new(thing: Thing<'a>, controls: C) -> Result<Self, LimitError> {
        let (shadow, online) = (Shadow::classic(thing), thing.topic("online")?);
        Ok(Self { shadow, online, controls, versions: Versions::new(), due: Due::Nothing })
    }

    fn desired(&mut self, version: u64, wish: &Wish<'_>) {
        if self.versions.is_new(version) {
            self.controls.obey("Shadow", wish);
        }
    }

    fn not_understood(&mut self, payload: &[u8]) {
        let (length, like) = (payload.len(), Wish::EXAMPLE);
        self.controls
            .say(format_args!("Shadow passed over: {length} bytes, what is desired is not like {like}"));
    }
}

impl<C: Controls> Application for AwsThing<'_, C> {
    fn login(&self) -> Login<'_> {
        let will = Will { topic: &self.online, payload: b"false", qos: QoS::AtLeastOnce, retain: true };
        Login { will: Some(will), ..self.shadow.thing().login() }
    }

    fn subscription(&self, index: usize, filter: &mut Topic) -> bool {
        // One after the other, as the supervisor subscribes; the answers are asked for when all are there.
        let filters = [Answer::Delta, Answer::Got, Answer::NotGot, Answer::NotUpdated];
        let Some(answer) = filters.get(index) else { return false };
        filter.set(format_args!("{}", &*self.shadow.answer_topic(*answer)));
        true
    }

    fn telemetry_topic(&self, subfolder: Option<&str>, topic: &mut Topic) {
        let thing = self.shadow.thing().name();
        match subfolder {
            None => topic.set(format_args!("devices/{thing}/telemetry")),
            Some(subfolder) => topic.set(format_args!("devices/{thing}/telemetry/{subfolder}")),
        }
    }

    fn state_topic(&self, topic: &mut Topic) {
        topic.set(format_args!("{}", &*self.shadow.update()));
    }

    fn message(&mut self, topic: &str, payload: &[u8]) {
        match self.shadow.answer(topic) {
            Some(Answer::Delta) => match Delta::<'_, Wish<'_>>::read(payload) {
                Ok(delta) => self.desired(delta.version, &delta.state),
                Err(_) => self.not_understood(payload),
            },
            Some(Answer::Got) => match Document::<'_, Wish<'_>, Anything>::read(payload) {
                Ok(document) => self.desired(document.version, &document.state.desired.unwrap_or_default()),
                Err(_) => self.not_understood(payload),
            },
            Some(Answer::NotGot | Answer::NotUpdated) => match Rejected::read(payload) {
                // So it is before the first report, which is on its way.
                Ok(rejected) if rejected.is_missing() => {}
                Ok(rejected) => self.controls.say(format_args!("Shadow: {rejected}")),
                Err(_) => self.not_understood(payload),
            },
            _ => self
                .controls
                .say(format_args!("A message to {topic:?} was not asked for, and is passed over")),
        }
    }

    fn connected(&mut self, _: bool) {
        // The shadow may have been deleted meanwhile, and count anew.
        self.versions = Versions::new();
        self.due = Due::Online;
    }

    fn next(&mut self, draft: &mut Draft<'_>) -> bool {
        match self.due {
            Due::Online => {
                draft.topic().set(format_args!("{}", &*self.online));
                draft.set_payload(b"true");
                draft.retain = true;
                self.due = Due::Get;
            }
            Due::Get => {
                draft.topic().set(format_args!("{}", &*self.shadow.get()));
                self.due = Due::Nothing;
            }
            Due::Nothing => return false,
        }
        true
    }
}
