//! `acl_file`

use crate::mqtt::topic;

/// Who may read and write what.
#[derive(Debug, Clone, Default)]
pub struct Acl(Vec<Line>);

#[derive(Debug, Clone)]
struct Line {
    /// None: for everybody, with `%u` and `%c` in it.
    user: Option<String>,
    read: bool,
    write: bool,
    topic: String,
}

impl Acl {
    /// The file's text: `user NAME` with lines of `topic [read|write|readwrite] TOPIC` below, and
    /// `pattern [read|write|readwrite] TOPIC` for everybody.
    ///
    /// # Errors
    /// A line that is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (mut lines, mut user) = (Vec::new(), None::<String>);
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (word, rest) =
                line.split_once(' ').ok_or_else(|| format!("{line:?} is no line of an ACL"))?;
            let (access, topic) = match rest.split_once(' ') {
                Some((access @ ("read" | "write" | "readwrite"), topic)) => (access, topic),
                _ => ("readwrite", rest),
            };
            let owner = match (word, &user) {
                ("user", _) => {
                    user = Some(rest.to_owned());
                    continue;
                }
                ("pattern", _) => None,
                ("topic", Some(user)) => Some(user.clone()),
                _ => return Err(format!("{line:?} is no line of an ACL")),
            };
            let (read, write) = (access != "write", access != "read");
            lines.push(Line { user: owner, read, write, topic: topic.to_owned() });
        }
        Ok(Self(lines))
    }

    fn may(&self, user: &str, client_id: &str, path: &str, which: impl Fn(&Line) -> bool) -> bool {
        self.0.iter().filter(|line| which(line)).any(|line| match &line.user {
            Some(name) => name == user && topic::matches(&line.topic, path, true),
            None => {
                let filter = line.topic.replace("%u", user).replace("%c", client_id);
                topic::matches(&filter, path, true)
            }
        })
    }

    pub(super) fn may_read(&self, user: &str, client_id: &str, path: &str) -> bool {
        self.may(user, client_id, path, |line| line.read)
    }

    pub(super) fn may_write(&self, user: &str, client_id: &str, path: &str) -> bool {
        self.may(user, client_id, path, |line| line.write)
    }
}

#[cfg(test)]
mod tests {
    use super::Acl;

    #[test]
    fn lines() {
        let acl = "# Devices.\npattern write devices/%u/up/#\npattern read devices/%u/down/%c\n\n\
                   user watcher\ntopic read devices/#\ntopic notes\n";
        let acl = Acl::parse(acl).unwrap();
        for (user, path, read, write) in [
            ("lamp", "devices/lamp/up/1", false, true),
            ("lamp", "devices/lamp/up", false, true),
            ("lamp", "devices/lamp/down/id", true, false),
            ("lamp", "devices/lamp/down/other", false, false),
            ("lamp", "devices/other/up/1", false, false),
            ("lamp", "notes", false, false),
            ("watcher", "devices/other/up/1", true, false),
            ("watcher", "notes", true, true),
        ] {
            assert_eq!(
                (acl.may_read(user, "id", path), acl.may_write(user, "id", path)),
                (read, write),
                "{user} {path}"
            );
        }
        for wrong in ["topic notes", "user", "pattern", "deny all"] {
            assert!(Acl::parse(wrong).is_err(), "{wrong}");
        }
    }
}
