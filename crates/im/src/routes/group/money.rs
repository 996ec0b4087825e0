//! Red envelopes and transfers in groups.

use serde_json::{Map, Value};

use crate::routes::money::not_yet;
use crate::table::Route;
use crate::wire::{Empty, Json, Secret, Text, choice, record};

/// The routes of this file: those of the module `group` and one of `chat`.
pub(super) fn routes() -> Vec<Route> {
    [groups::routes(), chats::routes()].concat()
}

mod groups {
    use super::*;
    use crate::table::route_table;

    route_table! { Group;
        /// Funds a red envelope whose shares are drawn by lot.
        "4.41" groupFortuneInsertRedEnvelope(FortuneEnvelope) -> Empty = not_yet;
        /// Funds an ordinary red envelope.
        "4.42" groupOrdinaryInsertRedEnvelope(OrdinaryEnvelope) -> Empty = not_yet;
        /// Claims a share of a red envelope.
        "4.43" groupReceiveEnvelope(EnvelopeClaim) -> Empty = not_yet;
        /// Funds a red envelope that a phrase opens.
        "4.42" groupCommandRedEnvelope(CommandEnvelope) -> Empty = not_yet;
        /// Funds a red envelope for one member.
        "4.43" groupExclusiveInsertRedEnvelope(ExclusiveEnvelope) -> Empty = not_yet;
        /// Funds a transfer to a member.
        "4.44" groupInsertTransfer(GroupTransfer) -> Empty = not_yet;
    }
}

mod chats {
    use super::*;
    use crate::table::route_table;

    route_table! { Chat;
        /// Accepts a transfer that a member of a group sent; the module `group` may be named too.
        "4.45" groupReceiveTransfer(TransferClaim) -> Empty = not_yet;
    }
}

choice! {
    /// What a group's red envelope looks like.
    pub enum GroupCover: i64 {
        /// The usual cover.
        Usual = 1,
        /// The cover of the year of the snake.
        Snake = 2,
    }
}

record! {
    /// A red envelope whose shares are drawn by lot (4.41).
    pub struct FortuneEnvelope {
        /// Most that the sender pays in fees, in 10⁻⁹ of the coin.
        gas: i64,
        /// What is in it, in 10⁻⁹ of the coin.
        amount: i64,
        /// How many shares there are.
        count: i64,
        /// The wallet password.
        password: Secret,
        /// Account that pays.
        source "srcAddress": Text,
        /// A word with it.
        remark: Option<String>,
        /// Its cover; the usual one if absent.
        cover: Option<GroupCover>,
    }

    /// An ordinary red envelope (4.42).
    pub struct OrdinaryEnvelope {
        /// Most that the sender pays in fees, in 10⁻⁹ of the coin.
        gas: i64,
        /// What is in it, in 10⁻⁹ of the coin.
        amount: i64,
        /// The wallet password.
        password: Secret,
        /// Account that pays.
        source "srcAddress": Text,
        /// A word with it.
        remark: Option<String>,
        /// Its cover; the usual one if absent.
        cover: Option<GroupCover>,
    }

    /// A claim of a red envelope (4.43).
    pub struct EnvelopeClaim {
        /// The user's own node address.
        address "cnd": Text,
        /// The phrase that opens it, or the group's password.
        phrase "groupPassword": Secret,
        /// Node address of who claims.
        receiver "receiveNodeId": Text,
        /// Name of who claims.
        receiver_name "receiveNickName": Text,
        /// The message that the envelope came in.
        message: Json<Map<String, Value>>,
    }

    /// A red envelope that a phrase opens (4.42).
    pub struct CommandEnvelope {
        /// Most that the sender pays in fees, in 10⁻⁹ of the coin.
        gas: i64,
        /// What is in it, in 10⁻⁹ of the coin.
        amount: i64,
        /// How many shares there are.
        count: i64,
        /// The phrase.
        command: Text,
        /// The wallet password.
        password: Secret,
        /// Account that pays.
        source "srcAddress": Text,
        /// A word with it.
        remark: Option<String>,
        /// Its cover; the usual one if absent.
        cover: Option<GroupCover>,
    }

    /// A red envelope for one member (4.43).
    pub struct ExclusiveEnvelope {
        /// Node address of the member.
        address "cnd": Text,
        /// Most that the sender pays in fees, in 10⁻⁹ of the coin.
        gas: i64,
        /// What is in it, in 10⁻⁹ of the coin.
        amount: i64,
        /// The wallet password.
        password: Secret,
        /// Account that pays.
        source "srcAddress": Text,
        /// A word with it.
        remark: Option<String>,
        /// Its cover; the usual one if absent.
        cover: Option<GroupCover>,
    }

    /// A transfer to a member (4.44).
    pub struct GroupTransfer {
        /// Node address of the member.
        address "cnd": Text,
        /// Most that the sender pays in fees, in 10⁻⁹ of the coin.
        gas: i64,
        /// How much, in 10⁻⁹ of the coin.
        amount: i64,
        /// The wallet password.
        password: Secret,
        /// Account that pays.
        source "srcAddress": Text,
        /// Name of the sender.
        sender_name "senderNickname": Text,
        /// Node address of the sender.
        sender "senderNodeAddress": Text,
        /// A word with it.
        remark: Option<String>,
    }

    /// A claim of a transfer (4.45).
    pub struct TransferClaim {
        /// Most that the receiver pays in fees, in 10⁻⁹ of the coin.
        gas: i64,
        /// The wallet password.
        password: Secret,
        /// Node address of who claims.
        receiver "receiveNodeId": Text,
        /// Name of who claims.
        receiver_name "receiveNickName": Text,
        /// The message that the transfer came in.
        message: Json<Map<String, Value>>,
    }
}
