//! Red envelopes and transfers in single chats. The requests are checked; the wallet is not there yet.

use super::target::{Audience, Sort};
use crate::model::Message;
use crate::routes::money::not_yet;
use crate::table::route_table;
use crate::wire::{Empty, Json, Secret, Text, choice, record};

route_table! { Chat;
    /// Pays a red envelope into the chain.
    "7.27" insertRedEnvelope(FundEnvelope) -> Empty = not_yet;
    /// Sends the message of a red envelope that was paid.
    "7.27" sendRedPacketMessage(SendMoney) -> Empty = not_yet;
    /// Takes a red envelope.
    "7.28" receiveEnvelope(ReceiveEnvelope) -> Empty = not_yet;
    /// Sends the message that a red envelope was taken.
    "7.29" sendReceivedRedPacketMessage(SendMoneyReceived) -> Vec<Message> = not_yet;
    /// Pays a transfer into the chain.
    "7.30" insertTransfer(FundTransfer) -> Empty = not_yet;
    /// Sends the message of a transfer that was paid.
    "7.31" sendTransferMessage(SendMoney) -> Empty = not_yet;
    /// Takes a transfer.
    "7.32" receiveTransfer(ReceiveTransfer) -> Empty = not_yet;
    /// Sends the message that a transfer was taken.
    "7.33" sendReceivedTransferMessage(SendMoneyReceived) -> Vec<Message> = not_yet;
}

choice! {
    /// Kind of a red envelope.
    pub enum EnvelopeKind: i64 {
        /// The same for everybody.
        Ordinary = 1,
        /// A random share for each.
        Fortune = 2,
        /// For one person.
        Exclusive = 3,
        /// The same for everybody who knows the password.
        Password = 4,
        /// A random share for each who knows the password.
        PasswordFortune = 5,
    }
}

choice! {
    /// What a red envelope looks like.
    pub enum EnvelopeCover: i64 {
        /// As always.
        Base = 1,
        /// With a snake.
        Snake = 2,
    }
}

choice! {
    /// What became of a red envelope or transfer.
    pub enum EnvelopeState: i64 {
        /// On its way.
        Sending = 0,
        /// Not taken yet.
        Unclaimed = 1,
        /// Taken.
        Received = 2,
        /// Too late.
        Expired = 3,
        /// Given back.
        Returned = 4,
        /// Not sent.
        Failed = 5,
    }
}

choice! {
    /// Who writes the message of a red envelope.
    pub enum EnvelopeMessage: i64 {
        /// The user.
        Ordinary = 1,
        /// The program.
        System = 2,
    }
}

record! {
    /// A red envelope or a transfer.
    pub struct MoneyContent {
        /// Its id.
        uid: Text,
        /// Hash of its transaction.
        hash: Text,
        /// How much, in the smallest unit.
        amount: i64,
        /// For how many.
        count: i64,
        /// Address that pays.
        from "fromAddress": Text,
        /// Until when it can be taken, in milliseconds since 1970.
        expires "expirationTime": i64,
        /// Name of who sends it.
        sender_name "senderNickname": Text,
        /// Node address of who sends it.
        sender "senderNodeAddress": Text,
        /// Address that is paid.
        to "toAddress": Option<String>,
        /// Password that must be known.
        password: Option<String>,
        /// Text of the message.
        text "msgContent": Option<String>,
        /// Key of the address that is paid.
        to_key "toAddressPublicKey": Option<String>,
        /// Node address of the only person who may take it.
        recipient "toNodeAddr": Option<String>,
        /// Name of that person.
        recipient_name "toNic": Option<String>,
        /// A remark.
        remark: Option<String>,
        /// Whether it is too late.
        expired "isExpire": Option<bool>,
        /// Who took how much.
        receives: Option<Vec<serde_json::Map<String, serde_json::Value>>>,
        /// Kind.
        kind "type": EnvelopeKind,
        /// What it looks like.
        cover: EnvelopeCover,
        /// What became of it.
        status: EnvelopeState,
        /// With a contact or in a group.
        sort "conversationType": Sort,
        /// Who writes the message.
        message "msgType": EnvelopeMessage,
    }

    /// A red envelope to pay (7.27).
    pub struct FundEnvelope {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// Fee of the transaction.
        gas: i64,
        /// How much.
        amount: i64,
        /// The wallet's password.
        password: Secret,
        /// Address that pays.
        from "srcAddress": Text,
        /// A remark.
        remark: Option<String>,
        /// What it looks like.
        cover: Option<EnvelopeCover>,
    }

    /// The message of a red envelope or transfer (7.27, 7.31).
    pub struct SendMoney {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// Contact or group.
        audience "conversationType": Audience,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
        /// The red envelope or transfer.
        content: Json<MoneyContent>,
    }

    /// A red envelope to take (7.28).
    pub struct ReceiveEnvelope {
        /// Node address of who sent it.
        cnd: Option<String>,
        /// Fee of the transaction.
        gas: i64,
        /// The wallet's password.
        password: Secret,
        /// The message of the red envelope.
        message: Json<serde_json::Map<String, serde_json::Value>>,
    }

    /// The message that a red envelope or transfer was taken (7.29, 7.33).
    pub struct SendMoneyReceived {
        /// Id of the message of the red envelope or transfer.
        message "msgId": Text,
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// Contact or group.
        audience "conversationType": Audience,
        /// The red envelope or transfer.
        content: Json<MoneyContent>,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
    }

    /// A transfer to pay (7.30).
    pub struct FundTransfer {
        /// Node address of the contact.
        cnd: Text,
        /// Fee of the transaction.
        gas: i64,
        /// How much.
        amount: i64,
        /// The wallet's password.
        password: Secret,
        /// Address that pays.
        from "srcAddress": Text,
        /// Name of who sends it.
        sender_name "senderNickname": Text,
        /// Node address of who sends it.
        sender "senderNodeAddress": Text,
        /// A remark.
        remark: Option<String>,
    }

    /// A transfer to take (7.32).
    pub struct ReceiveTransfer {
        /// Fee of the transaction.
        gas: i64,
        /// The wallet's password.
        password: Secret,
        /// Node address of who takes it.
        recipient "receiveNodeId": Text,
        /// Name of who takes it.
        recipient_name "receiveNickName": Text,
        /// The message of the transfer.
        message: Json<serde_json::Map<String, serde_json::Value>>,
    }
}
