//! Every parameter of every route, made wrong in every way that its shape knows.

use serde_json::{Map, Value, json};

use super::{Field, Shape, check};
use crate::Route;
use crate::table::Table;
use crate::testing::Lab;

/// A value that a shape allows.
fn valid(shape: &Shape) -> Value {
    match shape {
        Shape::Text { values, .. } => json!(values.first().unwrap_or(&"x")),
        Shape::Integer { values } => json!(values.first().unwrap_or(&1)),
        Shape::Boolean => json!(true),
        Shape::List { of, .. } => json!([valid(of)]),
        Shape::Object(record) => object(&record().fields),
        Shape::Map(of) => json!({ "name": valid(of) }),
        Shape::Anything => json!({}),
        Shape::Json(of) => valid(of),
    }
}

fn object(fields: &[Field]) -> Value {
    fields
        .iter()
        .map(|field| (field.name.to_owned(), valid(&field.shape)))
        .collect::<Map<_, _>>()
        .into()
}

/// A value made wrong: what stands there instead (`None`: nothing), the code, and the path that must be named.
struct Wrong {
    value: Option<Value>,
    code: u16,
    path: String,
}

/// Every way to make the value of a field wrong.
fn wrongs(field: &Field, path: &str) -> Vec<Wrong> {
    let wrong = |value: Option<Value>, code: u16| Wrong {
        value,
        code,
        path: path.to_owned(),
    };
    let mut all = Vec::new();
    if field.required {
        all.extend([wrong(None, 1000), wrong(Some(Value::Null), 1000)]);
    }
    all.extend(wrongs_of_value(&field.shape, field.required, path));
    all
}

fn wrongs_of_value(shape: &Shape, required: bool, path: &str) -> Vec<Wrong> {
    let wrong = |value: Value, code: u16| Wrong {
        value: Some(value),
        code,
        path: path.to_owned(),
    };
    match shape {
        Shape::Text { empty, values } => {
            let mut all = vec![wrong(json!(1), 1002), wrong(json!(["x"]), 1002)];
            if required && !empty {
                all.push(wrong(json!(""), 1001));
            }
            if !values.is_empty() {
                all.push(wrong(json!("no such value"), 1004));
            }
            all
        }
        Shape::Integer { values } => {
            let mut all: Vec<Wrong> = [json!("x"), json!(1.5), json!(true), json!({})]
                .map(|value| wrong(value, 1002))
                .into();
            if !values.is_empty() {
                all.push(wrong(json!(987_654_321), 1004));
            }
            all
        }
        Shape::Boolean => vec![wrong(json!("true"), 1002), wrong(json!(1), 1002)],
        Shape::Map(_) | Shape::Anything => vec![wrong(json!("x"), 1002), wrong(json!([]), 1002)],
        Shape::List { of, empty, unique } => {
            let mut all = vec![wrong(json!({}), 1002), wrong(json!("x"), 1002)];
            if required && !empty {
                all.push(wrong(json!([]), 1005));
            }
            let one = valid(of);
            if *unique {
                all.push(Wrong {
                    path: format!("{path}[1]"),
                    ..wrong(json!([one, one]), 1003)
                });
            }
            all.extend(
                wrongs_of_value(of, true, &format!("{path}[0]"))
                    .into_iter()
                    .map(|inner| Wrong {
                        value: Some(Value::Array(inner.value.into_iter().collect())),
                        ..inner
                    }),
            );
            all
        }
        Shape::Object(record) => {
            let fields = record().fields;
            let mut all = vec![wrong(json!([]), 1002), wrong(json!("x"), 1002)];
            for field in &fields {
                for inner in wrongs(field, &format!("{path}.{}", field.name)) {
                    let mut whole = object(&fields);
                    place(&mut whole, field.name, inner.value.clone());
                    all.push(Wrong {
                        value: Some(whole),
                        ..inner
                    });
                }
            }
            all
        }
        Shape::Json(of) => {
            let mut all = wrongs_of_value(of, required, path);
            all.push(wrong(json!("{"), 1002));
            all.retain(|wrong| !(wrong.code == 1002 && wrong.value == Some(json!("x")) && wrong.path == path));
            all.push(wrong(json!("x"), 1002));
            all
        }
    }
}

fn place(whole: &mut Value, name: &str, value: Option<Value>) {
    let whole = whole.as_object_mut().unwrap();
    match value {
        Some(value) => whole.insert(name.to_owned(), value),
        None => whole.remove(name),
    };
}

fn ask(lab: &Lab, route: &Route, mut body: Value) -> crate::Answer {
    place(&mut body, "__SERVER_ROUTE_MODULE", Some(json!(route.module)));
    place(&mut body, "__SERVER_ROUTE_METHOD", Some(json!(route.method)));
    lab.engine.answer(body.as_object().unwrap())
}

#[test]
fn every_fault_of_every_parameter_is_answered_with_its_code_and_its_name() {
    let lab = Lab::new();
    let mut tried = 0;
    for route in Table::get().iter() {
        for field in &route.request.fields {
            for wrong in wrongs(field, field.name) {
                let mut body = object(&route.request.fields);
                place(&mut body, field.name, wrong.value.clone());
                let answer = ask(&lab, route, body);
                let what = format!("{}: {} = {:?}", route.method, field.name, wrong.value);
                assert_eq!(answer.code, wrong.code, "{what}: {}", answer.message);
                assert!(
                    answer.message.ends_with(&format!(": {}", wrong.path)),
                    "{what}: {}",
                    answer.message
                );
                assert_eq!(answer.data, Value::Null);
                tried += 1;
            }
        }
    }
    assert!(tried > 20, "only {tried} faults were tried");
}

#[test]
fn of_several_faults_the_first_kind_is_answered() {
    let order = [1000, 1002, 1001, 1004, 1005, 1003];
    let rank = |code: u16| order.iter().position(|other| *other == code).unwrap();
    let lab = Lab::new();
    for route in Table::get().iter() {
        for first in &route.request.fields {
            for second in route.request.fields.iter().filter(|second| second.name != first.name) {
                for (one, two) in wrongs(first, first.name)
                    .iter()
                    .zip(wrongs(second, second.name).iter().rev())
                {
                    let mut body = object(&route.request.fields);
                    place(&mut body, first.name, one.value.clone());
                    place(&mut body, second.name, two.value.clone());
                    let expected = if rank(one.code) <= rank(two.code) {
                        one.code
                    } else {
                        two.code
                    };
                    assert_eq!(
                        ask(&lab, route, body).code,
                        expected,
                        "{}: {} and {}",
                        route.method,
                        one.path,
                        two.path
                    );
                }
            }
        }
    }
}

#[test]
fn numbers_may_be_text_and_objects_may_be_json() {
    for route in Table::get().iter() {
        let plain = object(&route.request.fields);
        let expected = check(&route.request, plain.as_object().unwrap()).unwrap();
        let texts: Map<String, Value> = route
            .request
            .fields
            .iter()
            .map(|field| (field.name.to_owned(), as_text(&field.shape)))
            .collect();
        assert_eq!(check(&route.request, &texts).unwrap(), expected, "{}", route.method);
    }
}

/// A valid value with everything as text that may be.
fn as_text(shape: &Shape) -> Value {
    match shape {
        Shape::Integer { .. } => json!(valid(shape).to_string()),
        Shape::List { of, .. } => json!([as_text(of)]),
        Shape::Object(record) => record()
            .fields
            .iter()
            .map(|field| (field.name.to_owned(), as_text(&field.shape)))
            .collect::<Map<_, _>>()
            .into(),
        Shape::Json(of) => json!(as_text(of).to_string()),
        _ => valid(shape),
    }
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let lab = Lab::new();
    assert_eq!(lab.engine.answer_text(deep.as_bytes()).code, 600);
    assert_eq!(lab.engine.answer_text(b"\xff").code, 600);
    assert_eq!(lab.engine.answer_text(b"{}").code, 300);
}
