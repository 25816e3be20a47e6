//! A page, and the commands in it.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn read(page: &str) -> String {
    let path = root().join("docs").join(page);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The blocks of code with this behind their fence, in order.
pub(crate) fn blocks(page: &str, info: &str) -> Vec<String> {
    let (mut blocks, mut block) = (Vec::new(), None::<String>);
    for line in page.lines() {
        match &mut block {
            None if line.strip_prefix("```") == Some(info) => block = Some(String::new()),
            // Of another kind, to its end.
            None => {}
            Some(_) if line == "```" => blocks.extend(block.take()),
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    assert!(block.is_none(), "a block has no end");
    blocks
}

/// What a reader runs, one after the other.
pub(crate) fn commands(page: &str) -> Vec<String> {
    blocks(&read(page), "sh run")
}

/// Runs them as a reader would, but stops at the first that fails; what is printed.
pub(crate) async fn run(folder: &Path, script: &str) -> String {
    let shell = Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = shell.await.unwrap();
    let (said, complained) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(output.status.success(), "{script}\nprinted:\n{said}\n{complained}");
    said
}
