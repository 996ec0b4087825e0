//! Sending files: voice, videos, images and any others; and reading what was sent.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::send::send;
use super::target::{self, Audience};
use crate::media::{self, Fresh, Part};
use crate::model::Message;
use crate::model::message::{self, kind};
use crate::table::route_table;
use crate::wire::{Empty, Text, choice, record};
use crate::{Code, Failure, Outcome, Session};

route_table! { Chat;
    /// Sends a voice message with its waveform.
    "7.3" sendAudioMessage(SendVoice) -> Message = send_voice;
    /// Sends a video.
    "7.5" sendVideoMessage(SendVideo) -> Message = send_video;
    /// Sends a file.
    "7.6" sendFileMessage(SendFile) -> Message = send_file;
    /// Sends an image, or the original that it was made from.
    "7.7" sendImageMessage(SendImage) -> Message = send_image;
    /// Asks the network how much room there is for the user's files.
    "7.13" checkSpaceIsSufficient(SpaceFor) -> Space = space;
    /// Reads a piece of a message's file.
    "beyond 2" readMedia(ReadMedia) -> MediaPiece = read;
    /// Writes a message's file into another one, which is there whole or not at all. 20091 for an unknown message, 20081 if its file is not
    /// here yet, 20082 if it cannot be written there.
    "beyond 5" saveMedia(SaveMedia) -> Empty = save;
    /// Hands over a piece of a file which the client has, but this computer has not: the page in a browser, a recording. Its path can
    /// be used wherever a file is sent, once, by the same session. 20082 for an unknown path and a piece that does not fit, 20045 for
    /// one that is too long, 20067 when the file becomes larger than 1 GiB.
    "beyond 6" stageMedia(StageMedia) -> StagedMedia = stage;
}

choice! {
    /// Files of a message.
    pub enum MediaPart: i64 {
        /// What was sent.
        File = 0,
        /// The waveform of a voice message.
        Waveform = 1,
    }
}

record! {
    /// A voice message to send (7.3).
    pub struct SendVoice {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// Contact or group.
        audience "conversationType": Audience,
        /// Path of the sound.
        path "filePath": Text,
        /// How long it is, in seconds.
        second: i64,
        /// Path of its waveform.
        wave "wavePath": Text,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
    }

    /// A video to send (7.5).
    pub struct SendVideo {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// Contact or group.
        audience "conversationType": Audience,
        /// Path of the video.
        path "filePath": Text,
        /// How long it is, in seconds.
        second: i64,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
    }

    /// A file to send (7.6).
    pub struct SendFile {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// Contact or group.
        audience "conversationType": Audience,
        /// Path of the file.
        path "filePath": Text,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
    }

    /// An image to send (7.7).
    pub struct SendImage {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// Contact or group.
        audience "conversationType": Audience,
        /// Path of the image.
        path "filePath": Text,
        /// Path of the original.
        original "originalFilePath": Option<String>,
        /// Whether the original is sent.
        use_original "checkBoxSelected": Option<bool>,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
    }

    /// A file for which there must be room (7.13).
    pub struct SpaceFor {
        /// Path of the file.
        path "filePath": Text,
    }

    /// Room on the network (7.13).
    pub struct Space {
        /// All of it, in bytes.
        total: i64,
        /// What is left, in bytes.
        free: i64,
    }

    /// A piece of a message's file.
    pub struct ReadMedia {
        /// Id of the message.
        message "messageId": Text,
        /// Which file; what was sent unless told.
        part: Option<MediaPart>,
        /// Where the piece begins, in bytes; 0 unless told.
        offset: Option<i64>,
    }

    /// A message's file that the user wants to have elsewhere.
    pub struct SaveMedia {
        /// Id of the message.
        message "messageId": Text,
        /// Path of the file to write; one that is there is replaced.
        path: Text,
    }

    /// A piece of a file that is handed over.
    pub struct StageMedia {
        /// Path of the file as it was answered; empty or left out to begin one.
        path: Option<String>,
        /// Name of the file; it counts where the file begins.
        name: String,
        /// Where the piece begins, in bytes: where the last one ended.
        offset: i64,
        /// The bytes in base64; at most 1 MiB of them.
        data: String,
    }

    /// A file as far as it was handed over.
    pub struct StagedMedia {
        /// Its path.
        path: String,
        /// Bytes that are there.
        size: i64,
    }

    /// A piece of a file: at most 1 MiB.
    pub struct MediaPiece {
        /// The bytes in base64.
        data: String,
        /// Where it begins.
        offset: i64,
        /// Bytes of the whole file.
        size: i64,
        /// Name of the file.
        name: String,
    }
}

/// To whom a file goes.
struct To<'a> {
    peer: &'a str,
    audience: Audience,
}

/// Longest piece that is handed over, in bytes.
const LONGEST: usize = 1 << 20;

/// Copies files and sends what they are, an image with its width and height. The copies are made before the store is written to, which
/// others wait for.
fn send_media(session: &Session, to: &To<'_>, kind: i64, parts: &[(Part, &str)], more: Value) -> Outcome<Message> {
    let audience = to.audience.kind();
    session.read(|connection| target::may_write(session, connection, to.peer, audience))?;
    let folder = session.store().folder().join(media::FOLDER);
    let copies: Vec<(Part, Fresh)> = parts
        .iter()
        .map(|(part, path)| Ok((*part, media::fresh(&folder, session.staged(), path)?)))
        .collect::<Outcome<_>>()?;
    let Some((_, Fresh { copy: file, dimensions })) = copies.first() else {
        return Err(Code::FILE_READ.into());
    };
    let mut body = json!({ "name": file.name, "size": file.size, "hash": file.hash });
    let size = if kind == kind::IMAGE {
        json!({ "width": dimensions.0, "height": dimensions.1 })
    } else {
        Value::Null
    };
    for part in [size, more] {
        if let (Value::Object(body), Value::Object(part)) = (&mut body, part) {
            body.extend(part);
        }
    }
    let words = file.name.clone();
    session.write(|write| {
        let conversation = target::open(session, write, to.peer, audience)?;
        let message = send(session, write, (to.peer, conversation), kind, &body, &words)?;
        for (part, fresh) in copies {
            media::keep(write, &message.msg_id, part, fresh.copy, session.now())?;
        }
        Ok(message)
    })
}

fn send_voice(session: &Arc<Session>, request: SendVoice) -> Outcome<Message> {
    let to = To {
        peer: &request.cnd,
        audience: request.audience,
    };
    let parts = [(Part::File, &*request.path), (Part::Waveform, &*request.wave)];
    let more = json!({ "second": request.second.max(0) });
    send_media(session, &to, kind::VOICE, &parts, more)
}

fn send_video(session: &Arc<Session>, request: SendVideo) -> Outcome<Message> {
    let to = To {
        peer: &request.cnd,
        audience: request.audience,
    };
    let more = json!({ "second": request.second.max(0) });
    send_media(session, &to, kind::VIDEO, &[(Part::File, &request.path)], more)
}

fn send_file(session: &Arc<Session>, request: SendFile) -> Outcome<Message> {
    let to = To {
        peer: &request.cnd,
        audience: request.audience,
    };
    send_media(session, &to, kind::FILE, &[(Part::File, &request.path)], json!({}))
}

fn send_image(session: &Arc<Session>, request: SendImage) -> Outcome<Message> {
    let original = request.original.filter(|path| !path.is_empty());
    let path = match (request.use_original, original) {
        (Some(true), Some(original)) => original,
        _ => request.path.0,
    };
    let to = To {
        peer: &request.cnd,
        audience: request.audience,
    };
    send_media(session, &to, kind::IMAGE, &[(Part::File, &path)], json!({}))
}

fn space(session: &Arc<Session>, request: SpaceFor) -> Outcome<Space> {
    media::measure(Path::new(&*request.path))?;
    let online = session.online().ok_or(Code::NETWORK)?;
    let (total, used) = online.space()?;
    let signed = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    Ok(Space {
        total: signed(total),
        free: signed(total.saturating_sub(used)),
    })
}

fn save(session: &Arc<Session>, request: SaveMedia) -> Outcome<Empty> {
    let kept = session.read(|connection| {
        message::known(connection, &session.room, &request.message)?;
        media::find(connection, &request.message, Part::File)
    })?;
    let failed = |error: std::io::Error| Failure::with(Code::FILE_READ, error.to_string());
    let path = Path::new(&*request.path);
    let beside = path
        .parent()
        .filter(|folder| folder.is_dir())
        .ok_or(Failure::of(Code::FILE_READ))?;
    let mut copy = tempfile::NamedTempFile::new_in(beside).map_err(failed)?;
    let folder = session.store().folder().join(media::FOLDER);
    let mut offset = 0;
    while offset < kept.size {
        let piece = media::read(&folder, &kept, offset)?;
        if piece.is_empty() {
            return Err(Code::FILE_DOWNLOAD.into());
        }
        copy.write_all(&piece).map_err(failed)?;
        offset += i64::try_from(piece.len()).unwrap_or(i64::MAX - offset);
    }
    copy.as_file().sync_all().map_err(failed)?;
    copy.persist(path).map_err(|error| failed(error.error))?;
    Ok(Empty {})
}

fn read(session: &Arc<Session>, request: ReadMedia) -> Outcome<MediaPiece> {
    let part = match request.part {
        None | Some(MediaPart::File) => Part::File,
        Some(MediaPart::Waveform) => Part::Waveform,
    };
    let kept = session.read(|connection| {
        message::known(connection, &session.room, &request.message)?;
        media::find(connection, &request.message, part)
    })?;
    let folder = session.store().folder().join(media::FOLDER);
    let offset = request.offset.unwrap_or(0);
    let piece = media::read(&folder, &kept, offset)?;
    Ok(MediaPiece {
        data: STANDARD.encode(piece),
        offset,
        size: kept.size,
        name: kept.name,
    })
}

fn stage(session: &Arc<Session>, request: StageMedia) -> Outcome<StagedMedia> {
    if request.data.len() > LONGEST.div_ceil(3) * 4 {
        return Err(Code::LIMIT.into());
    }
    let bytes = STANDARD
        .decode(&request.data)
        .map_err(|error| Failure::with(Code::FILE_READ, error.to_string()))?;
    let (path, size) = match request.path.filter(|path| !path.is_empty()) {
        None => {
            let folder = session.store().folder().join(media::FOLDER);
            (
                session.staged().begin(&folder, &request.name, &bytes)?,
                bytes.len() as u64,
            )
        }
        Some(path) => {
            let offset = u64::try_from(request.offset).map_err(|_| Failure::with(Code::PARAMETER_ENUM, "offset"))?;
            let size = session.staged().add(&path, offset, &bytes)?;
            (path, size)
        }
    };
    Ok(StagedMedia {
        path,
        size: i64::try_from(size).unwrap_or(i64::MAX),
    })
}
