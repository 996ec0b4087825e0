//! What the user wants to be told of, and how.

use std::sync::Arc;

use rusqlite::{Connection, named_params};

use crate::session::OrCode as _;
use crate::table::route_table;
use crate::wire::{Empty, Switch, choice, record};
use crate::{Code, Failure, Outcome, Session};

route_table! { User;
    /// Gives the user's settings.
    "8.17" getUserSingleSetting(Empty) -> Settings = settings;
    /// Changes the user's settings; what is absent stays as it is.
    "8.18" updateUserSingleSetting(NewSettings) -> Settings = change;
}

choice! {
    /// Off or on.
    pub enum OffOn: i64 {
        /// Off.
        Off = 0,
        /// On.
        On = 1,
    }
}

record! {
    /// The user's settings (8.17).
    pub struct Settings {
        /// Id of the account on this device.
        u_id: String,
        /// Name that is shown to others; empty if it is that of the profile.
        sh_nic: String,
        /// Whether invitations to calls are told.
        call_invitations "rc_ac_vc_invit_info": Switch,
        /// Whether new messages are told.
        new_messages "rc_new_msg_info": Switch,
        /// Whether others see when the user was last there.
        show_last_online "show_last_online_time": Switch,
        /// Whether mobile data may be used.
        use_mobile_data: Switch,
        /// Whether wireless networks may be used.
        use_wifi_data: Switch,
        /// Whether invitations to calls ring.
        call_ring "info_ac_vc_invit_rg": Switch,
        /// Whether invitations to calls shake the device.
        call_shake "info_ac_vc_invit_sk": Switch,
        /// Whether new messages ring.
        message_ring "new_msg_ring_tone": Switch,
        /// Whether new messages shake the device.
        message_shake "new_msg_sk": Switch,
        /// Language: en, zh-cn, zh-tw, th, es, ko, ja or ar.
        lang: String,
        /// When the account was made, in milliseconds since 1970.
        created_time: i64,
        /// When the settings last changed, in milliseconds since 1970.
        updated_time: i64,
        /// Whether shaking the device clears the messages.
        shake_to_clear "shark_it_off": Switch,
    }

    /// Changed settings (8.18).
    pub struct NewSettings {
        /// Name that is shown to others; at most 64 characters.
        nickname "shNic": Option<String>,
        /// Whether invitations to calls are told.
        call_invitations "rcAcVcInviteInfo": Option<OffOn>,
        /// Whether new messages are told.
        new_messages "rcNewMsgInfo": Option<OffOn>,
        /// Whether others see when the user was last there.
        show_last_online "showLastOnlineTime": Option<OffOn>,
        /// Whether mobile data may be used.
        use_mobile_data "useMobileData": Option<OffOn>,
        /// Whether wireless networks may be used.
        use_wifi_data "useWifiData": Option<OffOn>,
        /// Whether invitations to calls ring.
        call_ring "infoAcVcInviteRg": Option<OffOn>,
        /// Whether invitations to calls shake the device.
        call_shake "infoAcVcInviteSk": Option<OffOn>,
        /// Whether new messages ring.
        message_ring "newMsgRingTone": Option<OffOn>,
        /// Whether new messages shake the device.
        message_shake "newMsgSk": Option<OffOn>,
        /// Whether shaking the device clears the messages.
        shake_to_clear "sharkItOff": Option<OffOn>,
        /// Language: en, zh-cn, zh-tw, th, es, ko, ja or ar.
        language "lang": Option<String>,
    }
}

/// Longest name, in characters.
const NAME: usize = 64;

fn settings(session: &Arc<Session>, _: Empty) -> Outcome<Settings> {
    session.read(read)
}

fn read(connection: &Connection) -> Outcome<Settings> {
    connection
        .prepare_cached(
            "SELECT a.id, s.nickname, s.call_invitations, s.new_messages, s.show_last_online, s.use_mobile_data,
                s.use_wifi_data, s.call_ring, s.call_shake, s.message_ring, s.message_shake, s.language, s.created,
                s.updated, s.shake_to_clear
             FROM setting s JOIN account a ON a.only = 1 WHERE s.only = 1",
        )?
        .query_row([], |row| {
            Ok(Settings {
                u_id: row.get(0)?,
                sh_nic: row.get(1)?,
                call_invitations: row.get(2)?,
                new_messages: row.get(3)?,
                show_last_online: row.get(4)?,
                use_mobile_data: row.get(5)?,
                use_wifi_data: row.get(6)?,
                call_ring: row.get(7)?,
                call_shake: row.get(8)?,
                message_ring: row.get(9)?,
                message_shake: row.get(10)?,
                lang: row.get(11)?,
                created_time: row.get(12)?,
                updated_time: row.get(13)?,
                shake_to_clear: row.get(14)?,
            })
        })
        .or_code(Code::READ_USER)
}

fn change(session: &Arc<Session>, request: NewSettings) -> Outcome<Settings> {
    if request
        .nickname
        .as_ref()
        .is_some_and(|name| name.chars().count() > NAME)
    {
        return Err(Failure::with(Code::LIMIT, format!("shNic: {NAME}")));
    }
    let language = request.language.as_deref().map(known_language).transpose()?;
    let number = |switch: Option<OffOn>| switch.map(i64::from);
    session.write(|write| {
        write
            .prepare_cached(
                "UPDATE setting SET nickname = coalesce(:nickname, nickname),
                    call_invitations = coalesce(:call_invitations, call_invitations),
                    new_messages = coalesce(:new_messages, new_messages),
                    show_last_online = coalesce(:show_last_online, show_last_online),
                    use_mobile_data = coalesce(:use_mobile_data, use_mobile_data),
                    use_wifi_data = coalesce(:use_wifi_data, use_wifi_data),
                    call_ring = coalesce(:call_ring, call_ring), call_shake = coalesce(:call_shake, call_shake),
                    message_ring = coalesce(:message_ring, message_ring),
                    message_shake = coalesce(:message_shake, message_shake),
                    shake_to_clear = coalesce(:shake_to_clear, shake_to_clear),
                    language = coalesce(:language, language), updated = :now
                 WHERE only = 1",
            )?
            .execute(named_params! {
                ":nickname": request.nickname,
                ":call_invitations": number(request.call_invitations),
                ":new_messages": number(request.new_messages),
                ":show_last_online": number(request.show_last_online),
                ":use_mobile_data": number(request.use_mobile_data),
                ":use_wifi_data": number(request.use_wifi_data),
                ":call_ring": number(request.call_ring),
                ":call_shake": number(request.call_shake),
                ":message_ring": number(request.message_ring),
                ":message_shake": number(request.message_shake),
                ":shake_to_clear": number(request.shake_to_clear),
                ":language": language,
                ":now": session.now(),
            })?;
        read(write)
    })
}

/// The language as it is kept.
///
/// # Errors
/// 1004 if the program does not speak it.
fn known_language(text: &str) -> Outcome<String> {
    let language = text.to_lowercase().replace('_', "-");
    if !Code::LANGUAGES.contains(&language.as_str()) {
        return Err(Failure::with(Code::PARAMETER_ENUM, "lang"));
    }
    Ok(language)
}
