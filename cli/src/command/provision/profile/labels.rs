//! Labels: a text for each chip.

use std::fs;
use std::path::{Path, PathBuf};

use atecc608::PublicKey;
use atecc608::SerialNumber;
use atecc608_fleet::report::{Done, Line};

use crate::parse::hex;

/// The label if the profile has none.
pub(in super::super) const LABEL: &str = "{serial}\n{key_id}\n";

/// What stands in braces.
const NAMES: [&str; 10] = [
    "serial",
    "SERIAL",
    "key_id",
    "public_key",
    "public_key_sha256",
    "certificate_sha256",
    "profile",
    "station",
    "date",
    "time",
];

/// A text with names in braces.
#[derive(Debug)]
pub(in super::super) struct Label {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Name(&'static str),
}

impl Label {
    /// Reads a template.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let allowed = || format!("{{{}}}; a brace itself is written twice", NAMES.join("}, {"));
        let mut parts = Vec::new();
        let (mut plain, mut rest) = (String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..];
            if let Some(behind) = brace.strip_prefix("{{").or_else(|| brace.strip_prefix("}}")) {
                plain.push_str(&brace[..1]);
                rest = behind;
                continue;
            }
            let name = brace.strip_prefix('{').and_then(|name| name.split_once('}'));
            let Some((name, behind)) = name else {
                return Err(format!("a brace stands alone in the label; there are {}", allowed()));
            };
            let known = NAMES.into_iter().find(|known| *known == name);
            let known =
                known.ok_or_else(|| format!("the label has no {{{name}}}; there are {}", allowed()))?;
            parts.extend([Part::Text(std::mem::take(&mut plain)), Part::Name(known)]);
            rest = behind;
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        let tells = |part: &Part| matches!(part, Part::Name("serial" | "SERIAL" | "key_id" | "public_key"));
        if !parts.iter().any(tells) {
            return Err(
                "the label does not say which chip it is for: {serial} or {key_id} is missing".to_owned()
            );
        }
        Ok(Self { parts })
    }

    /// The label of a chip that is done.
    pub(in super::super) fn of(
        &self,
        profile: &str,
        line: &Line,
        serial: SerialNumber,
        done: &Done,
    ) -> String {
        let key = done.public_key.map(PublicKey::from);
        let time = line.at.to_string();
        let told = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Name("serial") => serial.to_string(),
            Part::Name("SERIAL") => serial.to_string().to_uppercase(),
            Part::Name("key_id") => key.map(|key| key.key_id().to_string()).unwrap_or_default(),
            Part::Name("public_key") => key.map(|key| hex(key.as_bytes())).unwrap_or_default(),
            Part::Name("public_key_sha256") => {
                key.map(|key| crate::public_key::fingerprint(&key)).unwrap_or_default()
            }
            Part::Name("certificate_sha256") => {
                done.certificate_sha256.map(|hash| hex(&hash)).unwrap_or_default()
            }
            Part::Name("profile") => profile.to_owned(),
            Part::Name("station") => line.station.clone(),
            Part::Name("date") => time.get(..10).unwrap_or_default().to_owned(),
            Part::Name(_) => time.clone(),
        };
        self.parts.iter().map(told).collect()
    }
}

/// Where labels go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum LabelsTo {
    /// A file for each chip, called by its serial number.
    Folder(PathBuf),
    /// All of them, in the order in which the chips were done.
    File(PathBuf),
    /// A printer, or what else keeps nothing: each once, when the chip is done, and again when that chip is put in again.
    Printer(PathBuf),
}

impl LabelsTo {
    /// What a path is.
    pub(in super::super) fn of(path: &Path) -> Self {
        let ends = path.as_os_str().to_string_lossy().ends_with('/');
        match fs::metadata(path) {
            Ok(there) if there.is_dir() => Self::Folder(path.to_owned()),
            Ok(there) if !there.is_file() => Self::Printer(path.to_owned()),
            Err(_) if ends => Self::Folder(path.to_owned()),
            _ => Self::File(path.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_label_says_what_there_is() {
        for (text, said) in [
            ("{serial} {colour}", "no {colour}; there are {serial}, {SERIAL}, {key_id}"),
            ("{serial", "a brace stands alone"),
            ("serial}", "a brace stands alone"),
            ("hello {profile}", "does not say which chip"),
            ("{{serial}}", "does not say which chip"),
        ] {
            let error = Label::parse(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
        assert!(Label::parse("{{\"id\": \"{serial}\"}}").is_ok());
        assert!(Label::parse(LABEL).is_ok());
    }

    #[test]
    fn a_place_is_told_by_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(LabelsTo::of(folder.path()), LabelsTo::Folder(folder.path().to_owned()));
        let file = folder.path().join("labels.txt");
        assert_eq!(LabelsTo::of(&file), LabelsTo::File(file.clone()));
        fs::write(&file, "").unwrap();
        assert_eq!(LabelsTo::of(&file), LabelsTo::File(file.clone()));
        let new = folder.path().join("new/");
        assert_eq!(LabelsTo::of(&new), LabelsTo::Folder(new.clone()));
        assert_eq!(LabelsTo::of(Path::new("/dev/null")), LabelsTo::Printer("/dev/null".into()));
    }
}
