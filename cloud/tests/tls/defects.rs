//! The list of embedded-tls's defects and these tests, held together.

const LIST: &str = include_str!("../../docs/embedded-tls.md");
const FILES: [(&str, &str); 9] = [
    ("chain", include_str!("chain.rs")),
    ("client", include_str!("client.rs")),
    ("client_faults", include_str!("client_faults.rs")),
    ("client_flight", include_str!("client_flight.rs")),
    ("client_sizes", include_str!("client_sizes.rs")),
    ("handshake", include_str!("handshake.rs")),
    ("protocols", include_str!("protocols.rs")),
    ("request", include_str!("request.rs")),
    ("rogue", include_str!("rogue.rs")),
];

/// Every defect has a test, and every test that the list names is one.
#[test]
fn every_defect_of_the_list_has_its_test() {
    let rows: Vec<&str> =
        LIST.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| #")).collect();
    for (index, row) in rows.iter().enumerate() {
        assert!(row.starts_with(&format!("| {} |", index + 1)), "{row}");
        let test = row.trim_end_matches(" |").rsplit(" | ").next().unwrap().trim_matches('`');
        let (file, name) = test.split_once("::").unwrap_or_else(|| panic!("no test: {row}"));
        let (_, text) = FILES.iter().find(|(known, _)| *known == file).unwrap_or_else(|| panic!("{row}"));
        let forms = [format!("#[tokio::test]\nasync fn {name}()"), format!("#[test]\nfn {name}()")];
        assert!(forms.iter().any(|form| text.contains(form)), "{row}");
    }
    assert!(rows.len() >= 32, "{}", rows.len());
}
