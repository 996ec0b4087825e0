use serde_json::{Value, json};

use super::code::{Code, Refusal};
use super::component::Component;
use super::response::Response;

/// An answer as a caller of v1 reads it: texts alone, in `content`. Quick buttons and the persistent menu, which only shorten the
/// way, are left out.
///
/// # Errors
/// 5010 if a bubble is none of text.
pub fn answer(response: &Response) -> Result<Value, Refusal> {
    let content: Result<Vec<Value>, Refusal> = response
        .bubbles()
        .iter()
        .map(|bubble| match bubble {
            Component::Text(part) => {
                let lines = [&part.title, &part.sub_title, &part.data.description, &part.data.url];
                let lines: Vec<&str> = lines.into_iter().flatten().map(String::as_str).collect();
                Ok(json!({ "type": "text", "data": { "details": lines.join("\n") } }))
            }
            other => Err(Refusal::new(
                Code::CannotShow,
                format!("{} cannot be shown in v1; ask with version v2", other.kind()),
                response.timestamp,
            )),
        })
        .collect();
    Ok(json!({
        "userId": response.user_id,
        "sessionId": response.session_id,
        "timestamp": response.timestamp,
        "content": content?,
        "event": response.event,
    }))
}
