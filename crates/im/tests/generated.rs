//! Holds what is made from the route table and the events against them: types and routes for TypeScript, JSON Schema,
//! and the two references. `UPDATE_GENERATED=1 cargo test -p coco-im --test generated` writes them anew.

#![allow(clippy::unwrap_used, clippy::panic)]

mod generate;

use std::path::Path;

use generate::{markdown, schema, typescript};

/// Writes a generated file anew if asked to, and holds it against what it should be.
fn hold(name: &str, text: &str) {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(name);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "{name} is stale: run `UPDATE_GENERATED=1 cargo test -p coco-im --test generated`"
    );
}

#[test]
fn the_pages_types() {
    hold("web/src/generated/im.ts", &typescript::file());
}

#[test]
fn the_schema() {
    hold("docs/im-routes.schema.json", &schema::file());
}

#[test]
fn the_reference_of_the_routes() {
    hold("docs/im-routes.md", &markdown::routes());
}

#[test]
fn the_reference_of_the_events() {
    hold("docs/events.md", &markdown::events());
}
