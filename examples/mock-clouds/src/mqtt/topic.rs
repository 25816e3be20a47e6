//! Topics and filters (MQTT 5, section 4.7).

/// What is wrong with a topic to publish to, if anything.
pub fn topic(topic: &str) -> Result<(), String> {
    match topic {
        "" => Err("an empty topic".into()),
        _ if topic.contains(['+', '#']) => Err(format!("topic {topic:?} has a wildcard")),
        _ => Ok(()),
    }
}

/// What is wrong with a filter, if anything.
pub fn filter(filter: &str) -> Result<(), String> {
    let levels: Vec<_> = filter.split('/').collect();
    let last = levels.len() - 1;
    for (at, level) in levels.iter().enumerate() {
        let alone = level.len() == 1;
        if level.contains('+') && !alone || level.contains('#') && !(alone && at == last) {
            return Err(format!("filter {filter:?} has a wildcard in the middle of something"));
        }
    }
    if filter.is_empty() { Err("an empty filter".into()) } else { Ok(()) }
}

/// Whether a topic is one of a filter's. `parent`: `a/#` is also `a`, as in the standard.
pub fn matches(filter: &str, topic: &str, parent: bool) -> bool {
    // Wildcards in the first level don't stand for topics of the server.
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let (mut filters, mut topics) = (filter.split('/'), topic.split('/'));
    loop {
        match (filters.next(), topics.next()) {
            (Some("#"), Some(_)) => return true,
            (Some("#"), None) => return parent,
            (Some(filter), Some(topic)) if filter == "+" || filter == topic => {}
            (None, None) => return true,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_match_as_in_the_standard() {
        for (filter, topic, expected) in [
            ("a/b", "a/b", true),
            ("a/b", "a/b/c", false),
            ("a/b/c", "a/b", false),
            ("a/+/c", "a/b/c", true),
            ("a/+/c", "a//c", true),
            ("a/+", "a", false),
            ("+", "a", true),
            ("+", "/a", false),
            ("+/+", "/a", true),
            ("#", "a/b/c", true),
            ("a/#", "a/b/c", true),
            ("a/#", "a", true),
            ("a/#", "b", false),
            ("#", "$aws/x", false),
            ("+/x", "$aws/x", false),
            ("$aws/#", "$aws/x", true),
            ("$aws/+", "$aws/x", true),
        ] {
            assert_eq!(matches(filter, topic, true), expected, "{filter} {topic}");
        }
        assert!(!matches("a/#", "a", false));
        assert!(matches("a/#", "a/", false));
    }

    #[test]
    fn what_is_no_filter_and_no_topic() {
        for good in ["a", "a/b", "+", "#", "a/+/b", "a/#", "+/+", "/", "$aws/+/#"] {
            assert_eq!(filter(good), Ok(()));
        }
        for bad in ["", "a#", "a/#/b", "a+", "+a/b", "##", "a/b+"] {
            assert!(filter(bad).is_err(), "{bad}");
        }
        assert!(topic("a/+").is_err() && topic("#").is_err() && topic("").is_err() && topic("a/b").is_ok());
    }
}
