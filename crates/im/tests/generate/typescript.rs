//! Types and routes for the page.

use std::fmt::Write as _;

use coco_im::kinds;
use coco_im::wire::{Field, Shape};

use super::{modules, records};

/// The whole file.
pub(crate) fn file() -> String {
    let mut text = String::from(
        "// Generated from the route table in crates/im by its tests; UPDATE_GENERATED=1 writes it anew.\n",
    );
    for record in records().values() {
        comment(&mut text, "", &record.doc);
        if record.fields.is_empty() {
            writeln!(text, "export type {} = Record<string, never>;", record.name).unwrap();
            continue;
        }
        writeln!(text, "export interface {} {{", record.name).unwrap();
        members(&mut text, "  ", &record.fields);
        text.push_str("}\n");
    }
    routes(&mut text);
    events(&mut text);
    text
}

fn routes(text: &mut String) {
    comment(text, "", "What each route takes and answers, by module and method.");
    text.push_str("export interface Routes {\n");
    for (module, routes) in modules() {
        writeln!(text, "  {}: {{", module.name()).unwrap();
        for route in routes {
            let note = if route.deprecated { " @deprecated" } else { "" };
            writeln!(text, "    /** {} ({}){note} */", route.doc, route.section).unwrap();
            writeln!(
                text,
                "    {}: {{ request: {}; answer: {}{} }};",
                route.method,
                route.request.name,
                shape(&route.answer),
                if route.nullable { " | null" } else { "" }
            )
            .unwrap();
        }
        text.push_str("  };\n");
    }
    text.push_str("}\n");
    comment(text, "", "The methods of each module.");
    text.push_str("export const methods = {\n");
    for (module, routes) in modules() {
        writeln!(text, "  {}: [", module.name()).unwrap();
        for route in routes {
            writeln!(text, "    \"{}\",", route.method).unwrap();
        }
        text.push_str("  ],\n");
    }
    text.push_str("} as const satisfies { readonly [M in keyof Routes]: readonly (keyof Routes[M])[] };\n");
}

fn events(text: &mut String) {
    comment(text, "", "What the engine tells without being asked.");
    text.push_str("export type EngineEvent =\n");
    let kinds = kinds();
    for (index, kind) in kinds.iter().enumerate() {
        writeln!(text, "  /** {} */", kind.doc).unwrap();
        let mut data = String::new();
        for field in &kind.fields {
            write!(data, "{}: {}; ", field.name, shape(&field.shape)).unwrap();
        }
        let data = if data.is_empty() {
            "Record<string, never>".to_owned()
        } else {
            format!("{{ {}}}", data)
        };
        let end = if index + 1 == kinds.len() { ";" } else { "" };
        writeln!(text, "  | {{ type: \"{}\"; data: {data} }}{end}", kind.name).unwrap();
    }
}

fn members(text: &mut String, indent: &str, fields: &[Field]) {
    for field in fields {
        writeln!(text, "{indent}/** {} */", field.doc).unwrap();
        let (mark, null) = if field.required { ("", "") } else { ("?", " | null") };
        writeln!(text, "{indent}{}{mark}: {}{null};", field.name, shape(&field.shape)).unwrap();
    }
}

/// The type of a shape.
fn shape(of: &Shape) -> String {
    match of {
        Shape::Text { values, .. } if !values.is_empty() => values
            .iter()
            .map(|value| format!("\"{value}\""))
            .collect::<Vec<_>>()
            .join(" | "),
        Shape::Text { .. } => "string".to_owned(),
        Shape::Integer { values } if !values.is_empty() => {
            values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
        }
        Shape::Integer { .. } => "number".to_owned(),
        Shape::Boolean => "boolean".to_owned(),
        Shape::List { of, .. } => {
            let inner = shape(of);
            if inner.contains(' ') {
                format!("({inner})[]")
            } else {
                format!("{inner}[]")
            }
        }
        Shape::Object(record) => record().name.to_owned(),
        Shape::Map(of) => format!("Record<string, {}>", shape(of)),
        Shape::Anything => "Record<string, unknown>".to_owned(),
        Shape::Json(of) => shape(of),
    }
}

fn comment(text: &mut String, indent: &str, doc: &str) {
    writeln!(text, "\n{indent}/** {doc} */").unwrap();
}
