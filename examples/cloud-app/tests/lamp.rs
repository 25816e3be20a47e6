//! A lamp at a broker: an application with its own topics, which says that it is there, takes a brightness and answers
//! questions.

#![allow(dead_code, reason = "each test program uses another part")]

use atecc608_cloud::mqtt::{KeepAlive, Login, QoS, Will};
use cloud_app::{Application, Draft, Topic};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt::Write;
use std::rc::Rc;

#[derive(Debug, Clone)]
pub(crate) struct Lamp {
    pub(crate) client_id: String,
    /// Its topics begin with this; a good broker's rules want the certificate's name there.
    pub(crate) name: String,
    pub(crate) user_name: Option<String>,
    pub(crate) keep_alive: KeepAlive,
    /// Filters that a broker may refuse.
    pub(crate) others: Vec<String>,
    /// Other telemetry topics, which may be none.
    pub(crate) telemetry: Option<String>,
    pub(crate) will: String,
    /// What came: topic and payload.
    pub(crate) heard: Rc<RefCell<Vec<String>>>,
    /// What is to be said: that it is there, and answers.
    pub(crate) say: Rc<RefCell<VecDeque<String>>>,
    pub(crate) renew: Rc<Cell<bool>>,
    /// Wants another connection all the time.
    pub(crate) greedy: bool,
}

impl Lamp {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            client_id: name.to_owned(),
            name: name.to_owned(),
            user_name: None,
            keep_alive: KeepAlive::from_secs(6).unwrap(),
            others: vec![],
            telemetry: None,
            will: format!("devices/{name}/online"),
            heard: Rc::default(),
            say: Rc::default(),
            renew: Rc::default(),
            greedy: false,
        }
    }
}

impl Application for Lamp {
    fn login(&self) -> Login<'_> {
        let will = Will { topic: &self.will, payload: b"gone", qos: QoS::AtLeastOnce, retain: true };
        Login {
            user_name: self.user_name.as_deref(),
            will: Some(will),
            keep_alive: self.keep_alive,
            ..Login::new(&self.client_id)
        }
    }

    fn subscription(&self, index: usize, filter: &mut Topic) -> bool {
        match index.checked_sub(1) {
            None => filter.set(format_args!("devices/{}/set", self.name)),
            Some(other) => match self.others.get(other) {
                None => return false,
                Some(text) => filter.set(format_args!("{text}")),
            },
        }
        true
    }

    fn telemetry_topic(&self, subfolder: Option<&str>, topic: &mut Topic) {
        let name = self.telemetry.as_ref().unwrap_or(&self.name);
        match subfolder {
            None => topic.set(format_args!("devices/{name}/telemetry")),
            Some(subfolder) => topic.set(format_args!("devices/{name}/telemetry/{subfolder}")),
        }
    }

    fn state_topic(&self, topic: &mut Topic) {
        topic.set(format_args!("devices/{}/state", self.name));
    }

    fn message(&mut self, topic: &str, payload: &[u8]) {
        let text = String::from_utf8_lossy(payload).into_owned();
        if text.ends_with('?') {
            self.say.borrow_mut().push_back(format!("answer {text}"));
        }
        self.heard.borrow_mut().push(format!("{topic} {text}"));
    }

    fn connected(&mut self, _: bool) {
        *self.say.borrow_mut() = VecDeque::from(["there".to_owned()]);
        self.renew.set(false);
    }

    fn next(&mut self, draft: &mut Draft<'_>) -> bool {
        let Some(what) = self.say.borrow_mut().pop_front() else { return false };
        let topic = if what == "there" { "online" } else { "answers" };
        draft.topic().set(format_args!("devices/{}/{topic}", self.name));
        draft.retain = what == "there";
        write!(draft, "{what}").unwrap();
        true
    }

    fn wants_renewal(&self) -> bool {
        self.renew.get() || self.greedy
    }
}
