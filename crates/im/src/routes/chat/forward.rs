//! Forwarding messages, one by one or as one.

use std::sync::Arc;

use serde_json::{Value, json};

use super::send::{limit, preview, send};
use super::target::{self, Audience, Sort};
use crate::media;
use crate::model::Message;
use crate::model::message::{self, kind};
use crate::table::route_table;
use crate::wire::{Filled, Text, choice, record};
use crate::{Code, Outcome, Session};

route_table! { Chat;
    /// Sends messages on, each as a message of its own, and a text after them if there is one.
    "7.10" sendStepForwardMessage(ForwardEach) -> Vec<Message> = forward_each;
    /// Sends messages on as one message that contains them.
    "7.11" sendMergeForwardMessage(ForwardMerged) -> Vec<Message> = forward_merged;
}

choice! {
    /// The only way of forwarding one by one.
    pub enum ForwardCommand: i64 {
        /// Each message by itself.
        Each = 10,
    }
}

choice! {
    /// Types of messages that a forwarded one may name.
    pub enum AnyMessage: i64 {
        /// Text.
        Text = 1,
        /// The program's.
        System = 2,
        /// Voice.
        Voice = 3,
        /// Video.
        Video = 4,
        /// File.
        File = 5,
        /// Image.
        Image = 6,
        /// Card.
        Card = 10,
        /// Forwarded messages.
        Forward = 11,
        /// Quote.
        Quote = 12,
        /// Group operation.
        GroupOperation = 13,
        /// Call.
        Call = 14,
        /// Blacklist.
        Blacklist = 15,
        /// Recalled.
        Recall = 16,
        /// Red envelope.
        RedEnvelope = 17,
        /// Transfer.
        Transfer = 18,
    }
}

record! {
    /// A message that is sent on (7.10, 7.11).
    pub struct Forwarded {
        /// Id of the message.
        msg_id "msgId": Text,
        /// Name of its writer.
        nic: String,
        /// Node address of its writer.
        address "ndAdd": Text,
        /// Number of the writer's built-in picture, -1 for none.
        picture "pfpId": i64,
        /// Address of the writer's own picture.
        picture_url "pfpUrl": String,
        /// Type.
        kind "msgType": AnyMessage,
        /// Content as a string of JSON.
        content "msgContent": String,
        /// When it was written, in milliseconds since 1970.
        time "sendTime": i64,
        /// Domain name of its writer.
        domain: String,
    }

    /// Messages that are sent on one by one (7.10).
    pub struct ForwardEach {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// To a contact or a group.
        sort "conversationType": Sort,
        /// Always 10.
        command "cmd": ForwardCommand,
        /// A text that follows them.
        text: Option<String>,
        /// The messages, at most 100.
        messages "forwards": Filled<Forwarded>,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
    }

    /// Messages that are sent on as one (7.11).
    pub struct ForwardMerged {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// Contact or group.
        audience "conversationType": Audience,
        /// The messages, at most 100.
        messages "forwards": Filled<Forwarded>,
        /// Lines that stand for them.
        title: Filled<Text>,
        /// Domain name of where they come from.
        from_domain "formDomain": String,
        /// Domain name of where they go.
        to_domain "toDomain": String,
        /// Node address of the contact or id of the group that they come from.
        from "fromCnd": String,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
    }
}

/// Most messages that are sent on at once.
const FORWARDS: usize = 100;

/// The content of a message that is sent on.
///
/// # Errors
/// 20072 for types that belong to where they were written, 20060 for malformed or too long content.
fn content(forwarded: &Forwarded) -> Outcome<Value> {
    const KINDS: [AnyMessage; 8] = [
        AnyMessage::Text,
        AnyMessage::Voice,
        AnyMessage::Video,
        AnyMessage::File,
        AnyMessage::Image,
        AnyMessage::Card,
        AnyMessage::Forward,
        AnyMessage::Quote,
    ];
    if !KINDS.contains(&forwarded.kind) {
        return Err(Code::MESSAGE_STATE.into());
    }
    limit(&forwarded.content)?;
    match serde_json::from_str(&forwarded.content) {
        Ok(Value::Object(content)) => Ok(Value::Object(content)),
        _ => Err(Code::MESSAGE_CREATE.into()),
    }
}

fn contents(messages: &[Forwarded]) -> Outcome<Vec<Value>> {
    if messages.len() > FORWARDS {
        return Err(Code::LIMIT.into());
    }
    messages.iter().map(content).collect()
}

fn forward_each(session: &Arc<Session>, request: ForwardEach) -> Outcome<Vec<Message>> {
    let contents = contents(&request.messages.0)?;
    let text = request.text.filter(|text| !text.is_empty());
    limit(text.as_deref().unwrap_or_default())?;
    session.write(|write| {
        let conversation = target::open(session, write, &request.cnd, request.sort.into())?;
        let to = (&*request.cnd, conversation);
        let mut sent = Vec::new();
        for (forwarded, content) in request.messages.0.iter().zip(&contents) {
            let message = send(session, write, to, forwarded.kind.into(), content, preview(content))?;
            if message::find(write, &session.room, &forwarded.msg_id)?.is_some() {
                media::share(write, &forwarded.msg_id, &message.msg_id)?;
            }
            sent.push(message);
        }
        if let Some(text) = text {
            sent.push(send(session, write, to, kind::TEXT, &json!({ "text": text }), &text)?);
        }
        Ok(sent)
    })
}

fn forward_merged(session: &Arc<Session>, request: ForwardMerged) -> Outcome<Vec<Message>> {
    let contents = contents(&request.messages.0)?;
    if request.title.0.len() > FORWARDS {
        return Err(Code::LIMIT.into());
    }
    let words: Vec<&str> = request
        .title
        .0
        .iter()
        .map(|line| &**line)
        .chain(contents.iter().map(preview))
        .collect();
    let words = words.join("\n");
    let body = json!({
        "title": request.title.0, "forwards": request.messages.0, "formDomain": request.from_domain,
        "toDomain": request.to_domain, "fromCnd": request.from,
    });
    if body.to_string().len() > FORWARDS * super::send::TEXT {
        return Err(Code::MESSAGE_CREATE.into());
    }
    session.write(|write| {
        let conversation = target::open(session, write, &request.cnd, request.audience.kind())?;
        let to = (&*request.cnd, conversation);
        Ok(vec![send(session, write, to, kind::FORWARD, &body, &words)?])
    })
}
