use coco_chatbot::engine::{Session as Memory, step, transcript};
use coco_chatbot::protocol::{Component, Event, Response};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value, json};

use super::link::{Link, Place};
use super::note::Trouble;
use super::shelf::Shelf;
use crate::model::message::{self, Draft, kind};
use crate::net::{Own, posted, tell_others};
use crate::store::Write;
use crate::{Outcome, Session};

/// Longest text that stands for an answer, in bytes.
const TEXT: usize = 64 * 1024;
/// Largest menu that is repeated with each answer, in bytes.
const MENU: usize = 32 * 1024;

/// What a bot answers, and what it remembers if it answers here.
pub(super) struct Answer {
    response: Response,
    memory: Option<Memory>,
}

/// Asks a bot, and waits for what it answers.
///
/// # Errors
/// Why it does not.
pub(super) fn ask(
    shelf: &Shelf,
    session: &Session,
    link: &Link,
    event: &Event,
    memory: Option<String>,
) -> Result<Answer, Trouble> {
    let now = session.now().unsigned_abs();
    match shelf.place(link, &session.clock) {
        Some(Place::Remote(remote)) => Ok(Answer {
            response: remote.ask(&link.user, event)?,
            memory: None,
        }),
        Some(Place::Folder(folder)) => {
            let bot = shelf
                .bot(&folder)
                .map_err(|problems| Trouble::new("files", problems.to_string()))?;
            let memory = memory.and_then(|text| serde_json::from_str::<Memory>(&text).ok());
            let memory = memory.unwrap_or_default();
            let seed = now ^ memory.turns;
            let (memory, answer, _) =
                step(&bot, memory, event, now, seed).map_err(|fault| Trouble::new("failed", fault.to_string()))?;
            Ok(Answer {
                response: answer.response(&link.user, &memory.id, now),
                memory: Some(memory),
            })
        }
        None => Err(Trouble::new("unreadable", "the address is none of a bot")),
    }
}

/// What a bot of this computer remembers of a conversation.
pub(super) fn memory(connection: &Connection, room: &str, bot: &str) -> Outcome<Option<String>> {
    Ok(connection
        .prepare_cached("SELECT session FROM bot_memory WHERE room = ?1 AND address = ?2")?
        .query_row([room, bot], |row| row.get(0))
        .optional()?)
}

/// Writes an answer into the conversation, as a message of the bot's, and keeps what the bot remembers.
pub(super) fn keep(
    session: &Session,
    write: &mut Write<'_>,
    (bot, conversation): (&str, i64),
    answer: Answer,
) -> Outcome<()> {
    let Answer { response, memory } = answer;
    let menu = keep_memory(session, write, bot, memory.as_ref(), response.persistent_menu.as_ref())?;
    let (bubbles, quick) = (
        response.bubbles(),
        response.quick_buttons.as_deref().unwrap_or_default(),
    );
    if bubbles.is_empty() && quick.is_empty() {
        return Ok(());
    }
    let text = shorten(transcript(bubbles));
    let mut body = json!({ "text": text, "bubbles": bubbles, "quickButtons": quick });
    if let (Some(menu), Value::Object(body)) = (menu, &mut body) {
        body.insert("persistentMenu".to_owned(), menu);
    }
    let draft = Draft {
        kind: kind::TEXT,
        source: 1,
        sender: bot,
        body: &body,
        words: &text,
    };
    let stored = message::store(session, write, conversation, &draft)?;
    if let Some(message) = posted(write, &stored.msg_id)? {
        let (room, peer) = (session.room.clone(), bot.to_owned());
        tell_others(session, write, Own::Answered { room, peer, message })?;
    }
    Ok(())
}

/// Keeps what a bot remembers, and its menu, which is the one before if the answer has none.
fn keep_memory(
    session: &Session,
    write: &Write<'_>,
    bot: &str,
    memory: Option<&Memory>,
    menu: Option<&Component>,
) -> Outcome<Option<Value>> {
    let memory = memory.and_then(|memory| serde_json::to_string(memory).ok());
    let menu = menu.and_then(|menu| serde_json::to_string(menu).ok());
    let menu = menu.filter(|menu| menu.len() <= MENU);
    let kept: Option<String> = write
        .prepare_cached(
            "INSERT INTO bot_memory (room, address, session, menu) VALUES (?1, ?2, coalesce(?3, '{}'), ?4)
             ON CONFLICT (room, address) DO UPDATE SET session = coalesce(?3, session), menu = coalesce(?4, menu)
             RETURNING menu",
        )?
        .query_row(params![session.room, bot, memory, menu], |row| row.get(0))?;
    Ok(kept.and_then(|menu| serde_json::from_str(&menu).ok()))
}

/// Cuts a text that is too long for a message.
fn shorten(mut text: String) -> String {
    if text.len() > TEXT {
        let end = (0..=TEXT).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or_default());
    }
    text
}
