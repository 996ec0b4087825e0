use std::path::PathBuf;
use std::sync::Arc;

use coco_chatbot::author::load;
use coco_chatbot::client::Remote;
use rusqlite::{Connection, OptionalExtension as _, named_params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::ASK;
use crate::model::contact;
use crate::model::conversation::{self, SINGLE};
use crate::{Clock, Code, Failure, Outcome, Session, outbox};

/// Longest address, in bytes.
const LONGEST: usize = 2_048;
/// Longest name, in characters.
const NAME: usize = 64;
/// The file that the folder of a bot has.
const FILE: &str = "bot.yaml";
/// What begins the address of a bot, and what the address of a folder.
const SCHEMES: [&str; 3] = ["https://", "http://", FOLDER];
const FOLDER: &str = "file://";

/// How a bot is asked. It is kept with the contact and told to the user's other devices, and nobody else.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Link {
    /// Where the bot answers, or the folder of one that answers on this computer.
    url: String,
    /// With what requests are signed; empty for a bot on this computer.
    secret: String,
    /// What the bot knows the user as: nothing by which somebody else does.
    pub(super) user: String,
}

/// Where a bot is.
#[derive(Clone)]
pub(super) enum Place {
    /// Somewhere else.
    Remote(Arc<Remote>),
    /// In a folder of this computer.
    Folder(PathBuf),
}

/// Without the secret.
impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

/// Whether a text is meant as the address of a bot, and not as that of a person.
pub(crate) fn is_link(text: &str) -> bool {
    SCHEMES.iter().any(|scheme| text.starts_with(scheme))
}

impl Link {
    /// Where the bot is. `None` if the address is none that is asked.
    pub(super) fn place(&self, clock: &Clock) -> Option<Place> {
        if self.url.starts_with(FOLDER) {
            let folder = Url::parse(&self.url).ok()?.to_file_path().ok()?;
            return Some(Place::Folder(folder));
        }
        let clock = clock.clone();
        let clock = Arc::new(move || clock.now().unsigned_abs());
        let remote = Remote::new(&self.url, self.secret.clone(), clock).ok()?;
        Some(Place::Remote(Arc::new(remote)))
    }

    /// The address of the contact, which is the same on all devices.
    fn address(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"CocoCat bot\0");
        hash.update(&self.url);
        bs58::encode(hash.finalize()).into_string()
    }
}

/// How a contact of a room is asked, if it is a bot.
pub(super) fn of(connection: &Connection, room: &str, address: &str) -> Outcome<Option<Link>> {
    let text: Option<Option<String>> = connection
        .prepare_cached("SELECT bot FROM contact WHERE room = ?1 AND address = ?2")?
        .query_row([room, address], |row| row.get(0))
        .optional()?;
    Ok(text.flatten().and_then(|text| serde_json::from_str(&text).ok()))
}

/// Makes a bot a contact of the open room, and greets it. A bot that was added before only gets another secret and remark.
///
/// # Errors
/// 20058 if the address is none of a bot, or the folder holds none that can be used, which the message then says.
pub(crate) fn add(session: &Session, url: &str, secret: &str, remark: &str) -> Outcome<()> {
    let (link, name) = inspect(session, url, secret.trim())?;
    let address = link.address();
    session.write(|write| {
        let before = of(write, &session.room, &address)?;
        let is_new = before.is_none();
        let user = before.map_or(link.user, |before| before.user);
        let link = serde_json::to_string(&Link { user, ..link }).unwrap_or_default();
        write
            .prepare_cached(
                "INSERT INTO contact (address, room, nickname, remark, state, bot, created, updated)
                 VALUES (:address, :room, :name, :remark, 2, :bot, :now, :now)
                 ON CONFLICT (room, address) DO UPDATE SET bot = excluded.bot, updated = excluded.updated,
                    nickname = excluded.nickname, remark = coalesce(nullif(excluded.remark, ''), contact.remark)",
            )?
            .execute(named_params! {
                ":address": address, ":room": session.room, ":name": name, ":remark": remark, ":bot": link,
                ":now": session.now(),
            })?;
        if is_new {
            conversation::ensure(session, write, &address, SINGLE)?;
            outbox::queue(session, write, ASK, &address, &json!({ "open": true }))?;
            write.note_asked();
        }
        contact::changed(write, &address)
    })
}

/// Looks whether a bot can be asked, and what it is called.
fn inspect(session: &Session, url: &str, secret: &str) -> Outcome<(Link, String)> {
    let wrong = |message: String| Failure::with(Code::CONTACT_LOOKUP, message);
    if url.len() > LONGEST {
        return Err(wrong(format!("the address is longer than {LONGEST} bytes")));
    }
    let mut link = Link {
        url: url.to_owned(),
        secret: secret.to_owned(),
        user: uuid::Uuid::new_v4().simple().to_string(),
    };
    let address =
        "the address of a bot begins with https://, with http:// on this computer, or with file:// for a folder";
    let name = match link.place(&session.clock).ok_or_else(|| wrong(address.to_owned()))? {
        Place::Remote(remote) => {
            remote.url().clone_into(&mut link.url);
            remote.name()
        }
        Place::Folder(folder) => {
            if !folder.join(FILE).is_file() {
                return Err(wrong(format!("there is no {FILE} in {}", folder.display())));
            }
            load(&folder)
                .map_err(|problems| wrong(problems.to_string()))?
                .name()
                .to_owned()
        }
    };
    Ok((link, name.chars().take(NAME).collect()))
}
