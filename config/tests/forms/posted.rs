//! Files as people have them.

use crate::forms::{decode, read};
use std::path::{Path, PathBuf};

pub(crate) fn folder(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms").join(name);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn text(path: &Path) -> String {
    decode(&std::fs::read(path).unwrap()).expect("text")
}

#[test]
fn every_file_is_the_same_configuration() {
    let files = folder("posted");
    let plain = read(&text(files.iter().find(|path| path.ends_with("plain.txt")).unwrap())).unwrap();
    assert_eq!((plain.len(), &plain[..2], &plain[126..]), (128, &[1, 0x23][..], &[0x30, 0][..]));
    assert!(files.len() >= 7);
    for file in files {
        assert_eq!(read(&text(&file)).as_ref(), Ok(&plain), "{}", file.display());
    }
}
