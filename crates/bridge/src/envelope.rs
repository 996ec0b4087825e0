//! Requests and answers as they travel (bridge 1).
//!
//! Ids and results are kept as raw JSON text, so that what is echoed or given back is the same to the letter.

use std::collections::BTreeMap;

use serde_json::value::{RawValue, to_raw_value};

use crate::code::{BridgeError, Code};
use crate::limits;

/// What a call is recognised by in its answer: `cmd` and `messageId`, both exactly as they came.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Reply {
    /// The command's name, `None` if the request had none that could be read.
    pub cmd: Option<String>,
    /// JSON text of the id, `None` if the request had none.
    pub message_id: Option<String>,
}

/// A request whose shape is right. Its parameters are not looked at yet.
#[derive(Debug)]
pub struct Request {
    /// What the answer echoes; `cmd` is always there.
    pub reply: Reply,
    /// The command's name.
    pub cmd: String,
    /// The parameters: an object.
    pub data: Box<RawValue>,
    /// The level certificate, whatever the page put there.
    pub sign: Option<Box<RawValue>>,
}

/// A request that is not one, with as much as could be read of what its answer must echo.
#[derive(Debug)]
pub struct Refused {
    /// What the answer echoes.
    pub reply: Reply,
    /// Why it is refused.
    pub error: BridgeError,
}

/// Reads a request from its JSON text.
///
/// Both client generations are read: `data` holds the parameters, or they stand at the top level and `data` is
/// missing or `null`.
///
/// # Errors
/// 30010 for a text over [`limits::LONGEST_REQUEST_BYTES`]; 30001 for anything else that is not a request.
pub fn read(text: &str) -> Result<Request, Refused> {
    let mut reply = Reply::default();
    match read_into(text, &mut reply) {
        Ok((cmd, data, sign)) => Ok(Request { reply, cmd, data, sign }),
        Err(error) => Err(Refused { reply, error }),
    }
}

/// Holds the length of a request against a bound.
///
/// # Errors
/// 30010 when it is longer.
pub fn within(bytes: usize, most: usize) -> Result<(), BridgeError> {
    if bytes <= most {
        return Ok(());
    }
    Err(BridgeError::new(
        Code::TooLarge,
        format!("request: {bytes} bytes, at most {most} are accepted"),
    ))
}

type Parts = (String, Box<RawValue>, Option<Box<RawValue>>);

fn read_into(text: &str, reply: &mut Reply) -> Result<Parts, BridgeError> {
    within(text.len(), limits::LONGEST_REQUEST_BYTES)?;
    let mut fields: BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(text).map_err(|error| BridgeError::invalid(format!("request: {error}")))?;

    if let Some(id) = fields.remove("messageId") {
        if id.get().len() > limits::MESSAGE_ID_BYTES {
            return Err(BridgeError::invalid(format!(
                "messageId: at most {} bytes are accepted",
                limits::MESSAGE_ID_BYTES
            )));
        }
        reply.message_id = Some(id.get().to_owned());
    }
    let cmd = fields
        .remove("cmd")
        .ok_or_else(|| BridgeError::invalid("cmd: missing"))?;
    let cmd: String = serde_json::from_str(cmd.get()).map_err(|_| BridgeError::invalid("cmd: expected a string"))?;
    if cmd.len() > limits::CMD_BYTES {
        return Err(BridgeError::invalid(format!(
            "cmd: at most {} bytes are accepted",
            limits::CMD_BYTES
        )));
    }
    reply.cmd = Some(cmd.clone());
    if reply.message_id.as_deref().is_some_and(|id| id.starts_with(['{', '['])) {
        return Err(BridgeError::invalid("messageId: expected a number or a string"));
    }

    let sign = fields.remove("sign").filter(|sign| sign.get() != "null");
    let data = match fields.remove("data").filter(|data| data.get() != "null") {
        Some(data) if data.get().starts_with('{') => data,
        Some(_) => return Err(BridgeError::invalid("data: expected an object")),
        None => to_raw_value(&fields).map_err(|error| BridgeError::invalid(format!("request: {error}")))?,
    };
    read_through(&data)?;
    Ok((cmd, data, sign))
}

/// A raw value was only skimmed so far. Reading it in full once finds nesting beyond what any reader here accepts
/// and text that is no Unicode, so that nothing of the kind is ever stored or handed on.
fn read_through(data: &RawValue) -> Result<(), BridgeError> {
    serde_json::from_str::<Probe>(data.get())
        .map(|_| ())
        .map_err(|error| BridgeError::invalid(format!("data: {error}")))
}

/// Visits every value and keeps none.
struct Probe;

impl<'de> serde::Deserialize<'de> for Probe {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Probe)
    }
}

impl<'de> serde::de::Visitor<'de> for Probe {
    type Value = Probe;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Probe, E> {
        Ok(Probe)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Probe, E> {
        Ok(Probe)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Probe, E> {
        Ok(Probe)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Probe, E> {
        Ok(Probe)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Probe, E> {
        Ok(Probe)
    }
    fn visit_str<E>(self, _: &str) -> Result<Probe, E> {
        Ok(Probe)
    }
    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Probe, A::Error> {
        while seq.next_element::<Probe>()?.is_some() {}
        Ok(Probe)
    }
    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Probe, A::Error> {
        while map.next_entry::<Probe, Probe>()?.is_some() {}
        Ok(Probe)
    }
}

/// Writes an answer as JSON text.
///
/// A result is left out when it is `None`; to a string id a result under [`limits::MIRROR_BYTES`] is given twice,
/// as `result` and as `data`.
pub fn write(reply: &Reply, outcome: &Result<Option<Box<RawValue>>, BridgeError>) -> String {
    let mut text = String::from("{\"code\":");
    match outcome {
        Ok(result) => {
            text.push_str(&Code::Success.number().to_string());
            if let Some(result) = result {
                push_field(&mut text, "result", result.get());
                let mirrored = reply.message_id.as_deref().is_some_and(|id| id.starts_with('"'));
                if mirrored && result.get().len() < limits::MIRROR_BYTES {
                    push_field(&mut text, "data", result.get());
                }
            }
        }
        Err(error) => {
            text.push_str(&error.code.number().to_string());
            push_field(&mut text, "message", &quote(&error.message));
        }
    }
    if let Some(cmd) = &reply.cmd {
        push_field(&mut text, "cmd", &quote(cmd));
    }
    if let Some(id) = &reply.message_id {
        push_field(&mut text, "messageId", id);
    }
    text.push('}');
    text
}

fn push_field(text: &mut String, name: &str, json: &str) {
    text.push_str(",\"");
    text.push_str(name);
    text.push_str("\":");
    text.push_str(json);
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
#[path = "envelope_tests.rs"]
mod tests;
