//! What is tapped and shown in a bot's message.

use std::sync::Arc;

use serde_json::json;

use super::send::{limit, send};
use super::target;
use crate::model::Message;
use crate::model::conversation::SINGLE;
use crate::model::message::kind;
use crate::table::route_table;
use crate::wire::{Text, record};
use crate::{Code, Outcome, Session, bots};

route_table! { Chat;
    /// Sends a bot what something that was tapped in a message of its stands for. The bot hears the postback; the conversation
    /// shows the text.
    "beyond 3" sendPostbackMessage(SendPostback) -> Message = send_postback;
    /// Fetches a picture that a message of a bot shows, by `https://` alone: of at most 4 MiB and 8,192 pixels. 20058
    /// if the address is none that is asked, 20000 if there is no such picture.
    "beyond 4" getBotPicture(PictureOf) -> BotPicture = picture;
}

record! {
    /// Something that was tapped.
    pub struct SendPostback {
        /// Node address of the bot.
        cnd: Text,
        /// What is shown as the user's message: `displayText` or `postback` of the action.
        text: Text,
        /// What the bot hears: `postbackFull` or `postback` of the action.
        postback: Text,
        /// Whether the bot is to greet anew, as after a `welcome` action; no unless told.
        open: Option<bool>,
    }
}

record! {
    /// A picture to fetch.
    pub struct PictureOf {
        /// Where it is.
        url: Text,
    }

    /// A picture.
    pub struct BotPicture {
        /// The media type, such as `image/png`.
        kind "type": String,
        /// The bytes in base64.
        data: String,
    }
}

fn picture(_: &Arc<Session>, request: PictureOf) -> Outcome<BotPicture> {
    let picture = bots::picture(&request.url)?;
    Ok(BotPicture {
        kind: picture.kind.to_owned(),
        data: picture.data,
    })
}

fn send_postback(session: &Arc<Session>, request: SendPostback) -> Outcome<Message> {
    limit(&request.text)?;
    limit(&request.postback)?;
    let open = request.open.unwrap_or(false);
    let body = json!({ "text": *request.text, "postback": *request.postback, "open": open });
    session.write(|write| {
        let conversation = target::open(session, write, &request.cnd, SINGLE)?;
        if !bots::is_bot(write, &request.cnd)? {
            return Err(Code::CONTACT_LOOKUP.into());
        }
        let to = (&*request.cnd, conversation);
        send(session, write, to, kind::TEXT, &body, &request.text)
    })
}
