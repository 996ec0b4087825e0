//! What generated files have in common.

pub(crate) mod markdown;
pub(crate) mod schema;
pub(crate) mod typescript;

use std::collections::BTreeMap;

use coco_im::wire::{Record, Shape};
use coco_im::{Module, Route, Table, kinds};

/// Every record that a route or an event names, by its name.
pub(crate) fn records() -> BTreeMap<&'static str, Record> {
    let mut found = BTreeMap::new();
    for route in Table::get().iter() {
        add(&route.request, &mut found);
        visit(&route.answer, &mut found);
    }
    for field in kinds().iter().flat_map(|kind| &kind.fields) {
        visit(&field.shape, &mut found);
    }
    found
}

fn visit(shape: &Shape, found: &mut BTreeMap<&'static str, Record>) {
    match shape {
        Shape::Object(record) => add(&record(), found),
        Shape::List { of, .. } | Shape::Map(of) | Shape::Json(of) => visit(of, found),
        Shape::Text { .. } | Shape::Integer { .. } | Shape::Boolean | Shape::Anything => {}
    }
}

fn add(record: &Record, found: &mut BTreeMap<&'static str, Record>) {
    if let Some(same) = found.get(record.name) {
        assert_eq!(form(same), form(record), "two records are called {}", record.name);
        return;
    }
    found.insert(record.name, record.clone());
    for field in &record.fields {
        visit(&field.shape, found);
    }
}

/// What two records of one name must have in common.
fn form(record: &Record) -> (String, Vec<(&'static str, bool, &str)>) {
    let fields = record
        .fields
        .iter()
        .map(|field| (field.name, field.required, field.doc.as_str()));
    (record.doc.clone(), fields.collect())
}

/// The routes of each module, in the order of the modules.
pub(crate) fn modules() -> BTreeMap<Module, Vec<&'static Route>> {
    let mut modules: BTreeMap<Module, Vec<&Route>> = BTreeMap::new();
    for route in Table::get().iter() {
        modules.entry(route.module).or_default().push(route);
    }
    for routes in modules.values_mut() {
        routes.sort_by_key(|route| (section(route.section), route.method));
    }
    modules
}

/// A section as something to sort by: `7.10` comes behind `7.9`; what is not of the document comes last.
fn section(text: &str) -> Vec<u32> {
    text.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect()
}
