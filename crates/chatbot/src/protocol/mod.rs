//! What messengers and chatbots send each other, in both versions of the protocol.
//!
//! Fields that are not known are kept when something is read and written again, and ignored otherwise.

mod action;
mod code;
mod component;
mod lent;
mod offers;
mod request;
mod response;
mod sign;
mod v1;

pub use action::{Action, ActionData, ActionKind};
pub use code::{Code, Refusal};
pub use component::{
    Button, ButtonKind, Card, Carousel, Cell, Component, Flex, Image, Invalid, Part, Position, Template, Text, Unknown,
};
pub use offers::Offer;
pub use request::{Event, Request, Version};
pub use response::{Information, Response};
pub(crate) use sign::{Signature, Verifier};
pub use sign::{is_signed, sign};
pub use v1::answer as answer_v1;

/// Bytes of the longest body that is read, of a request as of an answer.
pub const BODY: usize = 256 * 1024;
/// Characters of the longest name of a user (the document, "Request Event").
pub const USER: usize = 256;
/// Milliseconds that the clocks of both sides may differ (the document, code 4032).
pub const WINDOW: u64 = 10_000;
/// The header of the signature.
pub const SIGNATURE: &str = "X-NCP-CHATBOT_SIGNATURE";
/// The same header as proxies that drop underscores let it through.
pub const SIGNATURE_HYPHEN: &str = "X-NCP-CHATBOT-SIGNATURE";
/// The media type of answers.
pub const MEDIA_TYPE: &str = "application/json;charset=UTF-8";
