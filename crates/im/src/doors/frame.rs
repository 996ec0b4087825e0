//! What stands in bodies and frames: requests on their way in, answers and events on their way out.

use serde_json::{Map, Value, json};

use crate::engine::{METHOD, MODULE};
use crate::table::Table;
use crate::{Answer, Code, Engine, Failure, Outcome};

/// Answers the body of a request to `path`. Blocks while the route works.
#[must_use]
pub fn answer_body(engine: &Engine, path: &str, body: &[u8]) -> Answer {
    let mut request = match read(body) {
        Ok(request) => request,
        Err(failure) => return engine.refuse(failure),
    };
    match complete(path, &mut request) {
        Ok(()) => engine.answer(&request),
        Err(failure) => engine.refuse(failure).to(&request),
    }
}

/// Answers a text frame. Blocks while the route works.
#[must_use]
pub fn answer_frame(engine: &Engine, text: &[u8]) -> Answer {
    let mut request = match read(text) {
        Ok(request) => request,
        Err(failure) => return engine.refuse(failure),
    };
    if is_upload(&request) {
        let accepted = Answer {
            code: Code::SUCCESS.number(),
            message: String::new(),
            data: json!({}),
            module: None,
            method: None,
            identifier: None,
        };
        return accepted.to(&request);
    }
    match complete("/", &mut request) {
        Ok(()) => engine.answer(&request),
        Err(failure) => engine.refuse(failure).to(&request),
    }
}

fn read(text: &[u8]) -> Outcome<Map<String, Value>> {
    serde_json::from_slice(text).map_err(|_| Failure::with(Code::PARAMETERS, "the request is not a JSON object"))
}

/// Fills in the method from the path and the module from the method, where the request names none.
///
/// # Errors
/// 600 if the path names another method than the request.
fn complete(path: &str, request: &mut Map<String, Value>) -> Outcome<()> {
    let named = path.strip_prefix('/').unwrap_or(path);
    let missing = |request: &Map<String, Value>, member: &str| request.get(member).is_none_or(Value::is_null);
    if !named.is_empty() {
        if missing(request, METHOD) {
            request.insert(METHOD.to_owned(), named.into());
        } else if request.get(METHOD).and_then(Value::as_str) != Some(named) {
            return Err(Failure::with(
                Code::PARAMETERS,
                "the path names another method than the request",
            ));
        }
    }
    if missing(request, MODULE)
        && let Some(method) = request.get(METHOD).and_then(Value::as_str)
        && let Some(route) = Table::get().only(method)
    {
        request.insert(MODULE.to_owned(), route.module.name().into());
    }
    Ok(())
}

/// Whether a frame is the second step of an upload (im.md 7), which is not needed since the first one does it all.
fn is_upload(request: &Map<String, Value>) -> bool {
    !request.contains_key(METHOD)
        && request.get("hash").is_some_and(Value::is_string)
        && request.contains_key("data")
        && request.get("type").and_then(Value::as_i64) == Some(0)
}

/// An answer as text.
pub(super) fn text(answer: &Answer) -> String {
    serde_json::to_string(answer).unwrap_or_else(|_| r#"{"code":700,"message":"","data":null}"#.to_owned())
}

/// An answer that no route gave. In English: who asks has not been let in, so nobody's settings are looked up.
pub(super) fn refusal(code: Code, detail: &str) -> String {
    text(&Answer {
        code: code.number(),
        message: format!("{} {detail}", code.text("en")),
        data: Value::Null,
        module: None,
        method: None,
        identifier: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Lab;

    fn body(path: &str, body: &Value) -> Value {
        serde_json::to_value(answer_body(&Lab::new().engine, path, body.to_string().as_bytes())).unwrap()
    }

    #[test]
    fn module_and_method_may_come_from_elsewhere() {
        let whole =
            json!({ "__SERVER_ROUTE_MODULE": "chat", "__SERVER_ROUTE_METHOD": "getConversations", "identifier": 7 });
        let expected = json!({
            "code": 200, "message": "", "data": [],
            "__SERVER_ROUTE_MODULE": "chat", "__SERVER_ROUTE_METHOD": "getConversations", "identifier": 7,
        });
        assert_eq!(body("/", &whole), expected);
        assert_eq!(body("/getConversations", &whole), expected);
        for member in ["__SERVER_ROUTE_MODULE", "__SERVER_ROUTE_METHOD"] {
            for nothing in [None, Some(Value::Null)] {
                let mut part = whole.clone();
                part.as_object_mut().unwrap().remove(member);
                part.as_object_mut()
                    .unwrap()
                    .extend(nothing.map(|nothing| (member.to_owned(), nothing)));
                assert_eq!(body("/getConversations", &part), expected, "{part}");
            }
        }
        assert_eq!(body("/getConversations", &json!({ "identifier": 7 })), expected);
    }

    #[test]
    fn what_contradicts_itself_or_names_nothing_is_refused() {
        let code = |path: &str, request: Value| body(path, &request)["code"].as_i64().unwrap();
        assert_eq!(
            code(
                "/sendTextMessage",
                json!({ "__SERVER_ROUTE_METHOD": "getConversations" })
            ),
            600
        );
        assert_eq!(code("/getConversations", json!({ "__SERVER_ROUTE_METHOD": 1 })), 600);
        assert_eq!(
            code("/getConversations", json!({ "__SERVER_ROUTE_MODULE": "group" })),
            300
        );
        assert_eq!(code("/getConversations/", json!({})), 300);
        assert_eq!(code("/noSuchMethod", json!({})), 300);
        assert_eq!(code("/", json!({})), 300);
        assert_eq!(code("/getConversations", json!([])), 600);
        let refused = body("/a", &json!({ "__SERVER_ROUTE_METHOD": "b", "identifier": "x" }));
        assert_eq!(
            (&refused["identifier"], &refused["__SERVER_ROUTE_METHOD"]),
            (&json!("x"), &json!("b"))
        );
    }

    #[test]
    fn the_second_step_of_an_upload_is_accepted() {
        let lab = Lab::new();
        let frame = |value: Value| answer_frame(&lab.engine, value.to_string().as_bytes());
        let accepted = frame(json!({ "hash": "h", "data": "AAAA", "type": 0, "identifier": "u" }));
        assert_eq!((accepted.code, accepted.identifier), (200, Some(json!("u"))));
        assert_eq!(frame(json!({ "hash": "h", "data": "AAAA", "type": 1 })).code, 300);
        assert_eq!(frame(json!({ "hash": 1, "data": "AAAA", "type": 0 })).code, 300);
        assert_eq!(frame(json!({ "__SERVER_ROUTE_METHOD": "getConversations" })).code, 200);
        assert_eq!(answer_frame(&lab.engine, b"{").code, 600);
    }
}
