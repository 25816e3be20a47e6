//! Numbers for people.

/// With a comma before every three digits.
pub(crate) fn grouped(number: u32) -> String {
    if number < 1000 {
        number.to_string()
    } else {
        format!("{},{:03}", grouped(number / 1000), number % 1000)
    }
}

#[test]
fn three_digits_each() {
    assert_eq!([grouped(7), grouped(1234), grouped(1_002_003)], ["7", "1,234", "1,002,003"]);
}
