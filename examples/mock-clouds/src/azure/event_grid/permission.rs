//! Topic spaces and who may do what there.

use crate::mqtt::topic;

/// A topic space with its permission bindings, for all clients (`$all`).
#[derive(Debug, Clone)]
pub struct TopicSpace {
    /// Templates: filters, in which `${client.authenticationName}` stands for the client's name.
    pub templates: Vec<String>,
    /// Clients may publish there.
    pub publisher: bool,
    /// Clients may subscribe there.
    pub subscriber: bool,
}

impl TopicSpace {
    /// One template, to publish and subscribe.
    pub fn open(template: &str) -> Self {
        Self { templates: vec![template.to_owned()], publisher: true, subscriber: true }
    }

    fn of<'s>(&'s self, client: &'s str) -> impl Iterator<Item = String> + 's {
        self.templates.iter().map(move |own| own.replace("${client.authenticationName}", client))
    }

    pub(super) fn lets_publish(&self, client: &str, topic: &str) -> bool {
        self.publisher && self.of(client).any(|template| topic::matches(&template, topic, true))
    }

    /// The filter may say more than the template, not less: every topic of it has to be in the space.
    pub(super) fn lets_subscribe(&self, client: &str, filter: &str) -> bool {
        self.subscriber && self.of(client).any(|template| is_within(&template, filter))
    }
}

fn is_within(template: &str, filter: &str) -> bool {
    let (mut templates, mut filters) = (template.split('/'), filter.split('/'));
    loop {
        match (templates.next(), filters.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(filter)) if filter != "#" => {}
            (Some(template), Some(filter)) if template == filter => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn filters_within_templates() {
        for (template, filter, expected) in [
            ("a/b", "a/b", true),
            ("a/b", "a/+", false),
            ("a/+", "a/+", true),
            ("a/+", "a/b", true),
            ("a/+", "a/#", false),
            ("a/#", "a/+/b/#", true),
            ("a/#", "#", false),
            ("a/b", "a", false),
            ("a", "a/b", false),
        ] {
            assert_eq!(is_within(template, filter), expected, "{template} {filter}");
        }
    }
}
