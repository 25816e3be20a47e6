//! `cargo run --example config`, as built.

use atecc608::config::{ConfigZone, preset};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use testkit::examples;

fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        examples::program(
            &examples::built(
                env!("CARGO_MANIFEST_DIR"),
                &["config"],
                &["src", "config/src", "examples/config"],
            ),
            "config",
        )
    })
}

fn run(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).output().unwrap()
}

/// What it prints, ending with this status.
fn printed(arguments: &[&str], status: i32) -> String {
    let output = run(arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {errors}");
    assert_eq!(errors, "", "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What it complains of.
fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

/// A folder with files in it.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Files {
        Files(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, contents).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn gcp() -> ConfigZone {
    preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY))
}

/// One slot, and why it does not do what it does not.
#[test]
fn why() {
    let text = printed(&["why", "0", "--preset", "gcp"], 0);
    assert!(text.starts_with("slot 0, after both locks:\n"));
    assert!(text.contains("+ Sign external: by anyone\n"), "{text}");
    assert!(text.contains("- GenKey new key: after the data lock no new key is made in slot 0"), "{text}");
    assert_eq!(text.lines().count(), 1 + atecc608::config::explain::Action::ALL.len());
    assert!(refused(&["why", "16", "--preset", "gcp"]).contains("a slot is 0 to 15"));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("0x{byte:02X}, ")).collect()
}

#[test]
fn one_configuration_in_every_form() {
    let files = Files::new();
    let bytes = *gcp().as_bytes();
    let lines: String = bytes.chunks(16).map(|line| format!("{} # a line\n", hex(line))).collect();
    let expected = printed(&["lint", "--preset", "gcp"], 0);
    assert!(expected.ends_with(" notices\n") && expected.contains("\n0 errors, 0 warnings, "));
    for file in [
        files.file("c.hex", &lines),
        files.file("short.txt", hex(&bytes[16..])),
        files.file("c.bin", bytes),
        files.file("short.bin", &bytes[16..]),
        files.file("config.toml", format!("config = \"\"\"{}\"\"\"", lines)),
        files.file("preset.toml", "preset = \"gcp\""),
    ] {
        assert_eq!(printed(&["lint", &file], 0), expected, "{file}");
    }
}

#[test]
fn purposes_and_bytes_in_toml() {
    let files = Files::new();
    let purposes =
        "[slots]\n0 = \"signing key\"\n4 = \"storage key\"\n8 = \"encrypted storage under key 4\"\n";
    let good = files.file("good.toml", purposes);
    assert!(
        printed(&["explain", &good], 0)
            .lines()
            .any(|line| line.starts_with("   8 secret") && line.contains("e4"))
    );
    let bad = files.file("bad.toml", format!("{purposes}[bytes]\n16 = 0x00\n"));
    let text = printed(&["lint", &bad], 1);
    assert!(text.starts_with("error: byte 16 (I2C address): "), "{text}");
    assert!(text.contains("\n1 error, 0 warnings, "));
}

#[test]
fn html() {
    let files = Files::new();
    let page = files.file("page.html", "");
    printed(&["explain", "--preset", "tflxtls", "--html", &page], 0);
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.starts_with("<!DOCTYPE html>") && text.trim_end().ends_with("</html>"));
    assert!(
        refused(&["explain", "--preset", "gcp", "--html", "/no/such/folder/page.html"])
            .contains("can't be written")
    );
}

#[test]
fn plans() {
    let files = Files::new();
    let mut chip = preset::FACTORY;
    chip[2] = 0x77;
    let present = files.file("chip.bin", chip);
    let text = printed(&["plan", "--preset", "gcp", "--present", &present], 0);
    assert!(text.starts_with("Chip 01237700"), "{text}");
    assert!(
        text.contains("byte 20 (SlotConfig): 83 becomes 81") && text.contains("CRC of the configuration")
    );
    // A chip that is as it should be.
    assert!(printed(&["plan", "--preset", "factory"], 0).contains("\n0 bytes change"));
    let bad = files.file("bad.toml", "preset = \"gcp\"\n[bytes]\n96 = 0x1F\n");
    assert!(printed(&["plan", &bad], 1).contains("a private key must be of type P-256"));
    chip[87] = 0;
    let locked = files.file("locked.bin", chip);
    assert!(refused(&["plan", "--preset", "gcp", "--present", &locked]).contains("locked already"));
}

#[test]
fn wrong_questions() {
    let files = Files::new();
    let short = files.file("short.hex", "01 02 03");
    let odd = files.file("odd.hex", "01 0");
    let text = files.file("text.hex", "hello");
    let bad = |contents: &str| files.file("bad.toml", contents);
    for (arguments, words) in [
        (&["lint"][..], "required"),
        (&["lint", "--nonsense"], "unexpected argument"),
        (&["fly"], "unrecognized subcommand"),
        (&["lint", "--preset", "nobody"], "there are factory, tngtls, tflxtls, gcp"),
        (&["lint", &short, "--preset", "gcp"], "cannot be used with"),
        (&["lint", "/no/such/file"], "can't be read"),
        (&["lint", &short], "128 bytes (or 112 without the first 16), not 3"),
        (&["lint", &odd], "line 1: these numbers can be hex or decimal"),
        (&["lint", &text], "neither 128 bytes nor numbers"),
        (&["lint", "--i2c", "/dev/i2c-x", "--address", "0xC0"], "the 7-bit address is 0x60"),
        (&["lint", "--i2c", "/dev/i2c-x", "--address", "0xFF"], "0x08 to 0x77"),
    ] {
        let complaint = refused(arguments);
        assert!(complaint.contains(words), "{complaint}");
    }
    for (contents, words) in [
        ("", "one of config, preset and slots"),
        ("preset = 1", "invalid type"),
        ("colour = \"red\"", "unknown field"),
        ("[slots]\n16 = \"data\"", "no slot \"16\""),
        ("[slots]\n0 = \"toaster\"", "no such purpose"),
        ("[slots]\n0 = \"public key\"", "too small"),
        ("preset = \"gcp\"\n[bytes]\n128 = 0", "no byte \"128\""),
    ] {
        let complaint = refused(&["lint", &bad(contents)]);
        assert!(complaint.contains(words), "{contents:?}: {complaint}");
    }
    #[cfg(target_os = "linux")]
    assert!(
        refused(&["explain", "--i2c", "/dev/i2c-no-such-bus"]).contains("there is no /dev/i2c-no-such-bus")
    );
}

/// The page on locking shows a configuration and the worst that lint says about it.
#[test]
fn the_page_on_locking_shows_what_is_printed() {
    let page = include_str!("../../docs/locking.md");
    let block = |language: &str, word: &str| {
        let fence = format!("```{language}\n");
        let mut blocks = page.split(&fence).skip(1);
        let block = blocks.find(|block| block.split("```").next().unwrap().contains(word)).unwrap();
        block.split("```").next().unwrap().to_owned()
    };
    let files = Files::new();
    let file = files.file("my-config.toml", block("toml", "[bytes]"));
    let printed = printed(&["lint", &file], 1);
    assert!(printed.starts_with(&block("text", "help")), "{printed}");
}
