//! What a new app begins as. Everything is in this program: nothing is fetched.

use coco_keys::Address;
use include_dir::{Dir, include_dir};
use serde_json::json;

static VUE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/app/template/vue");
/// The library that calls the host, as TypeScript, which Vite understands.
static LIBRARY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../messagehandler-js/src");

const PAGE: &str = include_str!("template/vanilla/index.html");
const SCRIPT: &str = include_str!("template/vanilla/app.js");

/// The version of a new app.
pub(super) const VERSION: &str = "1.0.0";

/// What is filled in.
pub(super) struct Facts<'a> {
    pub(super) address: &'a Address,
    pub(super) title: &'a str,
    pub(super) type_code: &'a str,
}

/// A file: its path in the new folder, and its bytes.
pub(super) type File = (String, Vec<u8>);

/// A page and a script, as they are served.
pub(super) fn vanilla(facts: &Facts<'_>) -> Vec<File> {
    let page = PAGE.replace("{{title}}", &escaped(facts.title));
    let script = SCRIPT.replace("\"{{title}}\"", &json!(facts.title).to_string());
    vec![
        ("index.html".to_owned(), page.into_bytes()),
        ("app.js".to_owned(), script.into_bytes()),
    ]
}

/// A project for Vite and Vue. `public/content.json` is the part of the signed list that a person writes.
pub(super) fn vue(facts: &Facts<'_>) -> Vec<File> {
    let mut files = Vec::new();
    collect(&VUE, "", &mut files);
    collect(&LIBRARY, "messagehandler-js/", &mut files);
    for (path, bytes) in &mut files {
        // A file of this name would have its say in the folder that it was copied from.
        if path == "_gitignore" {
            ".gitignore".clone_into(path);
        }
        if let (false, Ok(text)) = (path.starts_with("messagehandler-js/"), str::from_utf8(bytes)) {
            let filled = text
                .replace("__ADDRESS__", &facts.address.to_string())
                .replace("__NAME__", &package_name(facts.title))
                .replace(
                    "__TITLE_TEXT__",
                    &facts.title.split_whitespace().collect::<Vec<_>>().join(" "),
                )
                .replace("__TITLE__", &escaped(facts.title));
            *bytes = filled.into_bytes();
        }
    }
    let list = json!({
        "title": facts.title,
        "version": VERSION,
        "description": "",
        "merged_type": facts.type_code,
        "permissions": [],
    });
    files.push(("public/content.json".to_owned(), format!("{list:#}\n").into_bytes()));
    files
}

fn collect(dir: &Dir<'_>, prefix: &str, files: &mut Vec<File>) {
    let found = dir.files().filter_map(|file| {
        let path = file.path().to_str()?.replace('\\', "/");
        Some((format!("{prefix}{path}"), file.contents().to_vec()))
    });
    files.extend(found);
    for inner in dir.dirs() {
        collect(inner, prefix, files);
    }
}

/// A name that npm accepts.
fn package_name(title: &str) -> String {
    let plain = title.to_lowercase();
    let words: Vec<&str> = plain
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let name: String = words.join("-").chars().take(100).collect();
    if name.is_empty() { "cocoapp".to_owned() } else { name }
}

/// Text as it stands in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
