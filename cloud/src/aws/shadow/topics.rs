//! Topics of a shadow.

use crate::aws::{Field, FieldError, SHADOW_NAME_MAX, THING_NAME_MAX, Thing};
use crate::mqtt::Text;

/// Longest topic of a shadow, in bytes.
pub const SHADOW_TOPIC_MAX: usize =
    "$aws/things//shadow/name//update/documents".len() + THING_NAME_MAX + SHADOW_NAME_MAX;

type Topic = Text<SHADOW_TOPIC_MAX>;

/// A shadow of a thing: the classic one, or one by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shadow<'a> {
    thing: Thing<'a>,
    name: Option<&'a str>,
}

/// What the service says of a shadow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The document that was asked for: [`Document`](super::Document).
    Got,
    /// There is no such shadow, or it may not be read: [`Rejected`](super::Rejected), 404 before the first update.
    NotGot,
    /// An update was taken: [`Accepted`](super::Accepted).
    Updated,
    /// An update was refused: [`Rejected`](super::Rejected).
    NotUpdated,
    /// Something is desired that is not reported: [`Delta`](super::Delta).
    Delta,
    /// The shadow was deleted.
    Deleted,
    /// It was not: [`Rejected`](super::Rejected).
    NotDeleted,
}

impl Answer {
    const ALL: [Self; 7] = [
        Self::Got,
        Self::NotGot,
        Self::Updated,
        Self::NotUpdated,
        Self::Delta,
        Self::Deleted,
        Self::NotDeleted,
    ];

    const fn ending(self) -> &'static str {
        match self {
            Self::Got => "get/accepted",
            Self::NotGot => "get/rejected",
            Self::Updated => "update/accepted",
            Self::NotUpdated => "update/rejected",
            Self::Delta => "update/delta",
            Self::Deleted => "delete/accepted",
            Self::NotDeleted => "delete/rejected",
        }
    }
}

impl<'a> Shadow<'a> {
    /// The classic shadow, which has no name.
    #[must_use]
    pub const fn classic(thing: Thing<'a>) -> Self {
        Self { thing, name: None }
    }

    /// A named shadow: 1 to [`SHADOW_NAME_MAX`] letters, digits and `_ - :`.
    ///
    /// # Errors
    /// [`FieldError`].
    pub fn named(thing: Thing<'a>, name: &'a str) -> Result<Self, FieldError> {
        Ok(Self { thing, name: Some(Field::Shadow.check(name)?) })
    }

    /// The thing.
    #[must_use]
    pub const fn thing(&self) -> Thing<'a> {
        self.thing
    }

    fn topic(&self, ending: &str) -> Topic {
        let thing = self.thing.name();
        match self.name {
            None => Text::fitting(format_args!("$aws/things/{thing}/shadow/{ending}")),
            Some(name) => Text::fitting(format_args!("$aws/things/{thing}/shadow/name/{name}/{ending}")),
        }
    }

    /// Where to ask for the whole document, with an empty message.
    #[must_use]
    pub fn get(&self) -> Topic {
        self.topic("get")
    }

    /// Where to report, with an [`Update`](super::Update).
    #[must_use]
    pub fn update(&self) -> Topic {
        self.topic("update")
    }

    /// Where to have it deleted, with an empty message.
    #[must_use]
    pub fn delete(&self) -> Topic {
        self.topic("delete")
    }

    /// Where an answer comes.
    #[must_use]
    pub fn answer_topic(&self, answer: Answer) -> Topic {
        self.topic(answer.ending())
    }

    /// What a device subscribes to before it asks: both answers to `get` and to `update`, and the delta. In one SUBSCRIBE; AWS advises
    /// against wildcards here.
    #[must_use]
    pub fn filters(&self) -> [Topic; 5] {
        [Answer::Got, Answer::NotGot, Answer::Updated, Answer::NotUpdated, Answer::Delta]
            .map(|answer| self.answer_topic(answer))
    }

    /// What a message of this topic says; nothing if it is not of this shadow.
    #[must_use]
    pub fn answer(&self, topic: &str) -> Option<Answer> {
        let rest =
            topic.strip_prefix("$aws/things/")?.strip_prefix(self.thing.name())?.strip_prefix("/shadow/")?;
        let ending = match self.name {
            None => rest,
            Some(name) => rest.strip_prefix("name/")?.strip_prefix(name)?.strip_prefix('/')?,
        };
        Answer::ALL.into_iter().find(|answer| answer.ending() == ending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_and_back() {
        let thing = Thing::new("sensor-1").unwrap();
        let (classic, named) = (Shadow::classic(thing), Shadow::named(thing, "config").unwrap());
        assert_eq!(classic.get(), "$aws/things/sensor-1/shadow/get");
        assert_eq!(named.update(), "$aws/things/sensor-1/shadow/name/config/update");
        assert_eq!(named.delete(), "$aws/things/sensor-1/shadow/name/config/delete");
        for answer in Answer::ALL {
            for (shadow, other) in [(classic, named), (named, classic)] {
                let topic = shadow.answer_topic(answer);
                assert_eq!(shadow.answer(&topic), Some(answer));
                assert_eq!(other.answer(&topic), None);
            }
        }
        for other in [
            "$aws/things/sensor-12/shadow/update/delta",
            "$aws/things/sensor/shadow/update/delta",
            "$aws/things/sensor-1/shadow/update/documents",
            "$aws/things/sensor-1/shadow/update",
            "$aws/things/sensor-1/shadow/name/config2/update/delta",
            "$aws/things/sensor-1/shadow/name/configupdate/delta",
            "devices/sensor-1/telemetry",
            "",
        ] {
            assert_eq!((classic.answer(other), named.answer(other)), (None, None), "{other}");
        }
        assert!(Shadow::named(thing, "a/b").is_err());
    }

    #[test]
    fn the_longest_fits() {
        let (thing, name) = ("t".repeat(THING_NAME_MAX), "n".repeat(SHADOW_NAME_MAX));
        let shadow = Shadow::named(Thing::new(&thing).unwrap(), &name).unwrap();
        for answer in Answer::ALL {
            assert_eq!(shadow.answer(&shadow.answer_topic(answer)), Some(answer));
        }
        for filter in shadow.filters() {
            assert_eq!(crate::aws::limits::check_filter(&filter), Ok(()));
        }
    }
}
