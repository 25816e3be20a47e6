//! What people type, and what they read. Each file is one session in a folder of its own: its simulated chips are kept
//! from one command to the next.

#[test]
fn transcripts() {
    let cases = trycmd::TestCases::new();
    cases
        .default_bin_path(env!("CARGO_BIN_EXE_atecc"))
        .env("XDG_STATE_HOME", "state")
        .case("tests/transcripts/*.md");
}
