//! What the user keeps.

use std::sync::Arc;

use rusqlite::{named_params, params};

use crate::model::{favourite, version};
use crate::table::route_table;
use crate::wire::{Empty, Filled, Status, Text, choice, record};
use crate::{Code, Failure, Outcome, Session};

route_table! { User;
    /// Keeps a message, or something of this device, as a favourite.
    "8.14" addFavorite(NewFavourite) -> Empty = add;
    /// Deletes a favourite.
    "8.15" deleteFavorite(FavouriteToDelete) -> Empty = delete;
    /// Pages through the favourites of the open room, the newest first.
    "8.16" getFavoriteList(FavouritePage) -> Vec<Favourite> = list;
    /// Whether a message is a favourite.
    "8.19" isFavorite(AboutMessage) -> Status = is_favourite;
    /// Brings the favourites of all devices into step; without the network there is nothing to bring.
    "8.26" pullCollectIndexList(Empty) -> Status = synchronise;
}

choice! {
    /// Where a favourite comes from.
    pub enum Origin: i64 {
        /// A message.
        Message = 0,
        /// This device.
        Local = 1,
    }
}

choice! {
    /// Types of messages that can be favourites.
    pub enum FavouriteKind: i64 {
        /// Text.
        Text = 1,
        /// Voice.
        Voice = 3,
        /// Video.
        Video = 4,
        /// File.
        File = 5,
        /// Image.
        Image = 6,
    }
}

record! {
    /// A favourite to add (8.14).
    pub struct NewFavourite {
        /// Id of the message.
        message "msgId": Text,
        /// Type of the message: 1 text, 3 voice, 4 video, 5 file, 6 image.
        kind "type": i64,
        /// Name of who wrote it; at most 64 characters.
        origin: Text,
        /// Content as a string of JSON; at most 64 KiB.
        body "msgContent": Text,
        /// Node address of who wrote it.
        sender "originNdAdd": Text,
        /// Where it comes from.
        origin_kind "originType": Origin,
    }

    /// A favourite to delete (8.15).
    pub struct FavouriteToDelete {
        /// Id of the favourite.
        id: Text,
        /// Content, which decides nothing.
        body "msgCry": Option<String>,
    }

    /// Which favourites (8.16).
    pub struct FavouritePage {
        /// Types that are wanted.
        kinds "types": Filled<FavouriteKind>,
        /// Number of the page, from 1.
        page: i64,
        /// How many at most; never more than 500.
        size: i64,
        /// Only those kept at this time or later, in milliseconds since 1970.
        start "startTime": i64,
        /// Only those kept at this time or earlier; 0 for no end.
        end "endTime": i64,
    }

    /// A favourite (8.16).
    pub struct Favourite {
        /// Id.
        id: String,
        /// Id of the message.
        message "msgId": String,
        /// text, voice, video, file or image.
        kind "type": String,
        /// Name of who wrote it.
        origin: String,
        /// Content as a string of JSON.
        body "msgContent": String,
        /// Node address of who wrote it.
        sender "originNdAdd": String,
        /// message or local.
        origin_kind "originType": String,
        /// When it was kept, in milliseconds since 1970.
        created_time "createdTime": i64,
        /// When it last changed, in milliseconds since 1970.
        updated_time "updatedTime": i64,
        /// Domain name of who wrote it.
        domain: String,
        /// The user's remark for who wrote it.
        remark "ps": String,
    }

    /// A message, by its id (8.19).
    pub struct AboutMessage {
        /// Id of the message.
        message "msgId": Text,
    }
}

/// Longest content, in bytes.
const BODY: usize = 64 * 1024;
/// Longest name, in characters.
const NAME: usize = 64;
/// Longest other text, in characters.
const ID: usize = 128;
/// Most favourites on a page.
const PAGE: i64 = 500;

/// The name of a type on the wire.
fn word(kind: i64) -> &'static str {
    match kind {
        3 => "voice",
        4 => "video",
        5 => "file",
        6 => "image",
        _ => "text",
    }
}

fn add(session: &Arc<Session>, request: NewFavourite) -> Outcome<Empty> {
    if FavouriteKind::try_from(request.kind).is_err() {
        return Err(Failure::with(Code::PARAMETER_ENUM, "type"));
    }
    let long = |text: &str, most: usize| text.chars().count() > most;
    if request.body.len() > BODY
        || long(&request.origin, NAME)
        || long(&request.message, ID)
        || long(&request.sender, ID)
    {
        return Err(Code::LIMIT.into());
    }
    let id = favourite::id(&session.room, &request.message);
    session.write(|write| {
        let added = write
            .prepare_cached(
                "INSERT INTO favourite (id, room, message, kind, origin, body, sender, origin_kind, created, updated)
                 VALUES (:id, :room, :message, :kind, :origin, :body, :sender, :origin_kind, :now, :now)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(named_params! {
                ":id": id, ":room": session.room, ":message": &*request.message, ":kind": request.kind,
                ":origin": &*request.origin, ":body": &*request.body, ":sender": &*request.sender,
                ":origin_kind": i64::from(request.origin_kind), ":now": session.now(),
            })?;
        if added == 0 {
            return Err(Code::ALREADY_FAVOURITE.into());
        }
        version::bump(write, version::of::FAVOURITES)?;
        Ok(Empty {})
    })
}

fn delete(session: &Arc<Session>, request: FavouriteToDelete) -> Outcome<Empty> {
    session.write(|write| {
        let gone = write
            .prepare_cached("DELETE FROM favourite WHERE id = ?1 AND room = ?2")?
            .execute([&*request.id, &session.room])?;
        if gone == 0 {
            return Err(Code::MESSAGE_MISSING.into());
        }
        version::bump(write, version::of::FAVOURITES)?;
        Ok(Empty {})
    })
}

fn list(session: &Arc<Session>, request: FavouritePage) -> Outcome<Vec<Favourite>> {
    let kinds: Vec<i64> = request.kinds.0.iter().copied().map(i64::from).collect();
    let wanted = |kind: FavouriteKind| i64::from(kinds.contains(&kind.into()));
    let size = request.size.clamp(1, PAGE);
    let skipped = request.page.max(1).saturating_sub(1).saturating_mul(size);
    let end = if request.end <= 0 { i64::MAX } else { request.end };
    session.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT f.id, f.message, f.kind, f.origin, f.body, f.sender, f.origin_kind, f.created, f.updated,
                coalesce(c.domain, ''), coalesce(c.remark, '')
             FROM favourite f LEFT JOIN contact c ON c.address = f.sender AND c.room = f.room
             WHERE f.room = :room AND f.created BETWEEN :start AND :end
                AND CASE f.kind WHEN 1 THEN :text WHEN 3 THEN :voice WHEN 4 THEN :video WHEN 5 THEN :file ELSE :image END
             ORDER BY f.created DESC, f.seq DESC LIMIT :size OFFSET :skipped",
        )?;
        let rows = statement.query_map(
            named_params! {
                ":room": session.room, ":start": request.start, ":end": end, ":size": size, ":skipped": skipped,
                ":text": wanted(FavouriteKind::Text), ":voice": wanted(FavouriteKind::Voice),
                ":video": wanted(FavouriteKind::Video), ":file": wanted(FavouriteKind::File),
                ":image": wanted(FavouriteKind::Image),
            },
            |row| {
                Ok(Favourite {
                    id: row.get(0)?,
                    message: row.get(1)?,
                    kind: word(row.get(2)?).to_owned(),
                    origin: row.get(3)?,
                    body: row.get(4)?,
                    sender: row.get(5)?,
                    origin_kind: if row.get::<_, i64>(6)? == 0 { "message" } else { "local" }.to_owned(),
                    created_time: row.get(7)?,
                    updated_time: row.get(8)?,
                    domain: row.get(9)?,
                    remark: row.get(10)?,
                })
            },
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

fn is_favourite(session: &Arc<Session>, request: AboutMessage) -> Outcome<Status> {
    session.read(|connection| {
        let status = connection
            .prepare_cached("SELECT count(*) FROM favourite WHERE room = ?1 AND message = ?2")?
            .query_row(params![session.room, &*request.message], |row| row.get::<_, i64>(0))?;
        Ok(Status { status: status > 0 })
    })
}

fn synchronise(_: &Arc<Session>, _: Empty) -> Outcome<Status> {
    Ok(Status { status: false })
}
