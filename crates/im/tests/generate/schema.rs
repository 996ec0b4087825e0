//! JSON Schema (2020-12) of every request and answer.

use coco_im::Table;
use coco_im::wire::{Record, Shape};
use serde_json::{Map, Value, json};

use super::records;

/// The whole file: one definition per record, and for each route what it takes and what stands in `data`.
pub(crate) fn file() -> String {
    let definitions: Map<String, Value> = records()
        .iter()
        .map(|(name, record)| ((*name).to_owned(), object(record)))
        .collect();
    let routes: Map<String, Value> = Table::get()
        .iter()
        .map(|route| {
            let name = format!("{}.{}", route.module.name(), route.method);
            let request = json!({ "$ref": format!("#/$defs/{}", route.request.name) });
            (
                name,
                json!({ "request": request, "answer": shape(&route.answer, true) }),
            )
        })
        .collect();
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Routes of the messaging engine",
        "$defs": definitions,
        "routes": routes,
    });
    serde_json::to_string_pretty(&whole).unwrap() + "\n"
}

fn object(record: &Record) -> Value {
    let properties: Map<String, Value> = record
        .fields
        .iter()
        .map(|field| {
            let mut value = shape(&field.shape, field.required);
            if !field.required {
                value = json!({ "anyOf": [value, { "type": "null" }] });
            }
            if let Some(value) = value.as_object_mut() {
                value.insert("description".to_owned(), json!(field.doc));
            }
            (field.name.to_owned(), value)
        })
        .collect();
    let required: Vec<&str> = record
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.name)
        .collect();
    json!({ "type": "object", "description": record.doc, "properties": properties, "required": required })
}

fn shape(of: &Shape, required: bool) -> Value {
    match of {
        Shape::Text { values, .. } if !values.is_empty() => json!({ "type": "string", "enum": values }),
        Shape::Text { empty, .. } if required && !empty => json!({ "type": "string", "minLength": 1 }),
        Shape::Text { .. } => json!({ "type": "string" }),
        Shape::Integer { values } if !values.is_empty() => json!({ "type": "integer", "enum": values }),
        Shape::Integer { .. } => json!({ "type": "integer" }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::List { of, empty, unique } => {
            let mut list = json!({ "type": "array", "items": shape(of, true) });
            if let Some(list) = list.as_object_mut() {
                if required && !empty {
                    list.insert("minItems".to_owned(), json!(1));
                }
                if *unique {
                    list.insert("uniqueItems".to_owned(), json!(true));
                }
            }
            list
        }
        Shape::Object(record) => json!({ "$ref": format!("#/$defs/{}", record().name) }),
        Shape::Map(of) => json!({ "type": "object", "additionalProperties": shape(of, true) }),
        Shape::Anything => json!({ "type": "object" }),
        Shape::Json(of) => {
            json!({ "anyOf": [shape(of, required), { "type": "string", "contentMediaType": "application/json" }] })
        }
    }
}
