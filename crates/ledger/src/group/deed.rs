//! Deeds: what an operation does.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::operation::Author;
use super::refusal::Refusal;
use crate::{DeviceId, UserId};

/// Most members that a group may ever have (`im.md`, section 8).
pub const MEMBERS: u16 = 500;
/// Most members of a group for which nothing else was decided.
pub const MEMBERS_AT_FIRST: u16 = 200;
/// Most administrators that a group may ever have.
pub const ADMINISTRATORS: u16 = 20;
/// Most administrators of a group for which nothing else was decided.
pub const ADMINISTRATORS_AT_FIRST: u16 = 3;
/// Most characters of the name of a group or a member.
pub const NAME: usize = 64;
/// Most characters of a notice.
pub const NOTICE: usize = 2_000;
/// Most bytes of the address of a picture.
pub const PICTURE_URL: usize = 2_048;
/// Most bytes of a domain name.
pub const DOMAIN: usize = 64;

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Number of a built-in one, -1 for none.
    pub number: i64,
    /// Address of an own one, at most [`PICTURE_URL`] bytes; may be empty.
    pub url: String,
}

impl Default for Picture {
    fn default() -> Self {
        Self {
            number: -1,
            url: String::new(),
        }
    }
}

/// Somebody as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The user.
    pub user: UserId,
    /// The user's x25519 key.
    pub curve_key: [u8; 32],
    /// Name, at most [`NAME`] characters; may be empty.
    pub nickname: String,
    /// Picture.
    pub picture: Picture,
    /// Domain name, at most [`DOMAIN`] bytes; may be empty.
    pub domain: String,
}

/// One thing that a group allows or limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    /// Whether members are protected from each other.
    MembersProtected(bool),
    /// Whether only the owner and administrators bring in new members.
    JoiningRestricted(bool),
    /// Whether only the owner and administrators may write.
    AllMuted(bool),
    /// Whether only the owner and administrators change name and picture.
    RenameRestricted(bool),
    /// Whether new members must be approved.
    Approval(bool),
    /// Whether a QR code lets people in.
    QrJoining(bool),
    /// Most members, at most [`MEMBERS`], and not fewer than there are.
    MemberLimit(u16),
    /// Most administrators, at most [`ADMINISTRATORS`], and not fewer than there are; the owner alone decides it.
    AdministratorLimit(u16),
}

/// What is done to a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Founds the group; the founder owns it.
    Create {
        /// Name, at most [`NAME`] characters, not blank.
        name: String,
        /// The author.
        founder: Profile,
        /// The others who are in it from the beginning.
        members: Vec<Profile>,
    },
    /// Brings people in. While joining is restricted or must be approved, the owner and administrators alone may.
    Add {
        /// The new members.
        members: Vec<Profile>,
    },
    /// Lets somebody in whose application was accepted; the owner and administrators may.
    Admit {
        /// The applicant.
        member: Profile,
    },
    /// Removes people: administrators remove members, the owner anybody else.
    Remove {
        /// The members to remove.
        members: Vec<UserId>,
    },
    /// Leaves the group, which its owner cannot.
    Quit,
    /// Dissolves the group; the owner may. Nothing counts afterwards.
    Dissolve,
    /// Names the group. While that is restricted, the owner and administrators alone may.
    SetName {
        /// The name, at most [`NAME`] characters, not blank.
        name: String,
    },
    /// Gives the group a picture. While that is restricted, the owner and administrators alone may.
    SetPicture {
        /// The picture.
        picture: Picture,
    },
    /// Writes the notice; the owner and administrators may.
    SetNotice {
        /// The text, at most [`NOTICE`] characters; may be empty.
        notice: String,
    },
    /// Changes what the group allows; the owner and administrators may.
    SetConfig(Setting),
    /// Chooses an own name for this group.
    SetNick {
        /// The name, at most [`NAME`] characters, not blank.
        nickname: String,
    },
    /// Changes how the author looks everywhere. A name chosen for this group stays.
    SetProfile {
        /// Name, at most [`NAME`] characters; may be empty.
        nickname: String,
        /// Picture.
        picture: Picture,
        /// Domain name, at most [`DOMAIN`] bytes; may be empty.
        domain: String,
    },
    /// Makes members administrators; the owner may.
    Appoint {
        /// The members.
        members: Vec<UserId>,
    },
    /// Makes administrators members; the owner may.
    Dismiss {
        /// The administrators.
        members: Vec<UserId>,
    },
    /// Hands the group over to another member; the owner may, who is a plain member then.
    Transfer {
        /// The new owner.
        to: UserId,
    },
    /// Says that a device is the author's no more. What it signs counts only if it is among what this builds on.
    Revoke {
        /// The device, which is another than the author's.
        device: DeviceId,
    },
}

impl Deed {
    /// Whether it brings somebody into a group that was founded before.
    pub(super) fn brings_in(&self, user: &UserId) -> bool {
        match self {
            Self::Add { members } => members.iter().any(|member| member.user == *user),
            Self::Admit { member } => member.user == *user,
            _ => false,
        }
    }

    /// Checks texts, numbers and lists; nothing that depends on the group.
    ///
    /// # Errors
    /// What is wrong with the content.
    pub(super) fn check(&self, author: &Author) -> Result<(), Refusal> {
        match self {
            Self::Create { name, founder, members } => {
                group_name(name)?;
                if founder.user != author.user {
                    return Err(Refusal::NotOwner);
                }
                if members.len() >= usize::from(MEMBERS_AT_FIRST) {
                    return Err(Refusal::MemberLimit);
                }
                once(members.iter().map(|member| &member.user).chain([&founder.user]))?;
                members.iter().chain([founder]).try_for_each(profile)
            }
            Self::Add { members } => {
                some(members)?;
                once(members.iter().map(|member| &member.user))?;
                members.iter().try_for_each(profile)
            }
            Self::Admit { member } => profile(member),
            Self::Remove { members } | Self::Appoint { members } | Self::Dismiss { members } => {
                some(members)?;
                once(members.iter())
            }
            Self::SetName { name } => group_name(name),
            Self::SetPicture { picture } => self::picture(picture),
            Self::SetNotice { notice } if notice.chars().count() > NOTICE => Err(Refusal::Notice),
            Self::SetConfig(Setting::MemberLimit(limit)) if *limit > MEMBERS => Err(Refusal::MemberLimit),
            Self::SetConfig(Setting::AdministratorLimit(limit)) if *limit > ADMINISTRATORS => {
                Err(Refusal::AdministratorLimit)
            }
            Self::SetNick { nickname } if !is_name(nickname) || nickname.chars().count() > NAME => {
                Err(Refusal::MemberName)
            }
            Self::SetProfile {
                nickname,
                picture,
                domain,
            } => looks(nickname, picture, domain),
            Self::Revoke { device } if *device == author.device => Err(Refusal::OwnDevice),
            _ => Ok(()),
        }
    }
}

/// Whether a name is neither blank nor has control characters.
fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && !name.chars().any(char::is_control)
}

fn group_name(name: &str) -> Result<(), Refusal> {
    if !is_name(name) {
        return Err(Refusal::GroupNameForm);
    }
    if name.chars().count() > NAME {
        return Err(Refusal::GroupName);
    }
    Ok(())
}

fn picture(picture: &Picture) -> Result<(), Refusal> {
    if picture.url.len() > PICTURE_URL {
        return Err(Refusal::Picture);
    }
    Ok(())
}

fn looks(nickname: &str, own: &Picture, domain: &str) -> Result<(), Refusal> {
    if nickname.chars().any(char::is_control) || nickname.chars().count() > NAME || domain.len() > DOMAIN {
        return Err(Refusal::MemberName);
    }
    picture(own)
}

fn profile(profile: &Profile) -> Result<(), Refusal> {
    looks(&profile.nickname, &profile.picture, &profile.domain)
}

fn some<T>(members: &[T]) -> Result<(), Refusal> {
    if members.is_empty() {
        return Err(Refusal::Nobody);
    }
    if members.len() > usize::from(MEMBERS) {
        return Err(Refusal::MemberLimit);
    }
    Ok(())
}

fn once<'a>(members: impl Iterator<Item = &'a UserId>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for member in members {
        if !seen.insert(member) {
            return Err(Refusal::Twice);
        }
    }
    Ok(())
}
