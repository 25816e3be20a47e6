//! The four programs on simulated chips.

mod provision;
mod request;
mod scan;
mod sign;

use crate::{LINE_MAX, Terminal};
use atecc608_sim::{Bus, ChipId};
use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;
use std::string::{String, ToString};
use std::vec::Vec;

/// Answers as told, keeps what it is shown. When no answer is left, nobody is there.
#[derive(Default)]
pub(crate) struct Script {
    answers: VecDeque<String>,
    shown: String,
}

impl Script {
    pub(crate) fn answering<'a>(answers: impl IntoIterator<Item = &'a str>) -> Self {
        Self { answers: answers.into_iter().map(ToString::to_string).collect(), shown: String::new() }
    }

    /// Whether all of these texts were shown, in this order.
    #[track_caller]
    pub(crate) fn showed(&self, texts: &[&str]) {
        let mut rest = self.shown.as_str();
        for text in texts {
            let (_, after) =
                rest.split_once(text).unwrap_or_else(|| panic!("no {text:?} in\n{}", self.shown));
            rest = after;
        }
    }
}

impl Terminal for Script {
    fn say(&mut self, text: fmt::Arguments<'_>) {
        self.shown.push_str(&std::format!("{text}\n"));
    }

    fn ask(
        &mut self,
        question: fmt::Arguments<'_>,
        patience: Option<Duration>,
    ) -> Option<heapless::String<LINE_MAX>> {
        self.say(question);
        let answer = self.answers.pop_front();
        assert!(answer.is_some() || patience.is_some(), "waits for ever:\n{}", self.shown);
        answer.map(|answer| heapless::String::try_from(answer.as_str()).unwrap())
    }
}

/// Everything the chip holds for good.
pub(crate) fn contents(bus: &Bus) -> Vec<u8> {
    bus.with_chip(ChipId::FIRST, |chip| {
        let eeprom = chip.eeprom();
        let slots = (0..16).flat_map(|slot| eeprom.slot(slot));
        eeprom.config().iter().chain(eeprom.otp()).chain(slots).copied().collect()
    })
}

mod lines {
    use crate::{Echo, LINE_MAX, LineEditor};
    use std::string::String;
    use std::vec::Vec;

    fn lines(bytes: &[u8]) -> Vec<String> {
        let mut editor = LineEditor::new();
        let lines = bytes.iter().filter_map(|byte| match editor.push(*byte) {
            Echo::Line(line) => Some(String::from(line.as_str())),
            _ => None,
        });
        lines.collect()
    }

    #[test]
    fn every_line_end_counts_once() {
        assert_eq!(lines(b"a\rb\nc\r\nd\n\n"), ["a", "b", "c", "d", ""]);
    }

    #[test]
    fn backspace_takes_back_and_control_characters_are_dropped() {
        assert_eq!(lines(b"\x08LOX\x7FCX\x08\x1BK\r"), ["LOCK"]);
        assert_eq!(lines("LOCKÄ\r".as_bytes()), ["LOCK"], "only ASCII is taken");
    }

    #[test]
    fn what_is_too_long_or_damaged_is_no_shorter_line() {
        let mut long = [b'7'; LINE_MAX + 1];
        long[LINE_MAX] = b'\r';
        assert_eq!(lines(&long)[0].len(), LINE_MAX, "just fits");
        let longer = [&[b'7'; LINE_MAX + 1][..], b"\x08\x08\rLOCK\r"].concat();
        let got = lines(&longer);
        assert!(got[0].ends_with('…'), "{got:?}");
        assert_eq!(got[1], "LOCK");
        let mut editor = LineEditor::new();
        b"LO".iter().for_each(|byte| _ = editor.push(*byte));
        editor.damage();
        b"CK".iter().for_each(|byte| _ = editor.push(*byte));
        let Echo::Line(line) = editor.push(b'\r') else { panic!("no line") };
        assert_eq!(line, "LOCK…");
    }
}
