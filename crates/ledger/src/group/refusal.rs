//! Why a deed has no effect.

use crate::OperationId;

/// Why a deed is not allowed, or has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The group was not founded yet.
    #[error("the group was not founded")]
    Unfounded,
    /// The group was founded already.
    #[error("the group was founded already")]
    Founded,
    /// The group was dissolved.
    #[error("the group was dissolved")]
    Dissolved,
    /// The author is not in the group.
    #[error("the author is not in the group")]
    Outside,
    /// An administrator is needed.
    #[error("administrators alone may do this")]
    NotAdministrator,
    /// The owner is needed.
    #[error("the owner alone may do this")]
    NotOwner,
    /// The owner cannot leave or be removed.
    #[error("the owner cannot leave")]
    OwnerCannotLeave,
    /// Somebody is in the group already, or is the owner, or has the rank already.
    #[error("somebody is that already")]
    Already,
    /// Somebody whom the deed is about is not in the group, or does not have the rank.
    #[error("somebody is not in the group, or does not have the rank")]
    NotMember,
    /// Members may not bring in others.
    #[error("joining is restricted")]
    Restricted,
    /// New members must be approved.
    #[error("new members must be approved")]
    Approval,
    /// More members than allowed, or a limit that does not fit.
    #[error("the group cannot have that many members")]
    MemberLimit,
    /// More administrators than allowed, or a limit that does not fit.
    #[error("the group cannot have that many administrators")]
    AdministratorLimit,
    /// The deed is about nobody.
    #[error("nobody is named")]
    Nobody,
    /// Somebody is named twice.
    #[error("somebody is named twice")]
    Twice,
    /// The group's name is too long.
    #[error("the group's name is too long")]
    GroupName,
    /// The group's name is blank or has control characters.
    #[error("the group's name is malformed")]
    GroupNameForm,
    /// A member's name is malformed or too long.
    #[error("a member's name cannot be used")]
    MemberName,
    /// The notice is too long.
    #[error("the notice is too long")]
    Notice,
    /// The address of a picture is too long.
    #[error("the address of the picture is too long")]
    Picture,
    /// A device revokes itself.
    #[error("a device does not revoke itself")]
    OwnDevice,
    /// The author's device had been revoked.
    #[error("the device had been revoked")]
    Revoked,
    /// It was done at the same time as something by which the author, or everybody of the author's rank, lost the
    /// right to it, or which it would have undone.
    #[error("something done at the same time overrules it")]
    Overruled(OperationId),
}

impl Refusal {
    /// The code by which routes answer (`im-codes.json`).
    #[must_use]
    pub fn code(&self) -> u16 {
        match self {
            Self::MemberLimit => 20034,
            Self::Nobody => 20035,
            Self::GroupName => 20036,
            Self::MemberName => 20037,
            Self::Notice => 20038,
            Self::OwnerCannotLeave => 20039,
            Self::GroupNameForm => 20040,
            Self::NotAdministrator => 20042,
            Self::Unfounded => 20043,
            Self::AdministratorLimit => 20044,
            Self::Picture => 20045,
            Self::Founded | Self::Revoked | Self::OwnDevice | Self::Overruled(_) => 20047,
            Self::Outside | Self::NotMember => 20048,
            Self::Already => 20049,
            Self::Restricted => 20050,
            Self::Approval => 20051,
            Self::Dissolved => 20054,
            Self::NotOwner => 20064,
            Self::Twice => 1003,
        }
    }
}
