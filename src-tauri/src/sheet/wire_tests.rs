//! Holds the page's types against this program's.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use ts_rs::TS;

use super::*;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/src/generated/sheet.ts");

fn generated() -> String {
    let mut text = String::from(
        "// Generated from src-tauri/src/sheet/wire.rs by its tests; UPDATE_GENERATED=1 writes it anew.\n\nimport type { Language, Theme } from \"./shell\";\n",
    );
    for declaration in [
        SheetRequest::decl(),
        Asker::decl(),
        Ask::decl(),
        ScanNote::decl(),
        Code::decl(),
        ScanStep::decl(),
        ScanState::decl(),
        SheetState::decl(),
    ] {
        writeln!(text, "\nexport {declaration}").unwrap();
    }
    text
}

#[test]
fn the_sheets_types_are_fresh() {
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(FILE, generated()).unwrap();
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        written == generated(),
        "stale: run `UPDATE_GENERATED=1 cargo test -p cococat the_sheets_types`"
    );
}
