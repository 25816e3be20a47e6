//! What the firmware's README tells operators to type.

const README: &str = include_str!("../../../examples/esp32/README.md");

/// The value of an option, without quotes, where it is first used.
fn option(name: &str) -> String {
    let (_, rest) = README.split_once(name).unwrap_or_else(|| panic!("no {name} in the README"));
    let rest = rest.strip_prefix('=').unwrap();
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').unwrap().0.to_owned(),
        None => rest.split_whitespace().next().unwrap().to_owned(),
    }
}

/// The attribute condition of the provider of `sensor-1`.
pub(crate) fn condition() -> String {
    option("--attribute-condition")
}

/// The recipe is the one that the mock models.
#[test]
fn the_recipe_has_mapping_condition_and_member() {
    assert_eq!(option("--attribute-mapping"), "google.subject=assertion.sub");
    assert_eq!(condition(), "assertion.sub=='sensor-1'");
    let member = crate::cloud::principal("sensor-1").replace("123456789012", "NUMBER");
    assert_eq!(option("--member"), member);
}
