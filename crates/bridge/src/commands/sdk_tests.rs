//! Holds the SDK's knowledge of the commands against the table.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fmt::Write as _;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../messagehandler-js/src/generated/");

/// The shape of a type, whole and in one piece.
pub(super) fn schema_of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::default().with(|settings| settings.inline_subschemas = true);
    T::json_schema(&mut settings.into_generator())
}

/// Writes a generated file anew if asked to, and holds it against what it should be.
fn hold(name: &str, rows: &str) {
    let text = format!(
        "// Generated from the command table in crates/bridge by its tests; UPDATE_GENERATED=1 writes it anew.\n{rows}"
    );
    let path = format!("{FOLDER}{name}");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::create_dir_all(FOLDER).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "{name} is stale: run `UPDATE_GENERATED=1 cargo test -p coco-bridge sdk_tests`"
    );
}

#[test]
fn the_sdk_knows_the_same_commands() {
    let mut text = String::from("\n/** The certificate level that each command needs. */\nexport const levels = {\n");
    for entry in TABLE {
        writeln!(text, "  {}: {},", entry.name, entry.level).unwrap();
    }
    text.push_str("} as const;\n\n/** Commands before which a person may be asked. */\nexport const asking = [\n");
    for entry in TABLE.iter().filter(|entry| entry.asks) {
        writeln!(text, "  \"{}\",", entry.name).unwrap();
    }
    text.push_str("] as const;\n");
    hold("levels.ts", &text);
}

#[test]
fn the_sdk_knows_the_same_parameters() {
    let mut text = String::from(
        "\n/** The parameters of each command; what the words mean says `../shapes.ts`. */\nexport const shapes = {\n",
    );
    for entry in TABLE {
        writeln!(text, "  {}: {},", entry.name, fields(&(entry.params)().to_value())).unwrap();
    }
    text.push_str("} as const;\n");
    hold("shapes.ts", &text);
}

/// An object's parts, those that must be there first: `a?` may be missing or null, one of `a|b` must be there.
fn fields(schema: &Value) -> String {
    let none = serde_json::Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    let names = |key: &str| -> Vec<&str> {
        let list = schema[key].as_array().map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(Value::as_str).collect()
    };
    let (required, either) = (names("required"), names("either"));
    let may_lack = |name: &&str| !required.contains(name) && !either.contains(name);
    let mut optional: Vec<&str> = properties.keys().map(String::as_str).filter(may_lack).collect();
    optional.sort_unstable();
    let mut parts: Vec<String> = required
        .iter()
        .map(|name| format!("{name}: {}", shape(&properties[*name])))
        .collect();
    parts.extend(
        optional
            .iter()
            .map(|name| format!("\"{name}?\": {}", shape(&properties[*name]))),
    );
    if let Some(first) = either.first() {
        parts.push(format!("\"{}\": {}", either.join("|"), shape(&properties[*first])));
    }
    if parts.is_empty() {
        return "{}".to_owned();
    }
    format!("{{ {} }}", parts.join(", "))
}

/// What a value must be.
fn shape(schema: &Value) -> String {
    let one = |values: Vec<&Value>| {
        let values: Vec<String> = values.into_iter().map(Value::to_string).collect();
        let or = schema["or"]
            .as_str()
            .map(|or| format!(", or: {or:?}"))
            .unwrap_or_default();
        format!("{{ one: [{}]{or} }}", values.join(", "))
    };
    if let Some(values) = schema["enum"].as_array() {
        return one(values.iter().filter(|value| !value.is_null()).collect());
    }
    if let Some(variants) = schema["oneOf"].as_array() {
        let values = variants.iter().flat_map(|variant| match variant["enum"].as_array() {
            Some(values) => values.iter().collect(),
            None => vec![&variant["const"]],
        });
        return one(values.collect());
    }
    if let Some(variants) = schema["anyOf"].as_array() {
        let mut some = variants.iter().filter(|variant| variant["type"] != "null");
        return shape(some.next().unwrap());
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .filter(|kind| *kind != "null")
            .collect(),
        _ => Vec::new(),
    };
    match kinds.as_slice() {
        ["string"] => "\"string\"".to_owned(),
        ["boolean"] => "\"boolean\"".to_owned(),
        ["array"] => format!("{{ list: {} }}", shape(&schema["items"])),
        ["object"] if schema["additionalProperties"].is_object() => {
            format!("{{ map: {} }}", shape(&schema["additionalProperties"]))
        }
        ["object"] => format!("{{ fields: {} }}", fields(schema)),
        [] => "\"any\"".to_owned(),
        other => panic!("{other:?}: no shape for {schema}"),
    }
}

#[test]
fn every_name_stands_once() {
    let mut names: Vec<_> = TABLE
        .iter()
        .map(|entry| entry.name)
        .chain(RESERVED.iter().copied())
        .collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    assert_eq!((TABLE.len(), RESERVED.len()), (24, 17));
}
