use serde_json::json;

use super::code::{Code, Refusal};
use super::lent::{Fields, Lent};
use super::{BODY, USER};

/// Characters of the longest text that a user sends.
const TEXT: usize = 10_000;

/// Which version a request is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Without a version: texts alone, in `content`.
    V1,
    /// What the document describes.
    V2,
}

/// What a user does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Opens the conversation, perhaps by a welcome action with a postback.
    Open(Option<String>),
    /// Says something or taps something.
    Send(String),
    /// Asks for the persistent menu.
    Menu,
}

/// What a messenger asks of a bot (the document, "Request Event").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The version that the answer is to be of.
    pub version: Version,
    /// Who, 1 to 256 characters.
    pub user_id: String,
    /// From where, if that is told.
    pub user_ip: Option<String>,
    /// When it was made, in ms since 1970.
    pub timestamp: u64,
    /// What it is about.
    pub event: Event,
}

impl Request {
    /// Reads a body.
    ///
    /// # Errors
    /// 4030 if it is too long, 1000 for another version, else 4000, which names the field.
    pub fn parse(body: &[u8], now: u64) -> Result<Self, Refusal> {
        let wrong = |message: String| Refusal::new(Code::Request, message, now);
        if body.len() > BODY {
            return Err(Refusal::new(
                Code::Forbidden,
                format!("the body is longer than {BODY} bytes"),
                now,
            ));
        }
        let map: Fields<'_> =
            serde_json::from_slice(body).map_err(|error| wrong(format!("the body is not a JSON object: {error}")))?;
        let version = match map.get("version") {
            None | Some(Lent::Null) => Version::V1,
            Some(Lent::Text(version)) if version.is_empty() || version == "v1" => Version::V1,
            Some(Lent::Text(version)) if version == "v2" => Version::V2,
            Some(_) => return Err(Refusal::new(Code::Version, "version must be v2 or absent", now)),
        };
        let user_id = match map.get("userId") {
            Some(Lent::Text(user)) if (1..=USER).contains(&user.chars().count()) => user.clone().into_owned(),
            _ => return Err(wrong(format!("userId must be a text of 1 to {USER} characters"))),
        };
        let user_ip = match map.get("userIp") {
            None | Some(Lent::Null) => None,
            Some(Lent::Text(ip)) if ip.len() <= USER => Some(ip.clone().into_owned()),
            Some(_) => return Err(wrong("userIp must be a short text".to_owned())),
        };
        let Some(Lent::Whole(timestamp)) = map.get("timestamp") else {
            return Err(wrong(
                "timestamp must be milliseconds since 1970 as a number".to_owned(),
            ));
        };
        let text = match version {
            Version::V1 => last_text(&map, "content", "details"),
            Version::V2 => last_text(&map, "bubbles", "description"),
        }
        .map_err(wrong)?;
        if text.is_some_and(|text| text.chars().count() > TEXT) {
            return Err(wrong(format!("the text is longer than {TEXT} characters")));
        }
        let event = match map.get("event").and_then(Lent::as_str) {
            Some("open") => Event::Open(text.filter(|text| !text.is_empty()).map(str::to_owned)),
            Some("send") => Event::Send(text.map(str::to_owned).ok_or_else(|| {
                let list = if version == Version::V1 { "content" } else { "bubbles" };
                wrong(format!("{list} must have a text"))
            })?),
            Some("getPersistentMenu") => Event::Menu,
            _ => return Err(wrong("event must be open, send or getPersistentMenu".to_owned())),
        };
        Ok(Self {
            version,
            user_id,
            user_ip,
            timestamp: *timestamp,
            event,
        })
    }

    /// Writes the body of a request of v2.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        let text = |text: &str| json!([{ "type": "text", "data": { "description": text } }]);
        let (event, bubbles) = match &self.event {
            Event::Open(None) => ("open", json!([])),
            Event::Open(Some(postback)) => ("open", text(postback)),
            Event::Send(said) => ("send", text(said)),
            Event::Menu => ("getPersistentMenu", json!([])),
        };
        let mut body = json!({
            "version": "v2",
            "userId": self.user_id,
            "timestamp": self.timestamp,
            "bubbles": bubbles,
            "event": event,
        });
        if let (Some(ip), Some(map)) = (&self.user_ip, body.as_object_mut()) {
            map.insert("userIp".to_owned(), json!(ip));
        }
        body.to_string().into_bytes()
    }
}

/// The text in the last component of a list that has one. `open` comes with nothing, nulls, and texts without a text.
fn last_text<'a>(map: &'a Fields<'_>, list: &str, field: &str) -> Result<Option<&'a str>, String> {
    let components = match map.get(list) {
        None | Some(Lent::Null) => return Ok(None),
        Some(Lent::List(components)) => components,
        Some(_) => return Err(format!("{list} must be a list")),
    };
    let mut last = None;
    for (number, component) in components.iter().enumerate() {
        match component {
            Lent::Null => {}
            Lent::Object(component) => {
                let kind = component.get("type").and_then(Lent::as_str);
                if kind != Some("text") {
                    return Err(format!("{list}[{number}].type must be text"));
                }
                match component.get("data") {
                    None | Some(Lent::Null) => {}
                    Some(Lent::Object(data)) => match data.get(field) {
                        None | Some(Lent::Null) => {}
                        Some(Lent::Text(text)) => last = Some(&**text),
                        Some(_) => return Err(format!("{list}[{number}].data.{field} must be a text")),
                    },
                    Some(_) => return Err(format!("{list}[{number}].data must be an object")),
                }
            }
            _ => return Err(format!("{list}[{number}] must be an object")),
        }
    }
    Ok(last)
}
