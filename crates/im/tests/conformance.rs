//! Holds the route table against the contract: `tests/contract/im-routes.json`, the document's 199 routes as data.
//!
//! Every route, parameter, enumeration and answer field of the contract must be in the table with its type and
//! requirement. The table may have more: routes and answer fields beyond the document, but no parameter that is required.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use coco_im::wire::{Field, Record, Shape, check};
use coco_im::{Module, Route, Table};
use serde::Deserialize;
use serde_json::Value;

/// A route of the contract.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    section: String,
    module: String,
    method: String,
    path: String,
    verb: String,
    deprecated: bool,
    request: Vec<WantedField>,
    request_example: Value,
    response: Vec<WantedField>,
    response_example: Value,
}

/// A parameter or an answer field of the contract.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedField {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    required: bool,
    #[serde(default)]
    values: Vec<Value>,
    #[serde(default)]
    empty: bool,
    #[serde(default)]
    of: Vec<WantedField>,
    #[serde(default)]
    also: Vec<String>,
    /// What an absent one counts as; the handlers' tests hold that.
    #[serde(default, rename = "default")]
    _default: Value,
    #[serde(default)]
    json: bool,
    #[serde(default)]
    element: Option<String>,
}

fn contract() -> Vec<Wanted> {
    let text = include_str!("../../../tests/contract/im-routes.json");
    serde_json::from_str(text).unwrap()
}

/// What does not hold, gathered so that one run tells all of it.
#[derive(Default)]
struct Report(Vec<String>);

impl Report {
    fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.0.push(what());
        }
    }

    fn end(self) {
        assert!(self.0.is_empty(), "{} deviations:\n{}", self.0.len(), self.0.join("\n"));
    }
}

fn find(wanted: &Wanted) -> Option<&'static Route> {
    Table::get().find(&wanted.module, &wanted.method)
}

#[test]
fn the_contract_is_whole() {
    let contract = contract();
    assert_eq!(contract.len(), 199);
    let mut names: Vec<_> = contract.iter().map(|route| (&route.module, &route.method)).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 199);
    assert!(
        contract
            .iter()
            .all(|route| route.path == route.method && ["POST", "PUT"].contains(&route.verb.as_str()))
    );
    assert!(
        contract
            .iter()
            .all(|route| route.request_example.is_object() && route.response_example.is_object())
    );
}

#[test]
fn every_route_is_in_the_table() {
    let mut report = Report::default();
    for wanted in contract() {
        let name = format!("{} {}.{}", wanted.section, wanted.module, wanted.method);
        match find(&wanted) {
            None => report.expect(false, || format!("{name} is missing")),
            Some(route) => {
                report.expect(route.section == wanted.section, || {
                    format!("{name} stands as section {}", route.section)
                });
                report.expect(route.deprecated == wanted.deprecated, || {
                    format!("{name} is not as deprecated")
                });
                report.expect(!route.doc.is_empty(), || format!("{name} is not described"));
            }
        }
    }
    report.end();
}

#[test]
fn every_parameter_is_taken_as_the_contract_says() {
    let mut report = Report::default();
    for wanted in contract() {
        let Some(route) = find(&wanted) else { continue };
        parameters(&wanted.method, &wanted.request, &route.request, &mut report);
    }
    report.end();
}

fn parameters(at: &str, wanted: &[WantedField], record: &Record, report: &mut Report) {
    for field in wanted {
        let at = format!("{at}.{}", field.name);
        let Some(have) = record.fields.iter().find(|have| have.name == field.name) else {
            report.expect(false, || format!("{at} is not taken"));
            continue;
        };
        report.expect(have.also == field.also.first().map(String::as_str), || {
            format!("{at}: should also be {:?}", field.also)
        });
        report.expect(have.required == field.required, || {
            format!("{at}: required should be {}", field.required)
        });
        kind(Side::Request, &at, field, &have.shape, report);
        report.expect(field.json == matches!(have.shape, Shape::Json(_)), || {
            format!("{at}: JSON as text: {}", field.json)
        });
        if let Some(inner) = inner(&have.shape) {
            parameters(&at, &field.of, &inner, report);
        } else {
            report.expect(field.of.is_empty(), || format!("{at} has no members"));
        }
        if let (true, Shape::Text { empty, .. }) = (field.required, &have.shape) {
            report.expect(*empty == field.empty, || {
                format!("{at}: the empty text should be allowed: {}", field.empty)
            });
        }
    }
    for have in &record.fields {
        let known = wanted.iter().any(|field| field.name == have.name);
        report.expect(known || !have.required, || {
            format!("{at}.{} is required, and not of the contract", have.name)
        });
    }
}

#[test]
fn every_answer_field_is_given_as_the_contract_says() {
    let mut report = Report::default();
    for wanted in contract() {
        let Some(route) = find(&wanted) else { continue };
        let [data] = wanted.response.as_slice() else {
            report.expect(false, || format!("{}: the answer is not `data` alone", wanted.method));
            continue;
        };
        kind(
            Side::Answer,
            &format!("{}: data", wanted.method),
            data,
            &route.answer,
            &mut report,
        );
        let fields = inner(&route.answer).map(|record| record.fields).unwrap_or_default();
        answers(&wanted.method, &data.of, &fields, &mut report);
    }
    report.end();
}

fn answers(at: &str, wanted: &[WantedField], fields: &[Field], report: &mut Report) {
    for field in wanted.iter().filter(|field| field.name != "*") {
        let at = format!("{at}: {}", field.name);
        let Some(have) = fields.iter().find(|have| have.name == field.name) else {
            report.expect(false, || format!("{at} is not answered"));
            continue;
        };
        kind(Side::Answer, &at, field, &have.shape, report);
        let inner = inner(&have.shape).map(|record| record.fields).unwrap_or_default();
        // What a string of JSON holds is described where it is made.
        if !field.json {
            answers(&at, &field.of, &inner, report);
        }
    }
}

/// Whose values are compared.
#[derive(Clone, Copy)]
enum Side {
    /// Those of requests must be the contract's.
    Request,
    /// Those of answers must be at least the contract's.
    Answer,
}

/// Compares the type, the type of an array's elements, and the values that are possible.
fn kind(side: Side, at: &str, wanted: &WantedField, shape: &Shape, report: &mut Report) {
    let (have, element) = match shape {
        Shape::Json(of) if wanted.kind == "string" => ("string", &**of),
        Shape::Json(of) => return kind(side, at, wanted, of, report),
        Shape::List { of, .. } => ("array", &**of),
        other => (word(other), other),
    };
    report.expect(have == wanted.kind, || format!("{at} is {have}, not {}", wanted.kind));
    if let Some(wanted) = &wanted.element {
        report.expect(word(element) == wanted, || {
            format!("{at} holds {}, not {wanted}", word(element))
        });
    }
    let values = values(element);
    let mut wanted: Vec<String> = wanted.values.iter().map(Value::to_string).collect();
    wanted.sort();
    let same = match side {
        Side::Request => values == wanted,
        Side::Answer => values.is_empty() == wanted.is_empty() && wanted.iter().all(|value| values.contains(value)),
    };
    report.expect(same, || format!("{at} has the values {values:?}, not {wanted:?}"));
}

/// The contract's word for a shape.
fn word(shape: &Shape) -> &'static str {
    match shape {
        Shape::Text { .. } => "string",
        Shape::Integer { .. } => "int",
        Shape::Boolean => "boolean",
        Shape::List { .. } => "array",
        Shape::Object(_) | Shape::Map(_) | Shape::Anything => "object",
        Shape::Json(of) => word(of),
    }
}

/// The values that a shape lists, as JSON, sorted.
fn values(shape: &Shape) -> Vec<String> {
    let mut values: Vec<String> = match shape {
        Shape::Text { values, .. } => values.iter().map(|value| format!("\"{value}\"")).collect(),
        Shape::Integer { values } => values.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    values.sort();
    values
}

/// The record of an object, of the elements of an array, or of what may also be JSON.
fn inner(shape: &Shape) -> Option<Record> {
    match shape {
        Shape::Object(record) => Some(record()),
        Shape::List { of, .. } | Shape::Json(of) => inner(of),
        _ => None,
    }
}

#[test]
fn every_example_of_a_request_is_taken() {
    let mut report = Report::default();
    for wanted in contract() {
        let Some(route) = find(&wanted) else { continue };
        let example = wanted.request_example.as_object().unwrap();
        if let Err((fault, path)) = check(&route.request, example) {
            report.expect(false, || format!("{}: {path} of the example: {fault:?}", wanted.method));
        }
    }
    report.end();
}

#[test]
fn what_is_not_of_the_document_says_so() {
    let contract = contract();
    for route in Table::get().iter() {
        let known = contract
            .iter()
            .any(|wanted| wanted.module == route.module.name() && wanted.method == route.method);
        let alias = contract
            .iter()
            .any(|wanted| wanted.method == route.method && wanted.section == route.section);
        assert!(
            known || alias || route.section.starts_with("beyond"),
            "{}.{}",
            route.module.name(),
            route.method
        );
    }
    assert!(Table::get().find(Module::Chat.name(), "groupReceiveTransfer").is_some());
}
