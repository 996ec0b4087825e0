//! Whether a request is what its route wants.
//!
//! Faults are looked for in the order of their kind, not of the members: a missing member is reported before a wrong type,
//! a wrong type before an empty text, and so on. Within a kind the member that is declared first is named.

use serde_json::{Map, Value};

use super::shape::{Field, Record, Shape};
use crate::Code;

/// What is wrong with a request, in the order in which it is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A required member is missing or null.
    Missing,
    /// A member has another JSON type.
    Type,
    /// A required text is empty.
    EmptyText,
    /// A value is none of those that are allowed.
    Value,
    /// A required array is empty.
    EmptyList,
    /// An array holds an element twice.
    Twice,
}

impl Fault {
    /// The code that answers it.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Missing => Code::PARAMETER_NULL,
            Self::Type => Code::PARAMETER_TYPE,
            Self::EmptyText => Code::PARAMETER_EMPTY_TEXT,
            Self::Value => Code::PARAMETER_ENUM,
            Self::EmptyList => Code::PARAMETER_EMPTY_LIST,
            Self::Twice => Code::PARAMETER_DUPLICATE,
        }
    }
}

/// Deepest nesting of values that is looked into.
const DEPTH: usize = 16;

/// Brings a request into the form of its record: numbers that came as text are numbers, JSON in strings is parsed,
/// unknown members are gone.
///
/// # Errors
/// The first fault with the path of its member, as in `forwards[2].msgId`.
pub fn check(record: &Record, body: &Map<String, Value>) -> Result<Map<String, Value>, (Fault, String)> {
    let mut faults = Faults { first: None };
    let checked = object(record, body, "", DEPTH, &mut faults);
    match faults.first {
        None => Ok(checked),
        Some(fault) => Err(fault),
    }
}

/// The fault that is to be reported.
struct Faults {
    first: Option<(Fault, String)>,
}

impl Faults {
    fn add(&mut self, fault: Fault, path: &str) {
        if self.first.as_ref().is_none_or(|(first, _)| fault < *first) {
            self.first = Some((fault, path.to_owned()));
        }
    }
}

fn object(
    record: &Record,
    body: &Map<String, Value>,
    at: &str,
    depth: usize,
    faults: &mut Faults,
) -> Map<String, Value> {
    let mut checked = Map::new();
    for field in &record.fields {
        let path = if at.is_empty() {
            field.name.to_owned()
        } else {
            format!("{at}.{}", field.name)
        };
        match body.get(field.name).or_else(|| body.get(field.also?)) {
            None | Some(Value::Null) if field.required => faults.add(Fault::Missing, &path),
            None | Some(Value::Null) => {}
            Some(value) => {
                if let Some(value) = member(field, value, &path, depth, faults) {
                    checked.insert(field.name.to_owned(), value);
                }
            }
        }
    }
    checked
}

fn member(field: &Field, value: &Value, path: &str, depth: usize, faults: &mut Faults) -> Option<Value> {
    value_of(
        &field.shape,
        value,
        Place {
            path,
            required: field.required,
            depth,
        },
        faults,
    )
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a str,
    required: bool,
    depth: usize,
}

fn value_of(shape: &Shape, value: &Value, place: Place<'_>, faults: &mut Faults) -> Option<Value> {
    let Some(depth) = place.depth.checked_sub(1) else {
        faults.add(Fault::Type, place.path);
        return None;
    };
    let place = Place { depth, ..place };
    let right = match (shape, value) {
        (Shape::Text { empty, values }, Value::String(text)) => {
            if text.is_empty() && place.required && !empty {
                faults.add(Fault::EmptyText, place.path);
            } else if !values.is_empty() && !values.contains(&text.as_str()) {
                faults.add(Fault::Value, place.path);
            }
            Some(value.clone())
        }
        (Shape::Integer { values }, _) => integer(value).map(|number| {
            if !values.is_empty() && !values.contains(&number) {
                faults.add(Fault::Value, place.path);
            }
            number.into()
        }),
        (Shape::Boolean, Value::Bool(_)) | (Shape::Anything, Value::Object(_)) => Some(value.clone()),
        (Shape::List { of, empty, unique }, Value::Array(elements)) => {
            Some(list(of, *empty, *unique, elements, place, faults))
        }
        (Shape::Object(record), Value::Object(members)) => {
            Some(object(&record(), members, place.path, place.depth, faults).into())
        }
        (Shape::Map(of), Value::Object(members)) => Some(map(of, members, place, faults)),
        // The document sends an empty text where there is no message (4.45).
        (Shape::Json(of), Value::String(text)) if text.is_empty() && matches!(**of, Shape::Anything) => {
            Some(Value::Object(Map::new()))
        }
        (Shape::Json(of), Value::String(text)) => match serde_json::from_str(text) {
            Ok(parsed) => return value_of(of, &parsed, place, faults),
            Err(_) => None,
        },
        (Shape::Json(of), _) => return value_of(of, value, place, faults),
        _ => None,
    };
    if right.is_none() {
        faults.add(Fault::Type, place.path);
    }
    right
}

fn list(of: &Shape, empty: bool, unique: bool, elements: &[Value], place: Place<'_>, faults: &mut Faults) -> Value {
    if elements.is_empty() && place.required && !empty {
        faults.add(Fault::EmptyList, place.path);
    }
    let mut seen = std::collections::BTreeSet::new();
    let checked = elements.iter().enumerate().filter_map(|(index, element)| {
        let path = format!("{}[{index}]", place.path);
        if unique && !seen.insert(element.to_string()) {
            faults.add(Fault::Twice, &path);
        }
        value_of(
            of,
            element,
            Place {
                path: &path,
                required: true,
                ..place
            },
            faults,
        )
    });
    Value::Array(checked.collect())
}

fn map(of: &Shape, members: &Map<String, Value>, place: Place<'_>, faults: &mut Faults) -> Value {
    let mut checked = Map::new();
    for (name, value) in members {
        let path = format!("{}.{name}", place.path);
        let place = Place {
            path: &path,
            required: true,
            ..place
        };
        if let Some(value) = value_of(of, value, place, faults) {
            checked.insert(name.clone(), value);
        }
    }
    Value::Object(checked)
}

/// A whole number, as such or as decimal text.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) if !text.starts_with('+') => text.parse().ok(),
        _ => None,
    }
}
