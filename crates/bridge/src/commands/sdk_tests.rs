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
    let schema = something(schema);
    if let Some(values) = choices(schema) {
        let or = schema["or"]
            .as_str()
            .map(|or| format!(", or: {or:?}"))
            .unwrap_or_default();
        return format!("{{ one: [{}]{or} }}", values.join(", "));
    }
    match kind(schema) {
        Some("string") => "\"string\"".to_owned(),
        Some("boolean") => "\"boolean\"".to_owned(),
        Some("array") => format!("{{ list: {} }}", shape(&schema["items"])),
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("{{ map: {} }}", shape(&schema["additionalProperties"]))
        }
        Some("object") => format!("{{ fields: {} }}", fields(schema)),
        None => "\"any\"".to_owned(),
        Some(other) => panic!("{other}: no shape for {schema}"),
    }
}

#[test]
fn the_sdk_knows_the_same_answers() {
    let mut text = String::from(
        "import type { Json } from \"../envelope.js\";\n\n/** What each command gives back. */\nexport interface Answers {\n",
    );
    for entry in TABLE {
        writeln!(text, "  {}: {};", entry.name, answer(&(entry.answer)().to_value())).unwrap();
    }
    text.push_str("}\n");
    hold("answers.ts", &text);
}

/// The type of what is given back.
fn answer(schema: &Value) -> String {
    let schema = something(schema);
    if let Some(values) = choices(schema) {
        return values.join(" | ");
    }
    if schema["type"] == "null" {
        return "undefined".to_owned();
    }
    match kind(schema) {
        Some(kind @ ("string" | "boolean" | "number")) => kind.to_owned(),
        Some("integer") => "number".to_owned(),
        Some("object") => {
            let mut parts: Vec<String> = schema["properties"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, part)| format!("{name}: {}", answer(part)))
                .collect();
            parts.sort_unstable();
            format!("{{ {} }}", parts.join("; "))
        }
        None => "Json".to_owned(),
        Some(other) => panic!("{other}: no type for {schema}"),
    }
}

/// The values that a value is one of, as JSON, where they are counted up.
fn choices(schema: &Value) -> Option<Vec<String>> {
    let values: Vec<&Value> = match (schema["enum"].as_array(), schema["oneOf"].as_array()) {
        (Some(values), _) => values.iter().collect(),
        (None, Some(variants)) => variants
            .iter()
            .flat_map(|variant| match variant["enum"].as_array() {
                Some(values) => values.iter().collect(),
                None => vec![&variant["const"]],
            })
            .collect(),
        (None, None) => return None,
    };
    let some = values.into_iter().filter(|value| !value.is_null());
    Some(some.map(Value::to_string).collect())
}

/// The first of some variants that is not null; else the schema itself, as where its values are counted up.
fn something(schema: &Value) -> &Value {
    if schema["enum"].is_array() {
        return schema;
    }
    let mut variants = schema["anyOf"].as_array().into_iter().flatten();
    variants.find(|variant| variant["type"] != "null").unwrap_or(schema)
}

/// The kind of JSON value beside null; none where any is taken.
fn kind(schema: &Value) -> Option<&str> {
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    let mut some = kinds.into_iter().filter(|kind| *kind != "null");
    let first = some.next();
    assert!(some.next().is_none(), "more than one kind: {schema}");
    first
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
