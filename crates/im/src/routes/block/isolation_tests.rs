//! Nothing of one room answers in another, whatever route is asked.

use serde_json::{Map, Value, json};

use crate::Module;
use crate::model::IncomingRequest;
use crate::table::Table;
use crate::testing::{BEGINNING, Lab, address};
use crate::wire::{Field, Shape};

/// Stands in everything that the default room alone may show.
const MARK: &str = "only the default room";

/// The value of a parameter, with times so far apart that everything lies between them.
fn parameter(field: &Field, name: &str) -> Value {
    match (field.name, &field.shape) {
        ("endTime", Shape::Integer { .. }) => json!(2 * BEGINNING),
        _ => value(&field.shape, name),
    }
}

/// A value of a shape in which texts without a form of their own name something of the default room.
fn value(shape: &Shape, name: &str) -> Value {
    match shape {
        Shape::Text { values, .. } => json!(values.first().unwrap_or(&name)),
        Shape::Integer { values } => json!(values.first().unwrap_or(&1)),
        Shape::Boolean => json!(true),
        Shape::List { of, .. } => json!([value(of, name)]),
        Shape::Object(record) => {
            let fields = record().fields;
            let members = fields
                .iter()
                .map(|field| (field.name.to_owned(), parameter(field, name)));
            Value::Object(members.collect())
        }
        Shape::Map(of) => json!({ name: value(of, name) }),
        Shape::Json(of) => value(of, name),
        _ => Value::Object(Map::new()),
    }
}

/// What the default room holds, as numbers that every change changes.
fn holdings(lab: &Lab) -> Vec<i64> {
    let sum = "SELECT coalesce(sum(updated % 1000000 + 1000000), 0)";
    [
        "contact",
        "conversation",
        "favourite",
        "friend_request",
        "chat_group",
        "room_notice",
    ]
    .iter()
    .map(|table| format!("{sum} FROM {table} WHERE room = '1'"))
    .chain([
        format!("{sum} FROM message WHERE conversation IN (SELECT seq FROM conversation WHERE room = '1')"),
        format!("{sum} FROM room WHERE id = '1'"),
    ])
    .map(|sql| lab.count(&sql))
    .collect()
}

#[test]
fn no_route_shows_or_changes_what_is_in_another_room() {
    let lab = Lab::new();
    let room = json!({
        "blockName": "Work", "loginPassword": "open sesame", "isOpenMsg": 1, "messages": ["x"], "exp": 4, "pfp": 1, "pfpUrl": "",
    });
    let other = lab.ask("crateBlock", room)["b_id"].as_str().unwrap().to_owned();
    lab.ask(
        "updateBlock",
        json!({ "bId": "1", "blockName": MARK, "messages": [MARK] }),
    );
    lab.store()
        .write(|write| {
            Ok(write.execute(
                "INSERT INTO contact (address, room, nickname, remark, state, created, updated) VALUES (?1, '1', ?2, ?2, 2, 1, 1)",
                [&address(2), MARK],
            )?)
        })
        .unwrap();
    let text = json!({ "cnd": address(2), "cid": address(2), "conversationType": 0, "pub": "", "text": MARK });
    let sent = lab.ask("sendTextMessage", text)[0]["msg_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let kept = json!({ "msgId": sent, "type": 1, "origin": MARK, "msgContent": MARK, "originNdAdd": address(2), "originType": 0 });
    lab.ask("addFavorite", kept);
    let page = json!({ "types": [1], "page": 1, "size": 9, "startTime": 0, "endTime": 0 });
    let favourite = lab.ask("getFavoriteList", page)[0]["id"].as_str().unwrap().to_owned();
    let asks = IncomingRequest {
        address: address(3),
        content: MARK.to_owned(),
        nickname: MARK.to_owned(),
        ..IncomingRequest::default()
    };
    assert!(lab.session().receive_friend_request(&asks).unwrap());
    lab.wait(1_000);

    let names = [address(2), address(3), sent, favourite, "1".to_owned()];
    let routes: Vec<_> = Table::get()
        .iter()
        .filter(|route| ![Module::Login, Module::AuthLogin, Module::SocketEvent].contains(&route.module))
        .filter(|route| route.method != "cleanAccount")
        .collect();
    let ask = |method: &str, module: Module, body: Value| {
        let mut body = body.as_object().unwrap().clone();
        body.insert("__SERVER_ROUTE_MODULE".to_owned(), json!(module));
        body.insert("__SERVER_ROUTE_METHOD".to_owned(), json!(method));
        lab.engine.answer(&body)
    };
    let bodies = |route: &crate::Route| -> Vec<Value> {
        let of = |name: &String| {
            let members = route.request.fields.iter();
            let members = members.map(|field| (field.name.to_owned(), parameter(field, name)));
            Value::Object(members.collect())
        };
        names.iter().map(of).collect()
    };
    // In their own room the marks are seen, so that not to see them elsewhere says something.
    let seen = ["getConversations", "currentBlock", "getFavoriteList"].map(|method| {
        let route = Table::get().only(method).unwrap();
        let answers = bodies(route).into_iter().map(|body| ask(method, route.module, body));
        answers.filter(|answer| answer.data.to_string().contains(MARK)).count()
    });
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
    let before = holdings(&lab);
    for room in [other.as_str(), "2"] {
        lab.enter(room);
        for route in &routes {
            for body in bodies(route) {
                lab.wait(1);
                let answer = ask(route.method, route.module, body.clone());
                let told = format!("{}{}", answer.data, answer.message);
                assert!(!told.contains(MARK), "{} in {room}: {body} told {told}", route.method);
                assert_ne!(answer.code, 700, "{} {body}: {}", route.method, answer.message);
            }
            assert_eq!(
                holdings(&lab),
                before,
                "{} in {room} changed the default room",
                route.method
            );
        }
    }
}
