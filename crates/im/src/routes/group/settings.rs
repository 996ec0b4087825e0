//! What a group looks like and allows, and how the user sees it.

use std::sync::Arc;

use rusqlite::params;

use super::operation::{self, Deed};
use super::{NOTICE, PICTURE_URL, check_name};
use crate::events::Event;
use crate::model::group::{self, Group, GroupConfig, Rank};
use crate::model::{Conversation, conversation};
use crate::table::Route;
use crate::wire::{Status, Text, choice, record};
use crate::{Code, Failure, Outcome, Session};

/// The routes of this file: those of the module `group` and of `sync`.
pub(super) fn routes() -> Vec<Route> {
    [groups::routes(), shared::routes()].concat()
}

mod groups {
    use super::*;
    use crate::table::route_table;

    route_table! { Group;
        /// Hides a group for a time.
        "4.22" setGroupHideState(HidingGroup) -> Status = hide;
    }
}

mod shared {
    use super::*;
    use crate::table::route_table;

    route_table! { Sync;
        /// Changes a group's name, picture or notice. Notices are for the owner and administrators; names and pictures
        /// are too while the group restricts that.
        "4.3" updateGroupInfo(GroupChange) -> Group = change;
        /// Changes one thing that a group allows; the owner and administrators may.
        "4.12" changeGroupConfig(ConfigChange) -> GroupConfig = configure;
        /// Pins the conversation of a group above the others, or unpins it.
        "4.39" updateGroupWithTop(PinningGroup) -> Conversation = pin;
        /// Lets messages of a group make no noise, or noise again.
        "4.40" updateGroupWithDisturb(MutingGroup) -> Status = mute;
    }
}

choice! {
    /// What of a group changes.
    pub enum GroupPart: i64 {
        /// Its name.
        Name = 5,
        /// Its picture: the number of a built-in one, else an address.
        Picture = 6,
        /// Its notice.
        Notice = 9,
    }
}

choice! {
    /// What of a group's configuration changes.
    pub enum ConfigPart: i64 {
        /// Whether members are protected from each other.
        MembersProtected = 10,
        /// Whether only the owner and administrators bring in new members.
        JoiningRestricted = 11,
        /// Whether only the owner and administrators may write.
        AllMuted = 12,
        /// Whether only the owner and administrators change name and picture.
        RenameRestricted = 13,
        /// The most members.
        MemberLimit = 14,
        /// Whether new members must be approved.
        Approval = 17,
    }
}

record! {
    /// A change of a group (4.3).
    pub struct GroupChange {
        /// Id of the group.
        group "gId": Text,
        /// What it is to be.
        content "editContent": Text,
        /// What changes.
        part "type": GroupPart,
    }

    /// A change of a group's configuration (4.12).
    pub struct ConfigChange {
        /// Id of the group.
        group "gId": Text,
        /// What changes.
        part "types": ConfigPart,
        /// What it is to be: 0 or 1, for the most members a number up to 500.
        value "editContent": i64,
    }

    /// How long to hide a group (4.22).
    pub struct HidingGroup {
        /// Id of the group.
        group "gId": Text,
        /// How long, in milliseconds; 0 shows it again.
        time: i64,
    }

    /// Whether to pin a group (4.39).
    pub struct PinningGroup {
        /// Id of the group.
        group "gid": Text,
        /// Whether the conversation is to be above the others.
        pinned "isTop": bool,
    }

    /// Whose messages are to make no noise, or noise again (4.40).
    pub struct MutingGroup {
        /// Id of the group.
        group "gid": Text,
    }
}

/// Most members that a group may ever have (im.md 8).
const MEMBERS: i64 = 500;

fn change(session: &Arc<Session>, request: GroupChange) -> Outcome<Group> {
    let (id, text) = (&*request.group, &*request.content);
    match request.part {
        GroupPart::Name => check_name(text, Code::GROUP_NAME_FORM, Code::GROUP_NAME)?,
        GroupPart::Notice if text.chars().count() > NOTICE => {
            return Err(Failure::with(Code::GROUP_NOTICE, NOTICE.to_string()));
        }
        GroupPart::Picture if text.len() > PICTURE_URL => return Err(Failure::with(Code::LIMIT, "editContent")),
        _ => {}
    }
    session.write(|write| {
        let own = group::own(session, write, id)?;
        let restricted = group::config(write, id)?.g_is_rename.0 == 1 || request.part == GroupPart::Notice;
        if restricted && own.rank() == Rank::Member {
            return Err(Code::NOT_ADMIN.into());
        }
        let deed = match request.part {
            GroupPart::Name => {
                write
                    .prepare_cached("UPDATE chat_group SET name = ?2 WHERE id = ?1")?
                    .execute([id, text])?;
                Deed::ChangeName
            }
            GroupPart::Notice => {
                write
                    .prepare_cached("UPDATE chat_group SET notice = ?2 WHERE id = ?1")?
                    .execute([id, text])?;
                Deed::ChangeNotice
            }
            GroupPart::Picture => {
                let (number, address) = text.parse::<i64>().map_or((-1, text), |number| (number, ""));
                write
                    .prepare_cached("UPDATE chat_group SET picture = ?2, picture_url = ?3 WHERE id = ?1")?
                    .execute(params![id, number, address])?;
                Deed::ChangeImg
            }
        };
        operation::record(session, write, id, deed, &[], &[])?;
        group::get(session, write, id)
    })
}

fn configure(session: &Arc<Session>, request: ConfigChange) -> Outcome<GroupConfig> {
    let (id, value) = (&*request.group, request.value);
    let (column, deed) = match request.part {
        ConfigPart::MembersProtected => ("members_protected", Deed::ChangeMbrChat),
        ConfigPart::JoiningRestricted => ("joining_restricted", Deed::ChangeAstrict),
        ConfigPart::AllMuted => ("all_muted", Deed::ChangeAllChat),
        ConfigPart::RenameRestricted => ("rename_restricted", Deed::ChangeRename),
        ConfigPart::MemberLimit => ("member_limit", Deed::ChangeNum),
        ConfigPart::Approval => ("approval", Deed::ChangeApplied),
    };
    if request.part != ConfigPart::MemberLimit && !(0..=1).contains(&value) {
        return Err(Failure::with(Code::PARAMETER_ENUM, "editContent"));
    }
    session.write(|write| {
        group::own_as(session, write, id, Rank::Administrator)?;
        if request.part == ConfigPart::MemberLimit {
            let present = i64::try_from(group::members(session, write, id)?.len()).unwrap_or(MEMBERS);
            if !(present..=MEMBERS).contains(&value) {
                return Err(Failure::with(Code::GROUP_MEMBER_LIMIT, format!("{present}-{MEMBERS}")));
            }
        }
        group::config(write, id)?;
        write
            .prepare_cached(&format!("UPDATE group_config SET {column} = ?2 WHERE group_id = ?1"))?
            .execute(params![id, value])?;
        operation::record(session, write, id, deed, &[], &[])?;
        group::config(write, id)
    })
}

fn hide(session: &Arc<Session>, request: HidingGroup) -> Outcome<Status> {
    let until = if request.time > 0 {
        session.now().saturating_add(request.time)
    } else {
        0
    };
    session.write(|write| {
        group::get(session, write, &request.group)?;
        write
            .prepare_cached("UPDATE chat_group SET hidden_until = ?2, updated = ?3 WHERE id = ?1")?
            .execute(params![&*request.group, until, session.now()])?;
        group::changed(write, &request.group)?;
        Ok(Status { status: true })
    })
}

fn pin(session: &Arc<Session>, request: PinningGroup) -> Outcome<Conversation> {
    session.write(|write| {
        group::get(session, write, &request.group)?;
        let seq = conversation::ensure(session, write, &request.group, conversation::GROUP)?;
        let at = if request.pinned { session.now() } else { 0 };
        write
            .prepare_cached("UPDATE conversation SET pinned_at = ?2 WHERE seq = ?1")?
            .execute([seq, at])?;
        write
            .prepare_cached("UPDATE group_config SET pinned = ?2, updated = ?3 WHERE group_id = ?1")?
            .execute(params![&*request.group, request.pinned, session.now()])?;
        group::changed(write, &request.group)?;
        let changed = conversation::by_seq(session, write, seq)?;
        write.emit(Event::ConversationChanged {
            conversation: Box::new(changed.clone()),
        });
        Ok(changed)
    })
}

fn mute(session: &Arc<Session>, request: MutingGroup) -> Outcome<Status> {
    session.write(|write| {
        group::get(session, write, &request.group)?;
        write
            .prepare_cached("UPDATE group_config SET muted = 1 - muted, updated = ?2 WHERE group_id = ?1")?
            .execute(params![&*request.group, session.now()])?;
        group::changed(write, &request.group)?;
        if let Some(seq) = conversation::seq(session, write, &request.group)? {
            let changed = conversation::by_seq(session, write, seq)?;
            write.emit(Event::ConversationChanged {
                conversation: Box::new(changed),
            });
        }
        Ok(Status { status: true })
    })
}
