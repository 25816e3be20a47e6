//! Links of the documentation. Nothing is asked of the network: what leads into the repository is looked up in it,
//! whether it is written as a path or as an address.
//!
//! Where a document is shown decides what its links may be:
//!
//! * the README of a published package, on GitHub, in the registry and on docs.rs: whole addresses, and headings of its
//!   own;
//! * a document that becomes a page of rustdoc's: these, and what rustdoc itself resolves (and complains of, in the step
//!   `docs`);
//! * any other: paths, too.

mod document;

use crate::process::{Result, files, root};
use crate::{api, cargo};
use document::Document;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Where a document is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Everywhere.
    Readme,
    /// By rustdoc.
    Page,
    /// On GitHub.
    Repository,
}

/// What can be linked to.
struct Repository {
    /// Its address, without a slash at the end.
    address: String,
    files: BTreeSet<String>,
    documents: BTreeMap<String, Document>,
    /// The public items of our crates, as in docs/api.
    items: BTreeMap<String, String>,
}

/// See above.
pub(crate) fn main(_: &[String]) -> Result {
    let metadata = cargo::metadata(root(), "--no-deps")?;
    let packages = metadata["packages"].as_array().ok_or("no packages")?;
    let published: Vec<_> = packages.iter().filter(|package| package["publish"].is_null()).collect();
    let address =
        published.first().and_then(|package| package["repository"].as_str()).ok_or("no repository")?;
    let mut readmes = BTreeSet::new();
    // Nobody looks at rustdoc's pages of what is not published.
    let mut sources = Vec::new();
    for package in &published {
        let manifest = Path::new(package["manifest_path"].as_str().ok_or("no manifest")?);
        let readme = package["readme"].as_str().ok_or(format!("{} has no README", package["name"]))?;
        readmes.insert(relative(&manifest.with_file_name(readme))?);
        sources.push(format!("{}/", relative(&manifest.with_file_name("src"))?));
    }

    let files: BTreeSet<String> = files()?.into_iter().collect();
    let mut documents = BTreeMap::new();
    let mut pages = BTreeSet::new();
    for file in &files {
        if file.ends_with(".md") {
            documents.insert(file.clone(), Document::read(&fs::read_to_string(root().join(file))?));
        } else if file.ends_with(".rs") && sources.iter().any(|folder| file.starts_with(folder)) {
            let text = fs::read_to_string(root().join(file))?;
            pages.extend(included(&text).filter_map(|path| resolved(file, path)));
        }
    }
    if let Some(gone) = pages.iter().chain(&readmes).find(|page| !documents.contains_key(*page)) {
        return Err(format!("{gone} is no document").into());
    }

    let mut items = BTreeMap::new();
    for name in api::CRATES {
        let path = api::path(name);
        let listed = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        items.insert(name.to_owned(), listed);
    }
    let repository =
        Repository { address: address.trim_end_matches('/').to_owned(), files, documents, items };
    let mut troubles = Vec::new();
    let mut links = 0;
    for (file, document) in &repository.documents {
        let place = match (readmes.contains(file), pages.contains(file)) {
            (true, _) => Place::Readme,
            (_, true) => Place::Page,
            _ => Place::Repository,
        };
        links += document.links.len();
        for (line, link) in &document.links {
            if let Err(trouble) = repository.check(file, place, link) {
                troubles.push(format!("{file}:{line}: {link}: {trouble}"));
            }
        }
        if place == Place::Readme {
            troubles.extend(
                document
                    .bare
                    .iter()
                    .map(|(line, text)| format!("{file}:{line}: [{text}]: only rustdoc makes a link of it")),
            );
        }
    }
    println!("{links} links in {} documents", repository.documents.len());
    if troubles.is_empty() { Ok(()) } else { Err(format!("\n{}", troubles.join("\n")).into()) }
}

fn relative(path: &Path) -> Result<String> {
    Ok(path.strip_prefix(root())?.to_string_lossy().into_owned())
}

/// Documents that a source file makes documentation of.
fn included(source: &str) -> impl Iterator<Item = &str> {
    source.split("doc = include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next())
}

/// A path as seen from a file, from the root; nothing where it leads out of the repository.
fn resolved(file: &str, path: &str) -> Option<String> {
    let mut parts = PathBuf::from(file);
    parts.pop();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => {
                if !parts.pop() {
                    return None;
                }
            }
            Component::Normal(name) => parts.push(name),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.to_string_lossy().into_owned())
}

impl Repository {
    fn check(&self, file: &str, place: Place, link: &str) -> std::result::Result<(), String> {
        if let Some(heading) = link.strip_prefix('#') {
            return self.heading(file, heading);
        }
        if let Some(rest) = link.strip_prefix(&self.address)
            && let "" | "/" = &rest[..rest.len().min(1)]
        {
            return self.addressed(rest);
        }
        if let Some(rest) = link.strip_prefix("https://docs.rs/")
            && let Some((name, page)) = rest.split_once('/')
            && let Some(items) = self.items.get(name)
        {
            return documented(items, page);
        }
        if link.starts_with("https://") || link.starts_with("http://") || link.starts_with("mailto:") {
            let complete =
                link.split_once(':').is_some_and(|(_, rest)| rest.trim_matches('/').contains(['.', '@']));
            return if complete { Ok(()) } else { Err("no address".to_owned()) };
        }
        match place {
            Place::Readme => {
                Err(format!("a package's README is shown where this leads nowhere; use {}/...", self.address))
            }
            Place::Page if is_item(link) => Ok(()),
            Place::Page => Err("rustdoc shows this page where no file is; use a whole address".to_owned()),
            Place::Repository => {
                let (path, heading) = parted(link);
                let path = resolved(file, path).ok_or("leads out of the repository")?;
                self.path(&path, heading)
            }
        }
    }

    /// An address of the repository's, what is behind it.
    fn addressed(&self, rest: &str) -> std::result::Result<(), String> {
        let rest = rest.trim_start_matches('/');
        let (kind, rest) = rest.split_once('/').unwrap_or((rest, ""));
        match kind {
            "blob" | "tree" | "raw" => {
                let (_, path) = rest.split_once('/').ok_or("names no branch and file")?;
                let (path, heading) = parted(path);
                self.path(path.trim_end_matches('/'), heading)
            }
            "" | "commits" | "issues" | "security" | "releases" | "actions" | "pulls" | "compare" => Ok(()),
            _ => Err(format!("GitHub has no page {kind}")),
        }
    }

    fn path(&self, path: &str, heading: Option<&str>) -> std::result::Result<(), String> {
        let folder = format!("{path}/");
        let exists = path.is_empty()
            || self.files.contains(path)
            || self.files.range(folder.clone()..).next().is_some_and(|file| file.starts_with(&folder));
        match heading {
            _ if !exists => Err(format!("{path} does not exist")),
            Some(heading) if path.ends_with(".md") => self.heading(path, heading),
            // Lines of a file.
            Some(heading) if heading.starts_with('L') => Ok(()),
            Some(_) => Err(format!("{path} has no headings")),
            None => Ok(()),
        }
    }

    fn heading(&self, file: &str, heading: &str) -> std::result::Result<(), String> {
        let document = self.documents.get(file).ok_or(format!("{file} is no document"))?;
        if document.headings.iter().any(|known| known == heading) {
            Ok(())
        } else {
            Err(format!("{file} has no heading #{heading}"))
        }
    }
}

/// A page of docs.rs, such as `latest/atecc608/blocking/struct.Atecc608.html#method.sign_digest`.
fn documented(items: &str, page: &str) -> std::result::Result<(), String> {
    let (page, heading) = parted(page);
    let mut parts: Vec<&str> = page.split('/').filter(|part| !part.is_empty()).skip(1).collect();
    let Some(file) = parts.pop() else { return Ok(()) };
    let line = match file.trim_end_matches(".html").split_once('.') {
        Some((kind, name)) => {
            let kind = match kind {
                "constant" => "const",
                "derive" | "attr" => "proc",
                kind => kind,
            };
            parts.push(name);
            format!("{kind} {}", parts.join("::"))
        }
        None => {
            parts.extend((file != "index.html").then_some(file));
            format!("mod {}", parts.join("::"))
        }
    };
    let is_part = |rest: &str| rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_');
    let named = |text: &str| items.match_indices(text).any(|(at, _)| !is_part(&items[at + text.len()..]));
    if !named(&format!(" {line}")) {
        return Err(format!("docs/api has no {line}"));
    }
    if let Some(method) = heading.and_then(|heading| heading.split_once('.')).map(|(_, method)| method) {
        let owner = format!(" {}", parts.join("::"));
        let end = format!("::{method}");
        let has = |line: &str| {
            line.contains(&owner) && line.match_indices(&end).any(|(at, _)| !is_part(&line[at + end.len()..]))
        };
        if !items.lines().any(has) {
            return Err(format!("docs/api has no {method} of {line}"));
        }
    }
    Ok(())
}

fn parted(link: &str) -> (&str, Option<&str>) {
    link.split_once('#').map_or((link, None), |(path, heading)| (path, Some(heading)))
}

/// Whether it reads as an item for rustdoc: no path of a file has colons, none of ours is one word.
fn is_item(link: &str) -> bool {
    let (path, _) = parted(link);
    let path = path.split_once('@').map_or(path, |(_, path)| path).trim_end_matches(['!', '(', ')']);
    !path.is_empty()
        && path.split("::").all(|name| name.chars().all(|letter| letter.is_alphanumeric() || letter == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> Repository {
        let files = ["README.md", "docs/bus.md", "docs/guide/a.md", "src/lib.rs"].map(str::to_owned).into();
        let text = "# Bus\n\n## What it costs\n\n## What it costs\n\n## `frame`, and [more](x)!\n";
        let documents =
            ["README.md", "docs/bus.md"].map(|name| (name.to_owned(), Document::read(text))).into();
        let items = "pub mod a\npub mod a::b\npub struct a::b::C<T>\npub fn a::b::C<T>::run(self)\npub const a::MAX: u8\n";
        let items = [("a".to_owned(), items.to_owned())].into();
        Repository { address: "https://github.com/a/a".to_owned(), files, documents, items }
    }

    fn good(place: Place, file: &str, link: &str) -> bool {
        repository().check(file, place, link).is_ok()
    }

    #[test]
    fn paths_in_the_repository() {
        let good = |link| good(Place::Repository, "docs/bus.md", link);
        for link in
            ["guide/a.md", "../src", "../README.md#bus", "#what-it-costs-1", "guide/", "../src/lib.rs#L7"]
        {
            assert!(good(link), "{link}");
        }
        for link in [
            "guide/b.md",
            "../../a",
            "../README.md#nothing",
            "#what-it-costs-2",
            "src",
            "../src/lib.rs#x",
            "gu",
        ] {
            assert!(!good(link), "{link}");
        }
    }

    #[test]
    fn addresses_of_the_repository() {
        let good = |link: &str| good(Place::Readme, "README.md", &format!("https://github.com/a/a{link}"));
        for link in [
            "",
            "/",
            "/blob/main/docs/bus.md",
            "/tree/main/docs/guide",
            "/blob/main/docs/bus.md#bus",
            "/issues",
        ] {
            assert!(good(link), "{link}");
        }
        for link in
            ["/blob/main/docs/buss.md", "/tree/main/doc", "/blob/main/docs/bus.md#x", "/blob", "/docs/bus.md"]
        {
            assert!(!good(link), "{link}");
        }
        // Another repository, of which nothing is known.
        assert!(good("b/blob/main/x"));
    }

    #[test]
    fn a_readme_has_no_paths() {
        for link in ["docs/bus.md", "blocking::Atecc608", "src/lib.rs", "LICENSE", "https://"] {
            assert!(!good(Place::Readme, "README.md", link), "{link}");
        }
        for link in ["https://docs.rs/a", "#bus", "#frame-and-more", "mailto:a@b.c"] {
            assert!(good(Place::Readme, "README.md", link), "{link}");
        }
    }

    #[test]
    fn pages_of_docs_rs() {
        let good = |link: &str| good(Place::Readme, "README.md", &format!("https://docs.rs/{link}"));
        for link in [
            "a",
            "a/latest/a/",
            "a/latest/a/b/",
            "a/latest/a/b/index.html",
            "a/latest/a/b/struct.C.html",
            "a/latest/a/b/struct.C.html#method.run",
            "a/latest/a/constant.MAX.html",
            "other/latest/other/struct.X.html",
        ] {
            assert!(good(link), "{link}");
        }
        for link in [
            "a/latest/a/c/",
            "a/latest/a/b/struct.D.html",
            "a/latest/a/b/struct.C.html#method.ru",
            "a/latest/a/b/enum.C.html",
        ] {
            assert!(!good(link), "{link}");
        }
    }

    #[test]
    fn a_page_has_items() {
        for link in ["crate::blocking", "Atecc608", "struct@Slot", "crate::a#errors", "fn@f()", "println!"] {
            assert!(good(Place::Page, "docs/guide/a.md", link), "{link}");
        }
        for link in ["../bus.md", "bus.md#x", "a/b"] {
            assert!(!good(Place::Page, "docs/guide/a.md", link), "{link}");
        }
    }

    #[test]
    fn pages_are_found() {
        let source =
            "#![doc = include_str!(\"../README.md\")]\n#[doc = include_str!(\"../docs/a.md\")]\nmod a {}";
        let pages: Vec<_> = included(source).filter_map(|path| resolved("src/lib.rs", path)).collect();
        assert_eq!(pages, ["README.md", "docs/a.md"]);
        assert_eq!(resolved("a.rs", "../x.md"), None);
    }
}
