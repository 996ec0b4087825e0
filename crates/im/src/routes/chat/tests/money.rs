//! Red envelopes and transfers: checked, then refused.

use serde_json::{Value, json};

use super::{to, with};
use crate::testing::Lab;

fn content() -> Value {
    json!({
        "uid": "u", "hash": "h", "amount": 1, "count": 1, "fromAddress": "a", "expirationTime": 1,
        "senderNickname": "n", "senderNodeAddress": "s", "type": 1, "cover": 1, "status": 0, "conversationType": 1,
        "msgType": 1,
    })
}

#[test]
fn what_is_wrong_is_told_before_what_is_missing_in_the_program() {
    let lab = Lab::new();
    let envelope = |content: Value| with(to(2), json!({ "content": content, "msgId": "m" }));
    for route in [
        "sendRedPacketMessage",
        "sendTransferMessage",
        "sendReceivedRedPacketMessage",
        "sendReceivedTransferMessage",
    ] {
        assert_eq!(lab.refused(route, envelope(content())), 300);
        assert_eq!(lab.refused(route, envelope(json!(content().to_string()))), 300);
        assert_eq!(
            lab.refused(route, envelope(with(content(), json!({ "cover": 3 })))),
            1004
        );
        assert_eq!(lab.refused(route, envelope(json!("{}"))), 1000);
    }
    let fund = json!({
        "cnd": "c", "gas": 1, "amount": 1, "password": "p", "srcAddress": "s", "senderNickname": "n",
        "senderNodeAddress": "s", "receiveNodeId": "r", "receiveNickName": "n", "message": "{}",
    });
    for route in [
        "insertRedEnvelope",
        "insertTransfer",
        "receiveEnvelope",
        "receiveTransfer",
    ] {
        assert_eq!(lab.refused(route, fund.clone()), 300);
        assert_eq!(lab.refused(route, with(fund.clone(), json!({ "password": "" }))), 1001);
    }
}
