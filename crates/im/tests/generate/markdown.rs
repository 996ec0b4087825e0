//! The references for people.

use std::fmt::Write as _;

use coco_im::wire::{Field, Shape};
use coco_im::{When, kinds};

use super::{modules, records};

const NOTE: &str = "<!-- Generated from crates/im by its tests; UPDATE_GENERATED=1 writes it anew. -->\n";

/// `docs/im-routes.md`.
pub(crate) fn routes() -> String {
    let mut text = format!(
        "{NOTE}\n# Routes of the messaging engine\n\n{}",
        include_str!("routes-head.md")
    );
    for (module, routes) in modules() {
        writeln!(text, "\n## `{}`", module.name()).unwrap();
        for route in routes {
            writeln!(text, "\n### `{}` ({})\n", route.method, route.section).unwrap();
            if route.deprecated {
                text.push_str("*Deprecated.* ");
            }
            text.push_str(&route.doc);
            text.push_str(match route.when {
                When::Always => " May be called without being logged in.\n",
                When::LoggedIn => "\n",
            });
            if !route.request.fields.is_empty() {
                text.push('\n');
                table(&mut text, &route.request.fields);
            }
            let nothing = if route.nullable { ", or null" } else { "" };
            writeln!(text, "\nAnswers {}{nothing}.", shape(&route.answer)).unwrap();
        }
    }
    text.push_str("\n## Records\n");
    for record in records().values().filter(|record| !record.fields.is_empty()) {
        writeln!(text, "\n### {}\n\n{}\n", record.name, record.doc).unwrap();
        table(&mut text, &record.fields);
    }
    text
}

/// `docs/events.md`.
pub(crate) fn events() -> String {
    let mut text = format!("{NOTE}\n# Events\n\n{}", include_str!("events-head.md"));
    for kind in kinds() {
        let topic = serde_json::to_value(kind.topic).unwrap();
        writeln!(
            text,
            "\n## `{}`\n\n{} Topic: `{}`.",
            kind.name,
            kind.doc,
            topic.as_str().unwrap_or_default()
        )
        .unwrap();
        if !kind.fields.is_empty() {
            text.push('\n');
            table(&mut text, &kind.fields);
        }
    }
    text
}

fn table(text: &mut String, fields: &[Field]) {
    text.push_str("| name | type | |\n| --- | --- | --- |\n");
    for field in fields {
        let optional = if field.required { "" } else { ", optional" };
        writeln!(
            text,
            "| `{}` | {}{optional} | {} |",
            field.name,
            shape(&field.shape),
            field.doc.replace('|', "\\|")
        )
        .unwrap();
    }
}

/// A shape in words.
fn shape(of: &Shape) -> String {
    let one_of = |values: Vec<String>| format!("one of {}", values.join(", "));
    match of {
        Shape::Text { values, .. } if !values.is_empty() => {
            one_of(values.iter().map(|value| format!("`\"{value}\"`")).collect())
        }
        Shape::Text { .. } => "string".to_owned(),
        Shape::Integer { values } if !values.is_empty() => {
            one_of(values.iter().map(|value| format!("`{value}`")).collect())
        }
        Shape::Integer { .. } => "integer".to_owned(),
        Shape::Boolean => "boolean".to_owned(),
        Shape::List { of, .. } => format!("array of {}", shape(of)),
        Shape::Object(record) => {
            let record = record();
            if record.fields.is_empty() {
                "an empty object".to_owned()
            } else {
                format!("[{}](#{})", record.name, record.name.to_lowercase())
            }
        }
        Shape::Map(of) => format!("object whose members are each {}", shape(of)),
        Shape::Anything => "object".to_owned(),
        Shape::Json(of) => format!("{}, or the same as a string of JSON", shape(of)),
    }
}
